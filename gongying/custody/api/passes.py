"""Release passes for machines: a gate, a steward's own programme."""

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Day,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    PhoneNumber,
    line,
    matching,
    named_row,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.custody.enums import Confirmation, PassState
from gongying.custody.models import ReleasePass
from gongying.custody.models.gate_passes import LONGEST_PERSON, LONGEST_REASON
from gongying.custody.models.passes import LONGEST_ITEMS
from gongying.custody.operations import issue_pass, use_pass, void_pass
from gongying.custody.rules import CHECK_PASSES, ISSUE_PASSES
from gongying.customers.plates import LONGEST as LONGEST_PLATE
from gongying.customers.plates import UnreadablePlate, normalise_plate
from gongying.estates.models import Unit

router = Router(tags=["release passes"])

Person = Annotated[str, line(LONGEST_PERSON, shortest=0), Field(examples=["Mover Li"])]


class ReleasePassOut(Output):
    """Things may leave the estate, once."""

    id: int = Field(examples=[9])
    project_id: int = Field(examples=[1])
    number: str = Field(examples=["YG-FX26-000009"])
    code: str = Field(description="As the carrier says it at the gate", examples=["402817"])
    unit_id: int = Field(examples=[17])
    items: str = Field(examples=["One sofa, two chairs"])
    carrier: str = Field(examples=["Mover Li"])
    plate: str = Field(examples=["B12345"])
    valid_from: Day = Field(examples=["2026-11-22"])
    valid_until: Day = Field(examples=["2026-11-22"])
    confirmed_by: str = Field(examples=["Mr Zhou"])
    confirmation: Confirmation
    issued_by_id: int = Field(description="User", examples=[3])
    issued_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    state: PassState
    used_by_id: int | None = Field(description="User", examples=[None])
    used_at: Moment | None = Field(examples=[None])
    void_reason: str = Field(examples=[""])


class ReleasePassIn(Input):
    unit_id: Id
    items: Annotated[str, line(LONGEST_ITEMS), Field(examples=["One sofa, two chairs"])]
    confirmed_by: Annotated[str, line(LONGEST_PERSON), Field(examples=["Mr Zhou"])]
    confirmation: Confirmation = Confirmation.IN_PERSON
    carrier: Person = ""
    carrier_phone: PhoneNumber = Field("", examples=["13800000000"])
    plate: Annotated[str, line(LONGEST_PLATE, shortest=0), Field(examples=["B12345"])] = ""
    valid_from: Day | None = Field(None, description="Left out: today", examples=["2026-11-22"])
    valid_until: Day | None = Field(None, description="Left out: that day only", examples=["2026-11-22"])


class VoidIn(Input):
    reason: Annotated[str, line(LONGEST_REASON), Field(examples=["The household moves next week"])]


class ReleasePassQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    called: Annotated[str, line(24, shortest=0)] = Field("", description="Its number or its code", examples=["402817"])


def _visible(request: SignedInRequest, permission: str) -> Any:
    authorize(request.user, permission)
    return ReleasePass.objects.visible_to(request.user).for_page()


@router.get("/release-passes", response=Listed[ReleasePassOut])
def list_release_passes(request: SignedInRequest, query: Annotated[ReleasePassQuery, Query()]) -> dict[str, Any]:
    """The newest first; `called` is what a gate asks."""
    rows = _visible(request, CHECK_PASSES)
    rows = matching(rows.called(query.called) if query.called else rows, query, "project_id", "unit_id")
    return page(rows, query, order=("-issued_at", "-id"))


@router.post("/release-passes", response={201: ReleasePassOut}, summary="Issue a release pass")
def create_release_pass(request: SignedInRequest, body: ReleasePassIn) -> Status[ReleasePass]:
    authorize(request.user, ISSUE_PASSES)
    unit = named_row(Unit.objects.visible_to(request.user).select_related("project"), body.unit_id, "unit_id")
    facts = body.model_dump(exclude={"unit_id"})
    facts["plate"] = read_plate(body.plate)
    return Status(201, issue_pass(unit, by=request.user, **facts))


@router.get("/release-passes/{int:pass_id}", response=ReleasePassOut)
def show_release_pass(request: SignedInRequest, pass_id: PathId) -> Any:
    return row_or_404(_visible(request, CHECK_PASSES), pass_id)


@router.post("/release-passes/{int:pass_id}/use", response=ReleasePassOut, summary="Let the things out")
def create_release(request: SignedInRequest, pass_id: PathId) -> ReleasePass:
    """Once only: the second gets 409 and learns who was first."""
    return use_pass(row_or_404(_visible(request, CHECK_PASSES), pass_id), by=request.user)


@router.post("/release-passes/{int:pass_id}/withdrawal", response=ReleasePassOut, summary="Withdraw a release pass")
def create_release_withdrawal(request: SignedInRequest, pass_id: PathId, body: VoidIn) -> ReleasePass:
    return void_pass(row_or_404(_visible(request, ISSUE_PASSES), pass_id), by=request.user, reason=body.reason)


def read_plate(typed: str, field: str = "plate") -> str:
    try:
        return normalise_plate(typed) if typed else ""
    except UnreadablePlate as error:
        raise invalid_field(field, _("Write the plate as on the car.")) from error
