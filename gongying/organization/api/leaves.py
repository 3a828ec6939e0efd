from typing import Annotated, Any

from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Day, Id, Input, Listed, Output, PagingQuery, PathId, line, page, row_or_404
from gongying.common.api_forms import checked, form_data
from gongying.common.permissions import authorize
from gongying.organization.api.staff import find_staff
from gongying.organization.forms import LeaveForm
from gongying.organization.models import Leave
from gongying.organization.operations import cancel_leave, enter_leave, shorten_leave
from gongying.organization.rules import MANAGE_LEAVE, VIEW_STAFF

router = Router(tags=["organization"])


class LeaveOut(Output):
    """Days off. The deputy sees what the absent person sees."""

    id: int = Field(examples=[5])
    staff_id: int = Field(examples=[3])
    deputy_id: int | None = Field(description="Staff member", examples=[4])
    first: Day = Field(alias="first_day", examples=["2026-12-01"])
    last: Day | None = Field(alias="last_day", examples=["2026-12-05"])
    reason: str = Field(examples=["annual leave"])


class LeaveIn(Input):
    first: Day = Field(examples=["2026-12-01"])
    last: Day = Field(description="Her last day off", examples=["2026-12-05"])
    deputy_id: Id | None = None
    reason: Annotated[str, line(100, shortest=0)] = Field("", examples=["annual leave"])


class ShorteningIn(Input):
    last: Day = Field(description="Her last day off", examples=["2026-12-03"])


@router.get("/staff/{int:staff_id}/leaves", response=Listed[LeaveOut])
def list_leaves(request: SignedInRequest, staff_id: PathId, query: PagingQuery) -> dict[str, Any]:
    staff = find_staff(request, staff_id, VIEW_STAFF)
    return page(Leave.objects.filter(staff=staff), query, order=("id",))


@router.post("/staff/{int:staff_id}/leaves", response={201: LeaveOut})
def create_leave(request: SignedInRequest, staff_id: PathId, body: LeaveIn) -> Status[Leave]:
    staff = find_staff(request, staff_id, MANAGE_LEAVE)
    form = checked(LeaveForm(form_data(LeaveForm, body), staff=staff))
    return Status(201, enter_leave(staff, by=request.user, **form.cleaned_data))


@router.post("/leaves/{int:leave_id}/shortening", response=LeaveOut, summary="She is back earlier")
def create_leave_shortening(request: SignedInRequest, leave_id: PathId, body: ShorteningIn) -> Leave:
    authorize(request.user, MANAGE_LEAVE)
    leave = row_or_404(Leave.objects.all(), leave_id)
    shorten_leave(leave, last=body.last, by=request.user)
    shortened: Leave = row_or_404(Leave.objects.all(), leave_id)
    return shortened


@router.delete("/leaves/{int:leave_id}", response={204: None})
def delete_leave(request: SignedInRequest, leave_id: PathId) -> Status[None]:
    """As if it had never been entered; the journal keeps it."""
    authorize(request.user, MANAGE_LEAVE)
    cancel_leave(row_or_404(Leave.objects.all(), leave_id), by=request.user)
    return Status(204, None)
