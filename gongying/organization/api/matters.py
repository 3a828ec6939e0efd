from typing import Annotated, Any

from ninja import Field, Query, Router

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Id, Input, Output, PathId, line, named_row
from gongying.common.problems import invalid_field
from gongying.organization.api.staff import find_staff
from gongying.organization.matters import kinds_of_matters, open_matters_of
from gongying.organization.models import StaffMember
from gongying.organization.operations import hand_over_matters
from gongying.organization.rules import MANAGE_LEAVE

router = Router(tags=["organization"])


class MattersOut(Output):
    """What lies with a person, of one kind."""

    kind: str = Field(examples=["requests"])
    label: str = Field(examples=["Open requests"])
    ids: list[int] = Field(description="At most 200, the oldest first", examples=[[17, 18]])


class MattersQuery(Input):
    unit_id: PathId | None = Field(None, description="Only what is about this household")


class MattersHandOverIn(Input):
    to: dict[str, Id] = Field(description="Kind of matter → staff member; a kind left out stays", max_length=20)
    note: Annotated[str, line(500, shortest=0)] = ""
    unit_id: Id | None = Field(None, description="Only what is about this household", examples=[None])


@router.get("/staff/{int:staff_id}/matters", response=list[MattersOut])
def list_matters(
    request: SignedInRequest, staff_id: PathId, query: Annotated[MattersQuery, Query()]
) -> list[dict[str, Any]]:
    staff = find_staff(request, staff_id, MANAGE_LEAVE)
    found = open_matters_of(staff.user, seen_by=request.user, unit_id=query.unit_id)
    return [{"kind": each.key, "label": str(each.label), "ids": [row.pk for row in each.rows]} for each in found]


@router.post("/staff/{int:staff_id}/hand-over", response=dict[str, int], summary="Hand over everything at once")
def create_hand_over(request: SignedInRequest, staff_id: PathId, body: MattersHandOverIn) -> dict[str, int]:
    """How many of each kind were handed over: all of them or, where one refuses, none."""
    staff = find_staff(request, staff_id, MANAGE_LEAVE)
    unknown = [kind for kind in body.to if kind not in kinds_of_matters()]
    if unknown:
        raise invalid_field("to", f"{', '.join(unknown)[:80]}: {', '.join(kinds_of_matters())}")
    receivers: dict[str, User] = {}
    for kind, receiver_id in body.to.items():
        colleagues = StaffMember.objects.employed().exclude(pk=staff.pk).select_related("user")
        receivers[kind] = named_row(colleagues, receiver_id, "to").user
    return hand_over_matters(staff, to=receivers, by=request.user, note=body.note, unit_id=body.unit_id)
