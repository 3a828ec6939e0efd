from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    Seen,
    current_if_stale,
    line,
    matching,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import checked, form_data
from gongying.common.permissions import authorize
from gongying.organization.enums import Trade
from gongying.organization.forms import NewStaffForm, PasswordForm, StaffForm
from gongying.organization.models import MOST_JOBS_A_DAY, StaffMember, StaffQuerySet
from gongying.organization.operations import change_staff, employ, leave_company, reset_password, return_to_company
from gongying.organization.rules import MANAGE_STAFF, VIEW_STAFF

router = Router(tags=["organization"])

Name = Annotated[str, line(50), Field(examples=["Xiao Zhao"])]
EmailWords = Annotated[
    str, line(254, shortest=0), Field(description="Invitations go there", examples=["xiaozhao@example.com"])
]
PhoneWords = Annotated[str, line(40, shortest=0), Field(description="She may log in with it", examples=["13700000001"])]
Number = Annotated[str, line(20, shortest=0), Field(examples=["0042"])]
Ids = Annotated[list[Id], Field(max_length=50, examples=[[1]])]
Trades = Annotated[list[Trade], Field(max_length=20, examples=[["plumbing"]])]
Jobs = Annotated[int, Field(ge=1, le=99, strict=True, examples=[12])]
Password = Annotated[str, line(100), Field(examples=["spring-breeze-41"])]


class StaffOut(Output):
    """Somebody who works for the company."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    user_id: int = Field(description="Her log-in: what `owner_id`, `by_id` and the like mean", examples=[3])
    username: str = Field(alias="user.username", examples=["xiaozhao"])
    name: str = Field(examples=["Xiao Zhao"])
    phone: str = Field(alias="user.phone", examples=["+8613700000001"])
    email: str = Field(alias="user.email", examples=["xiaozhao@example.com"])
    employee_no: str = Field(examples=["0042"])
    department_id: int = Field(examples=[2])
    post_id: int | None = Field(examples=[6])
    role_ids: list[int] = Field(description="Beside the one of her post", examples=[[1]])
    skills: list[Trade] = Field(examples=[["plumbing"]])
    most_jobs_a_day: int = Field(description="More she neither claims nor gets in turn", examples=[12])
    hired_on: Day = Field(examples=["2024-01-01"])
    left_on: Day | None = Field(description="Her first day no more", examples=[None])

    @staticmethod
    def resolve_role_ids(staff: StaffMember) -> list[int]:
        return [role.pk for role in staff.roles.all()]


class StaffIn(Input):
    name: Name
    username: Annotated[str, line(30)] = Field(examples=["xiaozhao"])
    password: Password = Field(description="She must replace it when she first logs in")
    phone: PhoneWords = ""
    email: EmailWords = ""
    employee_no: Number = ""
    department_id: Id
    post_id: Id | None = None
    role_ids: Ids = Field(default_factory=list)
    skills: Trades = Field(default_factory=list)
    most_jobs_a_day: Jobs = MOST_JOBS_A_DAY
    hired_on: Day = Field(examples=["2026-12-01"])


class StaffChange(Change):
    name: Name = optional()
    phone: PhoneWords = optional()
    email: EmailWords = optional()
    employee_no: Number = optional()
    department_id: Id = optional()
    post_id: Id | None = optional()
    role_ids: Ids = optional()
    skills: Trades = optional()
    most_jobs_a_day: Jobs = optional()


class StaffQuery(Paging):
    state: Literal["employed", "former", "all"] = "employed"
    department_id: PathId | None = None
    post_id: PathId | None = None
    user_id: PathId | None = None
    name: Annotated[str, line(50)] | None = Field(None, description="Contains", examples=["Zhao"])


class DepartureIn(Input):
    on: Day = Field(description="Her first day no more", examples=["2026-12-31"])


class PasswordIn(Input):
    password: Password


def everybody() -> StaffQuerySet:
    return StaffMember.objects.select_related("user").prefetch_related("roles")


def find_staff(request: SignedInRequest, staff_id: int, permission: str) -> StaffMember:
    authorize(request.user, permission)
    return row_or_404(everybody(), staff_id)


@router.get("/staff", response=Listed[StaffOut])
def list_staff(request: SignedInRequest, query: Annotated[StaffQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, VIEW_STAFF)
    found = {"employed": everybody().employed, "former": everybody().former, "all": everybody().all}[query.state]()
    rows = matching(found, query, "department_id", "post_id", "user_id")
    if query.name:
        rows = rows.filter(user__name__icontains=query.name)
    return page(rows, query, order=("id",))


@router.post("/staff", response={201: StaffOut}, summary="A new colleague with her log-in")
def create_staff(request: SignedInRequest, body: StaffIn) -> Status[StaffMember]:
    authorize(request.user, MANAGE_STAFF)
    form = checked(NewStaffForm(form_data(NewStaffForm, body)))
    return Status(201, employ(by=request.user, **form.cleaned_data))


@router.get("/staff/{int:staff_id}", response=StaffOut)
def show_staff(request: SignedInRequest, staff_id: PathId) -> StaffMember:
    return find_staff(request, staff_id, VIEW_STAFF)


@router.patch("/staff/{int:staff_id}", response=StaffOut)
def update_staff(request: SignedInRequest, staff_id: PathId, body: StaffChange) -> StaffMember:
    staff = find_staff(request, staff_id, MANAGE_STAFF)
    present = {**StaffForm(staff=staff).initial, "roles": [role.pk for role in staff.roles.all()]}
    form = checked(StaffForm({**present, **form_data(StaffForm, body)}, staff=staff))
    with current_if_stale(staff, StaffOut):
        change_staff(staff, by=request.user, seen=body.version, **form.cleaned_data)
    return find_staff(request, staff_id, MANAGE_STAFF)


@router.post("/staff/{int:staff_id}/departure", response=StaffOut, summary="She leaves the company")
def create_departure(request: SignedInRequest, staff_id: PathId, body: DepartureIn) -> StaffMember:
    """From that day her log-in and tokens are closed and her territories end."""
    leave_company(find_staff(request, staff_id, MANAGE_STAFF), on=body.on, by=request.user)
    return find_staff(request, staff_id, MANAGE_STAFF)


@router.delete("/staff/{int:staff_id}/departure", response=StaffOut, summary="She stays, or comes back")
def remove_departure(request: SignedInRequest, staff_id: PathId, version: Seen = None) -> StaffMember:
    """Territories and tokens are given anew."""
    staff = find_staff(request, staff_id, MANAGE_STAFF)
    with current_if_stale(staff, StaffOut):
        return_to_company(staff, by=request.user, seen=version)
    return find_staff(request, staff_id, MANAGE_STAFF)


@router.post("/staff/{int:staff_id}/password-resets", response={204: None}, summary="A new first password")
def create_password_reset(request: SignedInRequest, staff_id: PathId, body: PasswordIn) -> Status[None]:
    """Her sessions end. She must replace it when she next logs in."""
    staff = find_staff(request, staff_id, MANAGE_STAFF)
    form = checked(PasswordForm(body.model_dump()))
    reset_password(staff, password=form.cleaned_data["password"], by=request.user)
    return Status(204, None)
