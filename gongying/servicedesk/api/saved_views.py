from typing import Annotated, Any, Literal

from django.http import QueryDict
from django.utils.translation import gettext as _
from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Input, Listed, Output, PagingQuery, PathId, line, page, row_or_404
from gongying.common.api_forms import checked
from gongying.common.permissions import authorize
from gongying.common.problems import FieldError, invalid
from gongying.servicedesk.forms.filters import RequestFilterForm
from gongying.servicedesk.forms.views import SavedViewForm
from gongying.servicedesk.models import SavedView
from gongying.servicedesk.operations.lists import keep_view, share_view

router = Router(tags=["saved views"])

SHARE = "servicedesk.share_views"
Circle = Literal["department", "everybody"]
Filters = Annotated[
    dict[Annotated[str, line(40)], Annotated[list[Annotated[str, line(200)]], Field(max_length=20)]],
    Field(
        max_length=20,
        description="The parameters of the list's page: list, text, project, building, category, kind, state, urgency …",
        examples=[{"urgency": ["urgent"]}],
    ),
]


class SavedViewOut(Output):
    """A filter of the request list under a name."""

    id: int = Field(examples=[2])
    name: str = Field(examples=["Urgent and open"])
    query: dict[str, Any] = Field(examples=[{"urgency": ["urgent"]}])
    is_shared: bool = Field(examples=[True])
    shared_with: Circle | None = Field(description="Null: nobody", examples=["department"])
    department_id: int | None = Field(description="The department that it is shared with", examples=[3])
    owner_id: int = Field(examples=[3])

    @staticmethod
    def resolve_shared_with(view: SavedView) -> str | None:
        if not view.is_shared:
            return None
        return "everybody" if view.department_id is None else "department"


class SharingIn(Input):
    shared_with: Circle = Field(description="Your department, or everybody", examples=["department"])


class SavedViewIn(Input):
    name: Annotated[str, line(40)] = Field(examples=["Urgent and open"])
    query: Filters
    shared_with: Circle | None = Field(None, description="Null: only you", examples=["department"])


@router.get("/saved-views", response=Listed[SavedViewOut])
def list_saved_views(request: SignedInRequest, query: PagingQuery) -> dict[str, Any]:
    return page(SavedView.objects.visible_to(request.user), query, order=("id",))


@router.post("/saved-views", response={201: SavedViewOut})
def create_saved_view(request: SignedInRequest, body: SavedViewIn) -> Status[SavedView]:
    """Its filters are checked as the list checks them; a name is yours once."""
    authorize(request.user, SHARE if body.shared_with else "servicedesk.view_requests")
    given = {"name": body.name, "shared_with": body.shared_with or ""}
    checked(SavedViewForm(given, user=request.user, may_share=bool(body.shared_with)))
    _check_filters(request, body.query)
    kept = keep_view(by=request.user, name=body.name, query=body.query, shared_with=body.shared_with or "")
    return Status(201, kept)


@router.put("/saved-views/{int:view_id}/sharing", response=SavedViewOut, summary="Share your view")
def put_sharing(request: SignedInRequest, view_id: PathId, body: SharingIn) -> SavedView:
    view = _find(request, view_id)
    authorize(request.user, SHARE, view)
    return share_view(view, by=request.user, shared_with=body.shared_with)


@router.delete("/saved-views/{int:view_id}/sharing", response={204: None}, summary="Share it no more")
def delete_sharing(request: SignedInRequest, view_id: PathId) -> Status[None]:
    """Its owner keeps it. Who may share views takes back what a colleague shared, too."""
    share_view(_own_or_shared(request, view_id), by=request.user, shared_with="")
    return Status(204, None)


@router.delete("/saved-views/{int:view_id}", response={204: None})
def delete_saved_view(request: SignedInRequest, view_id: PathId) -> Status[None]:
    """Your own; who may share views also takes a shared one away."""
    _own_or_shared(request, view_id).delete()
    return Status(204, None)


def _find(request: SignedInRequest, view_id: int) -> SavedView:
    return row_or_404(SavedView.objects.visible_to(request.user), view_id)


def _own_or_shared(request: SignedInRequest, view_id: int) -> SavedView:
    view = _find(request, view_id)
    if view.owner_id != request.user.pk:
        authorize(request.user, SHARE, view)
    return view


def _check_filters(request: SignedInRequest, query: dict[str, list[str]]) -> None:
    sent = QueryDict(mutable=True)
    for name, values in query.items():
        sent.setlist(name, values)
    form = RequestFilterForm(sent, user=request.user)
    unknown = sorted(set(query) - set(form.fields))
    if unknown:
        raise invalid(FieldError(f"query.{name}", _("This filter is not known."), code="unknown") for name in unknown)
    checked(form, told_as={name: f"query.{name}" for name in form.fields})
