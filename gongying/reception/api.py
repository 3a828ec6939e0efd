"""The front desk for machines: a ticket printer, a screen, a call system."""

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    Whole,
    current_if_stale,
    line,
    matching,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.reception.enums import OPEN_STATES, Outcome, TicketState
from gongying.reception.machines import RECEIVE, TAKE_OVER
from gongying.reception.models import (
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_NOTES,
    LONGEST_PERSON,
    LONGEST_RESULT,
    AssistanceRequest,
    ReceptionTicket,
    ShiftHandover,
    VisitNote,
    VisitPurpose,
)
from gongying.reception.models.purposes import MOST_MINUTES
from gongying.reception.operations import (
    ask_for_help,
    ask_to_wait,
    attend_ticket,
    change_purpose,
    finish_ticket,
    hand_over_shift,
    identify_visitor,
    park_ticket,
    record_departure,
    register_arrival,
    resume_ticket,
    sign_handover,
    take_over_ticket,
    withdraw_help,
    write_notes,
)
from gongying.reception.rules import MANAGE_PURPOSES, desks_of

router = Router(tags=["reception"])

Word = Annotated[str, line(LONGEST_LINE, shortest=0), Field(examples=["Mr Zhou comes back at nine"])]
Person = Annotated[str, line(LONGEST_PERSON, shortest=0), Field(examples=["Mr Zhou"])]


class VisitPurposeOut(Output):
    """What people come to the counter for."""

    id: int = Field(examples=[4])
    version: int = Field(examples=[1])
    project_id: int | None = Field(description="null: as in the whole company", examples=[None])
    key: str = Field(examples=["pickup"])
    name: str = Field(examples=["Parcels"])
    minutes: int = Field(description="What it usually takes", examples=[1])
    is_offered: bool = Field(examples=[True])


class VisitPurposeIn(Input):
    """How it reads in one project from now on; the company's own stays as it is."""

    project_id: Id
    key: Annotated[str, line(20), Field(examples=["pickup"])]
    name: Annotated[str, line(LONGEST_NAME), Field(examples=["Parcels"])]
    minutes: Annotated[Whole, Field(ge=1, le=MOST_MINUTES, examples=[1])]
    is_offered: Flag = True


class VisitPurposeQuery(Paging):
    project_id: PathId | None = Field(None, description="As they hold there; left out: the company's own")


class TicketOut(Output):
    """One visitor at the counter."""

    id: int = Field(examples=[31])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    number: str = Field(description="Of the day, as it is called out", examples=["007"])
    purpose_id: int = Field(examples=[4])
    unit_id: int | None = Field(examples=[17])
    party_id: int | None = Field(examples=[5])
    person_name: str = Field(examples=["Mr Zhou"])
    state: TicketState
    handler_id: int | None = Field(description="User", examples=[3])
    arrived_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    first_attended_at: Moment | None = Field(examples=["2026-11-22T09:00:20+08:00"])
    ended_at: Moment | None = Field(examples=[None])
    waited_seconds: int = Field(description="From the arrival to the first attention, or so far", examples=[20])
    handled_seconds: int = Field(description="Without the time in which it was parked", examples=[0])
    interaction_id: int | None = Field(description="The touch that it became", examples=[None])

    @staticmethod
    def resolve_waited_seconds(ticket: ReceptionTicket) -> int:
        return int(ticket.waited.total_seconds())

    @staticmethod
    def resolve_handled_seconds(ticket: ReceptionTicket) -> int:
        return int(ticket.handled.total_seconds())


class ArrivalIn(Input):
    project_id: Id
    purpose_id: Id = Field(examples=[4])
    unit_id: Id | None = None
    party_id: Id | None = None
    person_name: Person = ""


class VisitorChange(Change):
    purpose_id: Id = optional(examples=[4])
    unit_id: Id | None = optional()
    party_id: Id | None = optional()
    person_name: Person = optional()


class VisitResultIn(Input):
    result: Annotated[str, line(LONGEST_RESULT), Field(examples=["The fee of June was explained"])]
    outcome: Outcome = Outcome.EXPLAINED
    promise_at: Moment | None = Field(None, description="Needed for `appointment`", examples=[None])


