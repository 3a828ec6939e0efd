from typing import Annotated, Any

from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Flag,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    current_if_stale,
    line,
    matching,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.improvements.enums import ItemState
from gongying.improvements.models import ImprovementItem
from gongying.improvements.operations import finish_item

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
