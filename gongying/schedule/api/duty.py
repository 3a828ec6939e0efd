from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    Seen,
    Whole,
    current_if_stale,
    line,
    matching,
    named_row,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.organization.models import StaffMember
from gongying.schedule.forms import DutyPostForm
from gongying.schedule.models import DutyPost, DutyShift, OnDuty, on_duty
from gongying.schedule.operations import (
    change_duty_post,
    copy_duty_week,
    create_duty_post,
    delete_duty_post,
    move_duty,
    put_on_duty,
    take_off_duty,
)
from gongying.schedule.roster import monday_of
from gongying.schedule.rules import MANAGE_DUTY, VIEW_DUTY

router = Router(tags=["schedule"])

PostName = Annotated[str, line(40), Field(examples=["Front desk"])]
PostPhone = Annotated[str, line(40, shortest=0), Field(examples=["0571-88886666"])]
Phone = Annotated[str, line(40, shortest=0), Field(pattern=r"^[0-9+()\s-]*$", examples=["+8613700000001"])]
Rank = Annotated[Whole, Field(ge=0, le=32767, examples=[10])]


class DutyPostOut(Output):
    """What somebody is on duty for."""

    id: int = Field(examples=[4])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    name: str = Field(examples=["Front desk"])
    department_id: int | None = Field(examples=[2])
    phone: str = Field(examples=["0571-88886666"])
    rank: int = Field(examples=[10])


class DutyPostIn(Input):
    project_id: Id
    name: PostName
    department_id: Id | None = None
    phone: PostPhone = ""
    rank: Rank = 100


class DutyPostChange(Change):
    name: PostName = optional()
    department_id: Id | None = optional()
    phone: PostPhone = optional()
    rank: Rank = optional()


class DutyShiftOut(Output):
    id: int = Field(examples=[91])
    version: int = Field(examples=[1])
    post_id: int = Field(examples=[4])
    staff_id: int = Field(examples=[3])
    starts_at: Moment
    ends_at: Moment
    phone: str = Field(description="Empty: the phone of the post, else her own", examples=["+8613700000001"])


class DutyShiftIn(Input):
    post_id: Id
    staff_id: Id
    starts_at: Moment
    ends_at: Moment
    phone: Phone = ""


class DutyShiftChange(Change):
    staff_id: Id = optional()
    starts_at: Moment = optional()
    ends_at: Moment = optional()
    phone: Phone = optional()


class DutyPostQuery(Paging):
    project_id: PathId | None = None


class DutyShiftQuery(Paging):
    post_id: PathId | None = None
    staff_id: PathId | None = None
    since: Moment | None = Field(None, description="Shifts that end after this")
    until: Moment | None = Field(None, description="Shifts that begin before this")


class OnDutyQuery(Input):
    at: Moment | None = Field(None, description="Default: now")
    post: Annotated[str, line(40, shortest=0)] = ""


class OnDutyOut(Output):
    """Who really is there: the person of the roster, or her deputy."""

    shift_id: int = Field(examples=[91])
    post: str = Field(examples=["Front desk"])
    staff_id: int = Field(examples=[3])
    name: str = Field(examples=["Miss Zhao"])
    stands_in_for_id: int | None = Field(description="Staff member of the roster who is away", examples=[5])
    phone: str = Field(examples=["+8613700000001"])

    @staticmethod
    def of(duty: OnDuty) -> dict[str, Any]:
        absent = duty.stands_in_for
        return {
            "shift_id": duty.shift.pk,
            "post": duty.post.name,
            "staff_id": duty.staff and duty.staff.pk,
            "name": str(duty.staff),
            "stands_in_for_id": absent and absent.pk,
            "phone": duty.phone,
        }


class CopyIn(Input):
    monday: Day = Field(description="A day of the week that is filled", examples=["2026-11-23"])


class CopyOut(Output):
    shifts: int = Field(description="How many were copied", examples=[21])


@router.get("/projects/{int:project_id}/on-duty", response=list[OnDutyOut])
def list_on_duty(request: SignedInRequest, project_id: PathId, query: Annotated[OnDutyQuery, Query()]) -> Any:
    authorize(request.user, VIEW_DUTY)
    project = row_or_404(Project.objects.visible_to(request.user), project_id)
    return [OnDutyOut.of(duty) for duty in on_duty(project, query.at or timezone.now(), post=query.post)]


@router.post("/projects/{int:project_id}/duty-weeks", response={201: CopyOut}, summary="As the week before")
def create_duty_week(request: SignedInRequest, project_id: PathId, body: CopyIn) -> Status[dict[str, int]]:
    project = row_or_404(Project.objects.visible_to(request.user), project_id)
    authorize(request.user, MANAGE_DUTY, project)
    copied = copy_duty_week(project, monday=monday_of(body.monday), by=request.user)
    return Status(201, {"shifts": len(copied)})


