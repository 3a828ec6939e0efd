from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from ninja import Field, File, Query, Router, Status, UploadedFile

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    PhoneNumber,
    Seen,
    current_if_stale,
    line,
    matching,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.files.api import AttachmentOut, attach_file
from gongying.files.models import Attachment
from gongying.interactions.enums import AnswerKind, Channel, Direction, PromiseKind
from gongying.interactions.models import LONGEST_TEXT, LONGEST_VENUE, Interaction, Promise
from gongying.interactions.operations import (
    correct_interaction,
    keep_promise,
    log_interaction,
    make_promise,
    mark_repeat,
    unmark_repeat,
)
from gongying.interactions.rules import authorize_correction
from gongying.organization.models import StaffMember

router = Router(tags=["interactions"])

Text = Annotated[str, line(LONGEST_TEXT), Field(examples=["The lift of building 2 stopped at the third floor."])]
ORDERS = {"-occurred_at": ("-occurred_at", "-id"), "occurred_at": ("occurred_at", "id")}


class InteractionOut(Output):
    """One touch with a customer."""

    id: int = Field(examples=[512])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    unit_id: int | None = Field(examples=[17])
    party_id: int | None = Field(examples=[5])
    person_name: str = Field(examples=["Mr Zhou"])
    person_phone: str = Field(description="Masked unless your role may see numbers", examples=["138****1234"])
    channel: Channel
    direction: Direction
    topic: str = Field(examples=["Lift"])
    text: str = Field(examples=["The lift of building 2 stopped at the third floor."])
    answer: AnswerKind
    result: str = Field(examples=["Told that the lift company comes at three."])
    occurred_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    entered_at: Moment = Field(examples=["2026-11-21T14:31:07+08:00"])
    late_reason: str = Field(examples=[""])
    entered_by: str = Field(examples=["Xiao Zhao"])
    external_no: str = Field(examples=[""])
    repeat_of_id: int | None = Field(description="The earlier entry about the same matter", examples=[498])

    @staticmethod
    def resolve_entered_by(row: Interaction) -> str:
        return str(row.entered_by)


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


class InteractionIn(Input):
    project_id: Id
    unit_id: Id | None = None
    party_id: Id | None = None
    channel: Channel
    direction: Direction = Direction.INBOUND
    topic: Annotated[str, line(200, shortest=0)] = Field("", examples=["Lift"])
    text: Text
    answer: AnswerKind = AnswerKind.NONE
    result: Annotated[str, line(LONGEST_TEXT, shortest=0)] = Field("", examples=["Told that somebody comes at three."])
    occurred_at: Moment | None = Field(None, description="Default: now", examples=["2026-11-21T14:30:00+08:00"])
    late_reason: Annotated[str, line(200, shortest=0)] = Field("", description="Needed after 72 hours")
    person_name: Annotated[str, line(100, shortest=0)] = Field("", examples=["Mr Zhou"])
    person_phone: PhoneNumber = Field("", examples=["13800001234"])
    external_no: Annotated[str, line(60, shortest=0)] = Field("", examples=["12345-20261121-0098"])
    promise: PromiseIn | None = Field(None, description="Who answers, and when: needed for the answer `appointment`")


class InteractionChange(Change):
    reason: Annotated[str, line(200)] = Field(description="Why the entry is corrected", examples=["Wrong channel"])
    channel: Channel = optional()
    direction: Direction = optional()
    topic: Annotated[str, line(200, shortest=0)] = optional(examples=["Lift"])
    text: Text = optional()
    answer: AnswerKind = optional()
    result: Annotated[str, line(LONGEST_TEXT, shortest=0)] = optional(examples=["Told that somebody comes at three."])
    person_name: Annotated[str, line(100, shortest=0)] = optional(examples=["Mr Zhou"])
    person_phone: PhoneNumber = optional(examples=["13800001234"])
    occurred_at: Moment = optional(examples=["2026-11-21T14:30:00+08:00"])


class RepeatIn(Input):
    of_id: Id


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

    @staticmethod
    def resolve_kind(row: Promise) -> str | None:
        return row.kind or None


class KeepingIn(Input):
    words: Annotated[str, line(LONGEST_TEXT)] = Field(examples=["It runs again since four o'clock."])


class PromiseQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    kept: bool | None = None


class InteractionQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    party_id: PathId | None = None
    channel: Channel | None = None
    direction: Direction | None = None
    answer: AnswerKind | None = None
    since: Moment | None = Field(None, examples=["2026-11-01T00:00:00+08:00"])
    until: Moment | None = Field(None, description="Exclusive", examples=["2026-12-01T00:00:00+08:00"])
    sort: Literal["-occurred_at", "occurred_at"] = "-occurred_at"


def visible(request: SignedInRequest) -> QuerySet[Interaction]:
    return Interaction.objects.visible_to(request.user).select_related("entered_by")


