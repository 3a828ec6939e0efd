from typing import Annotated, Any

from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Id,
    Input,
    Listed,
    Output,
    PagingQuery,
    PathId,
    Seen,
    current_if_stale,
    line,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.organization.enums import DepartmentKind
from gongying.organization.forms import DepartmentForm
from gongying.organization.models import Department
from gongying.organization.operations import delete_department, save_department
from gongying.organization.rules import MANAGE_STAFF, VIEW_STAFF

router = Router(tags=["organization"])

Name = Annotated[str, line(50), Field(examples=["Customer service"])]


class DepartmentOut(Output):
    id: int = Field(examples=[2])
    version: int = Field(examples=[1])
    name: str = Field(examples=["Customer service"])
    kind: DepartmentKind
    parent_id: int | None = Field(description="The department that it belongs to", examples=[1])


class DepartmentIn(Input):
    name: Name
    kind: DepartmentKind
    parent_id: Id | None = None


class DepartmentChange(Change):
    name: Name = optional()
    kind: DepartmentKind = optional()
    parent_id: Id | None = optional()


@router.get("/departments", response=Listed[DepartmentOut])
def list_departments(request: SignedInRequest, query: PagingQuery) -> dict[str, Any]:
    authorize(request.user, VIEW_STAFF)
    return page(Department.objects.all(), query, order=("id",))


@router.post("/departments", response={201: DepartmentOut})
def create_department(request: SignedInRequest, body: DepartmentIn) -> Status[Department]:
    authorize(request.user, MANAGE_STAFF)
    form = checked(DepartmentForm(form_data(DepartmentForm, body)))
    return Status(201, save_department(form.save(commit=False), by=request.user))


@router.get("/departments/{int:department_id}", response=DepartmentOut)
def show_department(request: SignedInRequest, department_id: PathId) -> Department:
    authorize(request.user, VIEW_STAFF)
    return row_or_404(Department.objects.all(), department_id)


@router.patch("/departments/{int:department_id}", response=DepartmentOut)
def update_department(request: SignedInRequest, department_id: PathId, body: DepartmentChange) -> Department:
    authorize(request.user, MANAGE_STAFF)
    department = row_or_404(Department.objects.all(), department_id)
    form = checked(DepartmentForm(changed_data(department, DepartmentForm, body), instance=department))
    with current_if_stale(department, DepartmentOut):
        return save_department(form.save(commit=False), by=request.user, seen=body.version)


@router.delete("/departments/{int:department_id}", response={204: None})
def remove_department(request: SignedInRequest, department_id: PathId, version: Seen = None) -> Status[None]:
    """Only while nobody and nothing belongs to it."""
    authorize(request.user, MANAGE_STAFF)
    department = row_or_404(Department.objects.all(), department_id)
    with current_if_stale(department, DepartmentOut):
        delete_department(department, by=request.user, seen=version)
    return Status(204, None)
