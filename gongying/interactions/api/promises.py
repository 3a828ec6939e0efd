from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    line,
    matching,
    named_row,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.interactions.enums import PromiseKind, PromiseOutcome
from gongying.interactions.models import (
    LONGEST_TEXT,
    LONGEST_VENUE,
    Interaction,
    Promise,
)
from gongying.interactions.operations import (
    keep_promise,
    make_promise,
)
from gongying.interactions.promise_register import of_outcome
from gongying.organization.models import StaffMember

router = Router(tags=["interactions"])


class PromiseIn(Input):
    text: Annotated[str, line(500, shortest=0)] = Field("", examples=["When the lift runs again"])
    due_at: Moment = Field(examples=["2026-11-21T17:00:00+08:00"])
    kind: PromiseKind | None = Field(None, description="What could not be answered on the spot has one")
    owner_id: Id | None = Field(None, description="Who answers; default: you. With a kind it is needed")
    venue: Annotated[str, line(LONGEST_VENUE, shortest=0)] = Field("", description="Of an appointment", examples=[""])

    def arguments(self, request: SignedInRequest) -> dict[str, Any]:
        staff = StaffMember.objects.employed().select_related("user")
        pk = StaffMember.objects.filter(user=self.owner_id).values_list("pk", flat=True).first() if self.owner_id else 0
        owner = named_row(staff, pk or 0, "owner_id").user if self.owner_id else None
        facts = self.model_dump(include={"text", "due_at", "venue"})
        return {**facts, "by": request.user, "owner": owner, "kind": self.kind or ""}


class PromiseOut(Output):
    """An answer promised to a customer, by a time."""

    id: int = Field(examples=[14])
    interaction_id: int = Field(examples=[512])
    unit_id: int | None = Field(examples=[17])
    text: str = Field(examples=["When the lift runs again"])
    due_at: Moment = Field(examples=["2026-11-21T17:00:00+08:00"])
    owner_id: int = Field(examples=[3])
    kind: PromiseKind | None = Field(examples=["appointment"])
    venue: str = Field(description="Of an appointment", examples=["The customer's home"])
    is_kept: bool = Field(examples=[False])
    outcome: PromiseOutcome = Field(description="`broken`: overdue, and nobody was told anything")

    @staticmethod
    def resolve_kind(row: Promise) -> str | None:
        return row.kind or None


class KeepingIn(Input):
    words: Annotated[str, line(LONGEST_TEXT)] = Field(examples=["It runs again since four o'clock."])


class PromiseQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    owner_id: PathId | None = Field(None, description="Log-in of who keeps it")
    kept: bool | None = None
    outcome: PromiseOutcome | None = None


@router.post("/interactions/{int:interaction_id}/promises", response={201: PromiseOut}, summary="Promise an answer")
def create_promise(request: SignedInRequest, interaction_id: PathId, body: PromiseIn) -> Status[Promise]:
    interaction = row_or_404(Interaction.objects.visible_to(request.user), interaction_id)
    authorize(request.user, "interactions.log_interaction")
    return Status(201, make_promise(interaction, **body.arguments(request)))


@router.get("/promises", response=Listed[PromiseOut])
def list_promises(request: SignedInRequest, query: Annotated[PromiseQuery, Query()]) -> dict[str, Any]:
    rows: Any = Promise.objects.visible_to(request.user).select_related("keeping")
    if query.kept is not None:
        rows = rows.filter(keeping__isnull=not query.kept)
    if query.outcome is not None:
        rows = of_outcome(rows, query.outcome)
    return page(matching(rows, query, "project_id", "unit_id", "owner_id"), query, order=("due_at", "id"))


@router.get("/promises/{int:promise_id}", response=PromiseOut)
def show_promise(request: SignedInRequest, promise_id: PathId) -> Any:
    return row_or_404(Promise.objects.visible_to(request.user), promise_id)


@router.post("/promises/{int:promise_id}/keeping", response=PromiseOut, summary="Say what the customer was told")
def create_promise_keeping(request: SignedInRequest, promise_id: PathId, body: KeepingIn) -> Promise:
    promise = row_or_404(Promise.objects.visible_to(request.user), promise_id)
    authorize(request.user, "interactions.log_interaction")
    keep_promise(promise, by=request.user, words=body.words)
    kept: Promise = Promise.objects.select_related("keeping").get(pk=promise.pk)
    return kept
