"""A visitor arrives, is received, parked, taken over by a colleague (R-145…R-151)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.models import NumberSequence
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.reception.enums import TicketState
from gongying.reception.models import ReceptionTicket, VisitPurpose
from gongying.reception.operations.assistance import settle_call
from gongying.reception.operations.desk import check_handler, check_step, lock_ticket, stop_attending, tell
from gongying.reception.operations.seats import counter_of


@transaction.atomic
def register_arrival(
    *,
    by: User,
    project: Project,
    purpose: VisitPurpose,
    unit: Unit | None = None,
    party: Party | None = None,
    person_name: str = "",
) -> ReceptionTicket:
    """One click on a purpose is enough: the household and the person may follow (`identify_visitor`)."""
    if not VisitPurpose.objects.offered_in(project).filter(pk=purpose.pk).exists():
        raise Refused(_("This purpose is not offered in %(project)s.") % {"project": project})
    now = timezone.now()
    day = timezone.localdate(now)
    series = f"{project.code}-LF{day:%Y%m%d}"
    ticket = ReceptionTicket(
        project=project,
        day=day,
        serial=int(NumberSequence.take(series).rpartition("-")[2]),
        purpose=purpose,
        arrived_at=now,
        touched_at=now,
        registered_by=by,
    )
    _place(ticket, unit)
    ticket.party, ticket.person_name = party, person_name.strip()
    ticket.save()
    tell("arrived", ticket, by=by)
    return ticket


@transaction.atomic
def identify_visitor(
    ticket: ReceptionTicket,
    *,
    by: User,
    purpose: VisitPurpose | None = None,
    unit: Unit | None = None,
    party: Party | None = None,
    person_name: str = "",
    seen: int | None = None,
) -> ReceptionTicket:
    """Say who came, from which household, and for what: all three as they are now known (no purpose: as before)."""
    ticket = lock_ticket(ticket, by=by)
    if not ticket.is_open:
        raise Refused(_("This visit is over."), current=ticket.present_state())
    purpose = purpose or ticket.purpose
    if purpose != ticket.purpose and not VisitPurpose.objects.offered_in(ticket.project).filter(pk=purpose.pk).exists():
        raise Refused(_("This purpose is not offered in %(project)s.") % {"project": ticket.project})
    ticket.advance_version(seen=seen)
    ticket.purpose, ticket.party, ticket.person_name = purpose, party, person_name.strip()
    _place(ticket, unit)
    ticket.save()
    tell("identified", ticket, by=by, visitor=ticket.visitor)
    return ticket


def attend_ticket(ticket: ReceptionTicket, *, by: User) -> ReceptionTicket:
    """Receive a visitor who waits. Of two who press at once, one does; whom she had before her is parked."""
    return _turn_to(ticket, "attend", by=by)


def resume_ticket(ticket: ReceptionTicket, *, by: User) -> ReceptionTicket:
    """Go on with a visitor whom one had parked oneself."""
    return _turn_to(ticket, "resume", by=by)


def take_over_ticket(ticket: ReceptionTicket, *, by: User) -> ReceptionTicket:
    """Become the handler of a colleague's visitor, or of one who waits; number and notes stay (R-151)."""
    return _turn_to(ticket, "take_over", by=by)


@transaction.atomic
def park_ticket(ticket: ReceptionTicket, *, by: User) -> ReceptionTicket:
    ticket = lock_ticket(ticket, by=by)
    check_step(ticket, "park")
    check_handler(ticket, by)
    _park(ticket, by=by)
    return ticket


@transaction.atomic
def ask_to_wait(ticket: ReceptionTicket, *, by: User) -> ReceptionTicket:
    """Somebody turned to the visitor and asked for a moment's patience (R-149): nobody feels overlooked."""
    ticket = lock_ticket(ticket, by=by)
    if ticket.state != TicketState.WAITING:
        raise Refused(_("Visitor %(number)s does not wait any more.") % {"number": ticket.number})
    ticket.touched_at, ticket.neglected_at = timezone.now(), None
    ticket.save(update_fields=["touched_at", "neglected_at"])
    tell("asked_to_wait", ticket, by=by)
    return ticket


@transaction.atomic
def _turn_to(ticket: ReceptionTicket, verb: str, *, by: User) -> ReceptionTicket:
    ticket = lock_ticket(ticket, by=by)
    check_step(ticket, verb)
    if verb == "resume":
        check_handler(ticket, by)
    if verb == "take_over" and ticket.is_with(by):
        raise Refused(_("Visitor %(number)s is with you already.") % {"number": ticket.number})
    for other in ReceptionTicket.objects.for_desk().with_handler(by).filter(state=TicketState.ATTENDING):
        _park(other, by=by)
    before = ticket.handler
    _attend(ticket, by=by)
    settle_call(ticket, by=by)
    verbs = {"attend": "attended", "resume": "resumed", "take_over": "taken_over"}
    details: dict[str, Any] = {"from": str(before), "to": str(by)} if verb == "take_over" and before else {}
    tell(verbs[verb], ticket, by=by, **details)
    return ticket


def _attend(ticket: ReceptionTicket, *, by: User) -> None:
    now = now_not_before(ticket.arrived_at)
    stop_attending(ticket, at=now)
    ticket.state, ticket.handler, ticket.attending_since = TicketState.ATTENDING, by, now
    ticket.first_attended_at = ticket.first_attended_at or now
    ticket.counter = counter_of(ticket.project_id, by) or ticket.counter
    with refusing({"reception_one_at_a_time": _("You have just turned to another visitor.")}):
        ticket.save()


def _park(ticket: ReceptionTicket, *, by: User) -> None:
    stop_attending(ticket, at=timezone.now())
    ticket.state = TicketState.PARKED
    ticket.save()
    tell("parked", ticket, by=by)


def _place(ticket: ReceptionTicket, unit: Unit | None) -> None:
    """A visitor from nowhere in particular stands at the counter of the whole project."""
    if unit is not None and unit.project_id != ticket.project_id:
        raise Refused(_("This place is not in that project."))
    ticket.unit = unit
    ticket.building_id = unit.building_id if unit else None
    ticket.entrance_id = unit.entrance_id if unit else None
