"""Guests for machines: a gate, a visitors' terminal, a tenant's own programme."""

from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
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
from gongying.custody.api.passes import VoidIn, read_plate
from gongying.custody.enums import Confirmation, GuestPurpose, GuestState
from gongying.custody.models import GuestPass
from gongying.custody.models.gate_passes import LONGEST_PERSON
from gongying.custody.models.guests import LONGEST_BRINGS, MOST_PERSONS
from gongying.custody.operations import (
    announce_guest,
    announce_guests,
    confirm_guest,
    let_guest_in,
    let_guest_out,
    withdraw_guest,
)
from gongying.custody.operations.guests import MOST_AT_ONCE, ExpectedGuest
from gongying.custody.rules import CHECK_PASSES, RECEIVE_GUESTS
from gongying.customers.plates import LONGEST as LONGEST_PLATE
from gongying.estates.models import Unit

router = Router(tags=["guests"])

Agreed = Annotated[str, line(LONGEST_PERSON, shortest=0), Field(examples=["Mrs Zhou"])]


class GuestPassOut(Output):
    """Somebody may come in, once."""

    id: int = Field(examples=[12])
    project_id: int = Field(examples=[1])
    number: str = Field(examples=["YG-FK26-000012"])
    code: str = Field(description="As the guest says it at the gate", examples=["402817"])
    unit_id: int = Field(examples=[17])
    name: str = Field(examples=["Aunt Wang"])
    persons: int = Field(examples=[2])
    purpose: GuestPurpose
    brings: str = Field(examples=["A ladder"])
    plate: str = Field(examples=["B12345"])
    expected_at: Moment = Field(examples=["2026-11-22T18:00:00+08:00"])
    valid_until: Moment = Field(examples=["2026-11-22T23:59:59+08:00"])
    confirmed_by: str = Field(description="Who of the house agreed; empty: nobody yet", examples=["Mrs Zhou"])
    confirmation: Confirmation | None = Field(examples=["phone"])
    state: GuestState
    came_at: Moment | None = Field(examples=[None])
    left_at: Moment | None = Field(examples=[None])
    void_reason: str = Field(examples=[""])

    @staticmethod
    def resolve_confirmation(guest: GuestPass) -> str | None:
        return guest.confirmation or None


class GuestPassIn(Input):
    unit_id: Id
    name: Annotated[str, line(LONGEST_PERSON), Field(examples=["Aunt Wang"])]
    purpose: GuestPurpose = GuestPurpose.VISIT
    expected_at: Moment | None = Field(None, description="Left out: now", examples=["2026-11-22T18:00:00+08:00"])
    valid_until: Moment | None = Field(
        None, description="Left out: until midnight", examples=["2026-11-22T22:00:00+08:00"]
    )
    persons: int = Field(1, ge=1, le=MOST_PERSONS, examples=[2])
    phone: PhoneNumber = Field("", examples=["13800000000"])
    brings: Annotated[str, line(LONGEST_BRINGS, shortest=0), Field(examples=["A ladder"])] = ""
    plate: Annotated[str, line(LONGEST_PLATE, shortest=0), Field(examples=["B12345"])] = ""
    confirmed_by: Agreed = ""
    confirmation: Confirmation = Confirmation.PHONE


class ExpectedGuestIn(Input):
    """One of many; comes on a day, from the moment named until midnight."""

    name: Annotated[str, line(LONGEST_PERSON), Field(examples=["Aunt Wang"])]
    plate: Annotated[str, line(LONGEST_PLATE, shortest=0), Field(examples=["B12345"])] = ""
    expected_at: Moment | None = Field(None, description="Left out: now", examples=["2026-11-22T18:00:00+08:00"])


class GuestListIn(Input):
    unit_id: Id
    guests: list[ExpectedGuestIn] = Field(min_length=1, max_length=MOST_AT_ONCE, examples=[[{"name": "Aunt Wang"}]])
    purpose: GuestPurpose = GuestPurpose.BUSINESS
    confirmed_by: Agreed = ""
    confirmation: Confirmation = Confirmation.MESSAGE


