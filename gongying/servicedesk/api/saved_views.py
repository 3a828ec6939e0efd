from typing import Annotated, Any

from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Flag, Input, Listed, Output, PagingQuery, PathId, line, page, row_or_404
from gongying.common.permissions import authorize
from gongying.servicedesk.models import SavedView

router = Router(tags=["saved views"])


class SavedViewOut(Output):
    """A filter of the request list under a name."""

    id: int = Field(examples=[2])
    name: str = Field(examples=["Urgent and open"])
    query: dict[str, Any] = Field(examples=[{"urgency": ["urgent"]}])
    is_shared: bool = Field(examples=[True])
    owner_id: int = Field(examples=[3])


class SavedViewIn(Input):
    name: Annotated[str, line(40)] = Field(examples=["Urgent and open"])
    query: dict[Annotated[str, line(40)], list[Annotated[str, line(200)]]] = Field(
        max_length=20, description="The list's parameters", examples=[{"urgency": ["urgent"]}]
    )
    is_shared: Flag = False


@router.get("/saved-views", response=Listed[SavedViewOut])
def list_saved_views(request: SignedInRequest, query: PagingQuery) -> dict[str, Any]:
    return page(SavedView.objects.visible_to(request.user), query, order=("id",))


@router.post("/saved-views", response={201: SavedViewOut})
def create_saved_view(request: SignedInRequest, body: SavedViewIn) -> Status[SavedView]:
    authorize(request.user, "servicedesk.share_views" if body.is_shared else "servicedesk.view_requests")
    view = SavedView(owner=request.user, **body.model_dump())
    view.save()
    return Status(201, view)


@router.delete("/saved-views/{int:view_id}", response={204: None})
def delete_saved_view(request: SignedInRequest, view_id: PathId) -> Status[None]:
    view = row_or_404(SavedView.objects.visible_to(request.user), view_id)
    if view.owner_id != request.user.pk:
        authorize(request.user, "servicedesk.share_views", view)
    view.delete()
    return Status(204, None)