@router.get("/interactions", response=Listed[InteractionOut])
def list_interactions(request: SignedInRequest, query: Annotated[InteractionQuery, Query()]) -> dict[str, Any]:
    rows = matching(visible(request), query, "project_id", "unit_id", "party_id", "channel", "direction", "answer")
    if query.since:
        rows = rows.filter(occurred_at__gte=query.since)
    if query.until:
        rows = rows.filter(occurred_at__lt=query.until)
    return page(rows, query, order=ORDERS[query.sort])


@router.post("/interactions", response={201: InteractionOut}, summary="Log a touch")
@transaction.atomic
def create_interaction(request: SignedInRequest, body: InteractionIn) -> Status[Interaction]:
    """A touch is recorded once; a service request registered for it brings its own."""
    authorize(request.user, "interactions.log_interaction")
    if body.answer == AnswerKind.APPOINTMENT and (body.promise is None or body.promise.kind is None):
        raise invalid_field("promise", "…", code="missing")
    fields = body.model_dump(exclude={"project_id", "unit_id", "party_id", "promise"})
    interaction = log_interaction(
        by=request.user,
        project=named_row(Project.objects.visible_to(request.user), body.project_id, "project_id"),
        unit=named_row_if(Unit.objects.visible_to(request.user), body.unit_id, "unit_id"),
        party=named_row_if(Party.objects.visible_to(request.user), body.party_id, "party_id"),
        **fields,
    )
    if body.promise is not None:
        make_promise(interaction, **body.promise.arguments(request))
    return Status(201, interaction)


@router.get("/interactions/{int:interaction_id}", response=InteractionOut)
def show_interaction(request: SignedInRequest, interaction_id: PathId) -> Interaction:
    return row_or_404(visible(request), interaction_id)


@router.patch("/interactions/{int:interaction_id}", response=InteractionOut, summary="Correct an entry")
def update_interaction(request: SignedInRequest, interaction_id: PathId, body: InteractionChange) -> Interaction:
    """The journal keeps what it said before."""
    interaction = row_or_404(visible(request), interaction_id)
    authorize_correction(request.user, interaction)
    with current_if_stale(interaction, InteractionOut):
        return correct_interaction(interaction, by=request.user, seen=body.version, **body.changes())


@router.get("/interactions/{int:interaction_id}/attachments", response=list[AttachmentOut])
def list_interaction_attachments(request: SignedInRequest, interaction_id: PathId) -> list[Attachment]:
    return list(Attachment.objects.of(row_or_404(visible(request), interaction_id)))


@router.post("/interactions/{int:interaction_id}/attachments", response={201: AttachmentOut})
def create_interaction_attachment(
    request: SignedInRequest, interaction_id: PathId, file: File[UploadedFile]
) -> Status[Attachment]:
    """A photo or document, judged by its content."""
    interaction = row_or_404(visible(request), interaction_id)
    authorize_correction(request.user, interaction)
    return Status(201, attach_file(file, to=interaction, by=request.user))


@router.post("/interactions/{int:interaction_id}/promises", response={201: PromiseOut}, summary="Promise an answer")
def create_promise(request: SignedInRequest, interaction_id: PathId, body: PromiseIn) -> Status[Promise]:
    interaction = row_or_404(visible(request), interaction_id)
    authorize(request.user, "interactions.log_interaction")
    return Status(201, make_promise(interaction, **body.arguments(request)))


@router.get("/promises", response=Listed[PromiseOut])
def list_promises(request: SignedInRequest, query: Annotated[PromiseQuery, Query()]) -> dict[str, Any]:
    rows: Any = Promise.objects.visible_to(request.user)
    if query.kept is not None:
        rows = rows.filter(keeping__isnull=not query.kept)
    return page(matching(rows, query, "project_id", "unit_id"), query, order=("due_at", "id"))


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


@router.put("/interactions/{int:interaction_id}/repeat", response=InteractionOut, summary="Mark as a repeat")
def mark_interaction_as_repeat(request: SignedInRequest, interaction_id: PathId, body: RepeatIn) -> Interaction:
    interaction = row_or_404(visible(request), interaction_id)
    authorize_correction(request.user, interaction)
    return mark_repeat(interaction, of=named_row(visible(request), body.of_id, "of_id"), by=request.user)


@router.delete("/interactions/{int:interaction_id}/repeat", response=InteractionOut, summary="Unmark a repeat")
def unmark_interaction_as_repeat(request: SignedInRequest, interaction_id: PathId, version: Seen = None) -> Interaction:
    interaction = row_or_404(visible(request), interaction_id)
    authorize_correction(request.user, interaction)
    with current_if_stale(interaction, InteractionOut):
        return unmark_repeat(interaction, by=request.user, seen=version)