class VisitNoteIn(Input):
    text: Annotated[str, Field(max_length=LONGEST_NOTES, examples=["Asks why June is dearer than May"])]
    seen: Annotated[Whole, Field(ge=0, le=2**31 - 1)] | None = Field(
        None, description="The version as last read; 0: none yet", examples=[0]
    )


class VisitNoteOut(Output):
    by_id: int = Field(description="User", examples=[3])
    version: int = Field(examples=[2])
    text: str = Field(examples=["Asks why June is dearer than May"])
    at: Moment = Field(examples=["2026-11-22T09:01:00+08:00"])


class HelpCallOut(Output):
    """A colleague at the counter calls for help."""

    id: int = Field(examples=[6])
    ticket_id: int = Field(examples=[31])
    beside_id: int | None = Field(description="The visitor whom the caller has before her", examples=[30])
    asked_by_id: int = Field(description="User", examples=[3])
    asked_at: Moment = Field(examples=["2026-11-22T09:03:00+08:00"])
    taken_by_id: int | None = Field(description="User", examples=[None])
    taken_at: Moment | None = Field(examples=[None])
    withdrawn_at: Moment | None = Field(examples=[None])


class OpenMattersOut(Output):
    """One kind of what lay open."""

    key: str = Field(examples=["keys"])
    number: int = Field(examples=[2])
    titles: list[str] = Field(description="The first of them, in words", examples=[["A-12 2-1-301"]])


class HandoverOut(Output):
    """A shift was handed over, with what lay open at that moment."""

    id: int = Field(examples=[8])
    project_id: int = Field(examples=[1])
    line: str = Field(examples=["Mr Zhou comes back at nine for his key"])
    open_matters: list[OpenMattersOut]
    written_by_id: int = Field(description="User", examples=[3])
    written_at: Moment = Field(examples=["2026-11-22T17:30:00+08:00"])
    signed_by_id: int | None = Field(description="User", examples=[None])
    signed_at: Moment | None = Field(examples=[None])
    is_late: bool = Field(description="Nobody has signed it for half an hour", examples=[False])

    @staticmethod
    def resolve_open_matters(handover: ShiftHandover) -> list[dict[str, Any]]:
        return [
            {"key": part["key"], "number": part["number"], "titles": [entry["title"] for entry in part["entries"]]}
            for part in handover.open_matters
        ]


class HandoverIn(Input):
    project_id: Id
    line: Word = ""


class TicketQuery(Paging):
    project_id: PathId | None = None
    state: TicketState | None = None
    is_open: bool | None = Field(None, description="Still at the counter")


def _visible(request: SignedInRequest, permission: str = RECEIVE) -> Any:
    authorize(request.user, permission)
    return ReceptionTicket.objects.visible_to(request.user).for_desk()


def _found(request: SignedInRequest, ticket_id: int, permission: str = RECEIVE) -> ReceptionTicket:
    ticket: ReceptionTicket = row_or_404(_visible(request, permission), ticket_id)
    return ticket


