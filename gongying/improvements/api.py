from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.models import Tick
from gongying.common.api import (
    Change,
    Day,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    current_if_stale,
    line,
    matching,
    named_row,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.improvements.enums import ItemState
from gongying.improvements.models import ImprovementItem
from gongying.improvements.operations import finish_item, open_measure
from gongying.improvements.rules import people_at

router = Router(tags=["improvements"])


class ItemOut(Output):
    """Something that the company changes so that the same trouble does not come back."""

    id: int = Field(examples=[6])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    title: str = Field(examples=["Check the tool bag before setting out"])
    root_cause: str = Field(examples=["The worker came without a washer"])
    owner_id: int = Field(description="User", examples=[3])
    due_on: Day = Field(examples=["2026-12-31"])
    state: ItemState
    effect: str = Field(examples=[""])
    opened_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    finished_at: Moment | None = Field(examples=[None])


class ItemQuery(Paging):
    project_id: PathId | None = None
    owner_id: PathId | None = None
    state: ItemState | None = None


class FinishIn(Change):
    effect: Annotated[str, line(10_000)] = Field(examples=["No second visit for a washer in four weeks"])
    dropped: Flag = Field(False, description="Not done; the effect says why")


class MeasureIn(Input):
    title: Annotated[str, line(200), Field(examples=["A second lamp at the door"])]
    staff_id: Id = Field(description="Who is in charge")
    due_on: Day


@router.get("/improvement-items", response=Listed[ItemOut])
def list_items(request: SignedInRequest, query: Annotated[ItemQuery, Query()]) -> dict[str, Any]:
    """The most urgent first."""
    rows = matching(ImprovementItem.objects.visible_to(request.user), query, "project_id", "owner_id", "state")
    return page(rows, query, order=("due_on", "id"))


@router.get("/improvement-items/{int:item_id}", response=ItemOut)
def show_item(request: SignedInRequest, item_id: PathId) -> Any:
    return row_or_404(ImprovementItem.objects.visible_to(request.user), item_id)


@router.post("/improvement-items/{int:item_id}/finish", response=ItemOut)
def create_finish(request: SignedInRequest, item_id: PathId, body: FinishIn) -> Any:
    item: ImprovementItem = row_or_404(ImprovementItem.objects.visible_to(request.user), item_id)
    if item.owner_id != request.user.pk:
        authorize(request.user, "improvements.manage_items", item)
    with current_if_stale(item, ItemOut):
        return finish_item(item, by=request.user, effect=body.effect, dropped=body.dropped, seen=body.version)


@router.post("/check-ticks/{int:tick_id}/measure", response={201: ItemOut}, summary="Open a measure after a check")
def create_check_measure(request: SignedInRequest, tick_id: PathId, body: MeasureIn) -> Status[ImprovementItem]:
    authorize(request.user, "improvements.manage_items")
    tick = row_or_404(Tick.objects.visible_to(request.user).select_related("run", "item"), tick_id)
    owner = named_row(people_at(tick.run), body.staff_id, "staff_id").user
    return Status(201, open_measure(tick, by=request.user, title=body.title, owner=owner, due_on=body.due_on))