@router.get("/duty-posts", response=Listed[DutyPostOut])
def list_duty_posts(request: SignedInRequest, query: Annotated[DutyPostQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, VIEW_DUTY)
    rows = matching(DutyPost.objects.visible_to(request.user), query, "project_id")
    return page(rows, query, order=("project_id", "rank", "id"))


@router.post("/duty-posts", response={201: DutyPostOut})
def create_post(request: SignedInRequest, body: DutyPostIn) -> Status[DutyPost]:
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    authorize(request.user, MANAGE_DUTY, project)
    form = checked(DutyPostForm(form_data(DutyPostForm, body), instance=DutyPost(project=project)))
    return Status(201, create_duty_post(project, by=request.user, **form.cleaned_data))


@router.get("/duty-posts/{int:post_id}", response=DutyPostOut)
def show_post(request: SignedInRequest, post_id: PathId) -> DutyPost:
    authorize(request.user, VIEW_DUTY)
    return row_or_404(DutyPost.objects.visible_to(request.user), post_id)


@router.patch("/duty-posts/{int:post_id}", response=DutyPostOut)
def update_post(request: SignedInRequest, post_id: PathId, body: DutyPostChange) -> DutyPost:
    post = row_or_404(DutyPost.objects.visible_to(request.user), post_id)
    authorize(request.user, MANAGE_DUTY, post)
    form = checked(DutyPostForm(changed_data(post, DutyPostForm, body), instance=post))
    with current_if_stale(post, DutyPostOut):
        return change_duty_post(form.save(commit=False), by=request.user, seen=body.version)


@router.delete("/duty-posts/{int:post_id}", response={204: None})
def remove_post(request: SignedInRequest, post_id: PathId, version: Seen = None) -> Status[None]:
    """Only while nobody stands in its roster."""
    post = row_or_404(DutyPost.objects.visible_to(request.user), post_id)
    authorize(request.user, MANAGE_DUTY, post)
    with current_if_stale(post, DutyPostOut):
        delete_duty_post(post, by=request.user, seen=version)
    return Status(204, None)


@router.get("/duty-shifts", response=Listed[DutyShiftOut])
def list_shifts(request: SignedInRequest, query: Annotated[DutyShiftQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, VIEW_DUTY)
    rows = matching(DutyShift.objects.visible_to(request.user), query, "post_id", "staff_id")
    if query.since is not None:
        rows = rows.filter(during__endswith__gt=query.since)
    if query.until is not None:
        rows = rows.filter(during__startswith__lt=query.until)
    return page(rows, query, order=("id",))


@router.post("/duty-shifts", response={201: DutyShiftOut})
def create_shift(request: SignedInRequest, body: DutyShiftIn) -> Status[DutyShift]:
    post = named_row(DutyPost.objects.visible_to(request.user), body.post_id, "post_id")
    authorize(request.user, MANAGE_DUTY, post)
    values = body.model_dump(include={"starts_at", "ends_at", "phone"})
    shift = put_on_duty(post, staff=_staff(body.staff_id), by=request.user, **values)
    return Status(201, _as_kept(shift))


@router.get("/duty-shifts/{int:shift_id}", response=DutyShiftOut)
def show_shift(request: SignedInRequest, shift_id: PathId) -> DutyShift:
    authorize(request.user, VIEW_DUTY)
    return row_or_404(DutyShift.objects.visible_to(request.user), shift_id)


@router.patch("/duty-shifts/{int:shift_id}", response=DutyShiftOut)
def update_shift(request: SignedInRequest, shift_id: PathId, body: DutyShiftChange) -> DutyShift:
    shift = row_or_404(DutyShift.objects.visible_to(request.user), shift_id)
    authorize(request.user, MANAGE_DUTY, shift)
    present = {"starts_at": shift.starts_at, "ends_at": shift.ends_at, "phone": shift.phone}
    values = {**present, "staff_id": shift.staff_id, **body.changes()}
    staff = _staff(values.pop("staff_id"))
    with current_if_stale(shift, DutyShiftOut):
        return _as_kept(move_duty(shift, staff=staff, by=request.user, seen=body.version, **values))


@router.delete("/duty-shifts/{int:shift_id}", response={204: None})
def remove_shift(request: SignedInRequest, shift_id: PathId, version: Seen = None) -> Status[None]:
    shift = row_or_404(DutyShift.objects.visible_to(request.user), shift_id)
    authorize(request.user, MANAGE_DUTY, shift)
    with current_if_stale(shift, DutyShiftOut):
        take_off_duty(shift, by=request.user, seen=version)
    return Status(204, None)


def _staff(staff_id: int) -> StaffMember:
    return named_row(StaffMember.objects.employed().select_related("user"), staff_id, "staff_id")


def _as_kept(shift: DutyShift) -> DutyShift:
    """Told as the next reading will tell it: in UTC, whatever was sent."""
    shift.refresh_from_db()
    return shift