@router.get("/visit-purposes", response=Listed[VisitPurposeOut])
def list_visit_purposes(request: SignedInRequest, query: Annotated[VisitPurposeQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, RECEIVE)
    purposes = VisitPurpose.objects.visible_to(request.user)
    project = named_row_if(desks_of(request.user), query.project_id, "project_id")
    rows = purposes.holding_in(project) if project else purposes.filter(project=None)
    return page(rows, query, order=("position", "id"))


@router.post("/visit-purposes", response=VisitPurposeOut, summary="Change a purpose in a project")
def change_visit_purpose(request: SignedInRequest, body: VisitPurposeIn) -> VisitPurpose:
    authorize(request.user, MANAGE_PURPOSES)
    project = named_row(desks_of(request.user), body.project_id, "project_id")
    purpose = VisitPurpose.objects.visible_to(request.user).holding_in(project).filter(key=body.key).first()
    if purpose is None:
        raise invalid_field("key", _("There is no such purpose."))
    facts = body.model_dump(include={"name", "minutes", "is_offered"})
    return change_purpose(purpose, project=project, by=request.user, **facts)


@router.get("/reception-tickets", response=Listed[TicketOut])
def list_reception_tickets(request: SignedInRequest, query: Annotated[TicketQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    rows = matching(_visible(request), query, "project_id", "state")
    if query.is_open is not None:
        rows = rows.filter(state__in=OPEN_STATES) if query.is_open else rows.exclude(state__in=OPEN_STATES)
    return page(rows, query, order=("-arrived_at", "-id"))


@router.post("/reception-tickets", response={201: TicketOut}, summary="Somebody has come")
def create_reception_ticket(request: SignedInRequest, body: ArrivalIn) -> Status[ReceptionTicket]:
    authorize(request.user, RECEIVE)
    project = named_row(desks_of(request.user), body.project_id, "project_id")
    ticket = register_arrival(
        by=request.user,
        project=project,
        purpose=named_row(
            VisitPurpose.objects.visible_to(request.user).offered_in(project), body.purpose_id, "purpose_id"
        ),
        unit=named_row_if(Unit.objects.visible_to(request.user), body.unit_id, "unit_id"),
        party=named_row_if(Party.objects.visible_to(request.user), body.party_id, "party_id"),
        person_name=body.person_name,
    )
    return Status(201, ticket)


@router.get("/reception-tickets/{int:ticket_id}", response=TicketOut)
def show_reception_ticket(request: SignedInRequest, ticket_id: PathId) -> ReceptionTicket:
    return _found(request, ticket_id)


@router.patch("/reception-tickets/{int:ticket_id}", response=TicketOut, summary="Say who came, and for what")
def update_reception_ticket(request: SignedInRequest, ticket_id: PathId, body: VisitorChange) -> ReceptionTicket:
    ticket = _found(request, ticket_id)
    given = body.changes()
    purposes = VisitPurpose.objects.visible_to(request.user).holding_in(ticket.project)
    facts: dict[str, Any] = {"unit": ticket.unit, "party": ticket.party, "person_name": ticket.person_name}
    if "purpose_id" in given:
        facts["purpose"] = named_row(purposes, given["purpose_id"], "purpose_id")
    if "unit_id" in given:
        facts["unit"] = named_row_if(Unit.objects.visible_to(request.user), given["unit_id"], "unit_id")
    if "party_id" in given:
        facts["party"] = named_row_if(Party.objects.visible_to(request.user), given["party_id"], "party_id")
    if "person_name" in given:
        facts["person_name"] = given["person_name"]
    with current_if_stale(ticket, TicketOut):
        return identify_visitor(ticket, by=request.user, seen=body.version, **facts)


@router.post("/reception-tickets/{int:ticket_id}/attendance", response=TicketOut, summary="Receive a visitor")
def create_attendance(request: SignedInRequest, ticket_id: PathId) -> ReceptionTicket:
    """Of two who do it at once, one gets 409 and learns who was first. Whom you had before you is parked."""
    return attend_ticket(_found(request, ticket_id), by=request.user)


@router.post("/reception-tickets/{int:ticket_id}/parking", response=TicketOut, summary="Park a visit")
def create_parking(request: SignedInRequest, ticket_id: PathId) -> ReceptionTicket:
    return park_ticket(_found(request, ticket_id), by=request.user)


@router.post("/reception-tickets/{int:ticket_id}/resumption", response=TicketOut, summary="Go on with a visit")
def create_resumption(request: SignedInRequest, ticket_id: PathId) -> ReceptionTicket:
    return resume_ticket(_found(request, ticket_id), by=request.user)


@router.post("/reception-tickets/{int:ticket_id}/takeover", response=TicketOut, summary="Take over a visitor")
def create_takeover(request: SignedInRequest, ticket_id: PathId) -> ReceptionTicket:
    """Number and notes stay."""
    return take_over_ticket(_found(request, ticket_id, TAKE_OVER), by=request.user)


@router.post("/reception-tickets/{int:ticket_id}/patience", response=TicketOut, summary="Ask a visitor to wait")
def create_patience(request: SignedInRequest, ticket_id: PathId) -> ReceptionTicket:
    return ask_to_wait(_found(request, ticket_id), by=request.user)


@router.post("/reception-tickets/{int:ticket_id}/departure", response=TicketOut, summary="The visitor has left")
def create_visitor_departure(request: SignedInRequest, ticket_id: PathId) -> ReceptionTicket:
    return record_departure(_found(request, ticket_id), by=request.user)


@router.post("/reception-tickets/{int:ticket_id}/result", response=TicketOut, summary="Finish a visit")
def create_visit_result(request: SignedInRequest, ticket_id: PathId, body: VisitResultIn) -> ReceptionTicket:
    """The visit becomes one touch on the timelines of unit and person."""
    if body.outcome == Outcome.APPOINTMENT and body.promise_at is None:
        raise invalid_field("promise_at", _("Say by when the visitor gets the answer."), code="missing")
    return finish_ticket(_found(request, ticket_id), by=request.user, **body.model_dump())


@router.get("/help-calls", response=Listed[HelpCallOut])
def list_help_calls(request: SignedInRequest, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    """Those that nobody has taken yet."""
    authorize(request.user, RECEIVE)
    return page(AssistanceRequest.objects.visible_to(request.user).open(), query, order=("asked_at", "id"))


@router.post("/reception-tickets/{int:ticket_id}/help", response={201: HelpCallOut}, summary="Call for help")
def create_help_call(request: SignedInRequest, ticket_id: PathId) -> Status[AssistanceRequest]:
    """Rings at those who may take over; whoever takes the visitor over takes the call."""
    return Status(201, ask_for_help(_found(request, ticket_id), by=request.user))


@router.post("/help-calls/{int:call_id}/withdrawal", response=HelpCallOut, summary="Withdraw a call for help")
def create_help_withdrawal(request: SignedInRequest, call_id: PathId) -> AssistanceRequest:
    authorize(request.user, RECEIVE)
    call = row_or_404(AssistanceRequest.objects.visible_to(request.user).select_related("ticket"), call_id)
    return withdraw_help(call, by=request.user)


@router.get("/reception-tickets/{int:ticket_id}/notes", response=list[VisitNoteOut])
def list_visit_notes(request: SignedInRequest, ticket_id: PathId) -> list[VisitNote]:
    """The present notes of everybody who wrote some."""
    return list(VisitNote.objects.latest_of_each(_found(request, ticket_id)))


@router.post("/reception-tickets/{int:ticket_id}/notes", response={201: VisitNoteOut}, summary="Keep notes")
def create_visit_note(request: SignedInRequest, ticket_id: PathId, body: VisitNoteIn) -> Status[VisitNote]:
    """Each writes her own; every saving is a further version."""
    return Status(201, write_notes(_found(request, ticket_id), by=request.user, text=body.text, seen=body.seen))


@router.get("/shift-handovers", response=Listed[HandoverOut])
def list_shift_handovers(request: SignedInRequest, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    """The newest first."""
    authorize(request.user, RECEIVE)
    return page(ShiftHandover.objects.visible_to(request.user), query, order=("-written_at", "-id"))


@router.post("/shift-handovers", response={201: HandoverOut}, summary="Hand a shift over")
def create_shift_handover(request: SignedInRequest, body: HandoverIn) -> Status[ShiftHandover]:
    """The system writes down what lies open; the line is what only a person knows."""
    authorize(request.user, RECEIVE)
    project = named_row(desks_of(request.user), body.project_id, "project_id")
    return Status(201, hand_over_shift(project, by=request.user, line=body.line))


@router.post("/shift-handovers/{int:handover_id}/signature", response=HandoverOut, summary="Sign a hand-over")
def create_handover_signature(request: SignedInRequest, handover_id: PathId) -> ShiftHandover:
    """By the next one, not by who handed over."""
    authorize(request.user, RECEIVE)
    rows = ShiftHandover.objects.visible_to(request.user)
    return sign_handover(row_or_404(rows, handover_id), by=request.user)
