from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Input,
    Listed,
    Output,
    PagingQuery,
    PathId,
    current_if_stale,
    line,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize, declared_permissions
from gongying.common.problems import FieldError, invalid
from gongying.organization import operations
from gongying.organization.models import Role
from gongying.organization.rules import MANAGE_ROLES, VIEW_STAFF

router = Router(tags=["organization"])

Label = Annotated[str, line(40), Field(examples=["Receptionist"])]
Codes = Annotated[list[Annotated[str, line(80)]], Field(max_length=500, examples=[["servicedesk.register_request"]])]


class PermissionOut(Output):
    code: str = Field(examples=["servicedesk.register_request"])
    label: str = Field(examples=["register a matter"])


class StaffRoleOut(Output):
    """A bundle of permissions. The key is fixed, the label is the company's own word."""

    id: int = Field(examples=[1])
    version: int = Field(examples=[1])
    key: str = Field(examples=["receptionist"])
    label: str = Field(examples=["Receptionist"])
    permissions: list[str] = Field(examples=[["servicedesk.register_request"]])


class StaffRoleIn(Input):
    label: Label
    permissions: Codes


class StaffRoleChange(Change):
    label: Label = optional()
    permissions: Codes = optional()


@router.get("/permissions", response=list[PermissionOut])
def list_permissions(request: SignedInRequest) -> list[dict[str, str]]:
    """Everything that a role may allow, in the words of the settings page."""
    authorize(request.user, MANAGE_ROLES)
    return [
        {"code": code, "label": str(label)}
        for codes in declared_permissions().values()
        for code, label in codes.items()
    ]


@router.get("/staff-roles", response=Listed[StaffRoleOut])
def list_staff_roles(request: SignedInRequest, query: PagingQuery) -> dict[str, Any]:
    authorize(request.user, VIEW_STAFF)
    return page(Role.objects.all(), query, order=("id",))


@router.post("/staff-roles", response={201: StaffRoleOut})
def create_staff_role(request: SignedInRequest, body: StaffRoleIn) -> Status[Role]:
    authorize(request.user, MANAGE_ROLES)
    refuse_unknown(body.permissions)
    return Status(201, operations.create_role(by=request.user, **body.model_dump()))


@router.get("/staff-roles/{int:role_id}", response=StaffRoleOut)
def show_staff_role(request: SignedInRequest, role_id: PathId) -> Role:
    authorize(request.user, VIEW_STAFF)
    return row_or_404(Role.objects.all(), role_id)


@router.patch("/staff-roles/{int:role_id}", response=StaffRoleOut)
def update_staff_role(request: SignedInRequest, role_id: PathId, body: StaffRoleChange) -> Role:
    """It counts from the next call of everybody who has it."""
    authorize(request.user, MANAGE_ROLES)
    role = row_or_404(Role.objects.all(), role_id)
    wanted = {"label": role.label, "permissions": role.permissions} | body.changes()
    refuse_unknown(body.changes().get("permissions", []))
    with current_if_stale(role, StaffRoleOut):
        return operations.change_role(role, by=request.user, seen=body.version, **wanted)


def refuse_unknown(codes: list[str]) -> None:
    declared = {code for area in declared_permissions().values() for code in area}
    unknown = [(place, code) for place, code in enumerate(codes) if code not in declared]
    if unknown:
        sentence = _("There is no permission “%(code)s”.")
        raise invalid(FieldError(f"permissions.{place}", sentence % {"code": code}) for place, code in unknown)