class GuestConfirmationIn(Input):
    confirmed_by: Annotated[str, line(LONGEST_PERSON), Field(examples=["Mrs Zhou"])]
    confirmation: Confirmation = Confirmation.PHONE


class GuestPassQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    is_in: Literal["expected", "in_house", "settled"] | None = Field(None, description="In which list it stands")
    called: Annotated[str, line(24, shortest=0)] = Field("", description="Its number or its code", examples=["402817"])


def _visible(request: SignedInRequest, permission: str) -> Any:
    authorize(request.user, permission)
    return GuestPass.objects.visible_to(request.user).for_page()


@router.get("/guest-passes", response=Listed[GuestPassOut])
def list_guest_passes(request: SignedInRequest, query: Annotated[GuestPassQuery, Query()]) -> dict[str, Any]:
    """The newest first; `called` is what a gate asks."""
    rows = _visible(request, CHECK_PASSES)
    if query.called:
        rows = rows.called(query.called)
    if query.is_in is not None:
        rows = getattr(rows, query.is_in)()
    return page(matching(rows, query, "project_id", "unit_id"), query, order=("-expected_at", "-id"))


@router.post("/guest-passes", response={201: GuestPassOut}, summary="Announce a guest")
def create_guest_pass(request: SignedInRequest, body: GuestPassIn) -> Status[GuestPass]:
    authorize(request.user, RECEIVE_GUESTS)
    unit = named_row(Unit.objects.visible_to(request.user).select_related("project"), body.unit_id, "unit_id")
    facts = body.model_dump(exclude={"unit_id"})
    facts["plate"] = read_plate(body.plate)
    return Status(201, announce_guest(unit, by=request.user, **facts))


@router.post("/guest-passes/list", response={201: list[GuestPassOut]}, summary="Announce many guests of one unit")
def create_guest_passes(request: SignedInRequest, body: GuestListIn) -> Status[list[GuestPass]]:
    """All of them or none: what is wrong is named by its place."""
    authorize(request.user, RECEIVE_GUESTS)
    unit = named_row(Unit.objects.visible_to(request.user).select_related("project"), body.unit_id, "unit_id")
    guests = [
        ExpectedGuest(guest.name, read_plate(guest.plate, f"guests.{place}.plate"), guest.expected_at)
        for place, guest in enumerate(body.guests)
    ]
    facts = body.model_dump(include={"purpose", "confirmed_by", "confirmation"})
    return Status(201, announce_guests(unit, guests, by=request.user, **facts))


@router.get("/guest-passes/{int:guest_id}", response=GuestPassOut)
def show_guest_pass(request: SignedInRequest, guest_id: PathId) -> Any:
    return row_or_404(_visible(request, CHECK_PASSES), guest_id)


@router.post("/guest-passes/{int:guest_id}/confirmation", response=GuestPassOut, summary="The house agreed")
def create_guest_confirmation(request: SignedInRequest, guest_id: PathId, body: GuestConfirmationIn) -> GuestPass:
    return confirm_guest(row_or_404(_visible(request, RECEIVE_GUESTS), guest_id), by=request.user, **body.model_dump())


@router.post("/guest-passes/{int:guest_id}/entry", response=GuestPassOut, summary="Let a guest in")
def create_guest_entry(request: SignedInRequest, guest_id: PathId) -> GuestPass:
    """Once only: the second gets 409 and learns when the first came."""
    return let_guest_in(row_or_404(_visible(request, CHECK_PASSES), guest_id), by=request.user)


@router.post("/guest-passes/{int:guest_id}/exit", response=GuestPassOut, summary="A guest left")
def create_guest_exit(request: SignedInRequest, guest_id: PathId) -> GuestPass:
    return let_guest_out(row_or_404(_visible(request, CHECK_PASSES), guest_id), by=request.user)


@router.post("/guest-passes/{int:guest_id}/withdrawal", response=GuestPassOut, summary="Withdraw a guest pass")
def create_guest_withdrawal(request: SignedInRequest, guest_id: PathId, body: VoidIn) -> GuestPass:
    return withdraw_guest(row_or_404(_visible(request, RECEIVE_GUESTS), guest_id), by=request.user, reason=body.reason)
