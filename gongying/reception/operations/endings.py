"""How a visit ends: with a result, or with a visitor who went away."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.errors import Refused
from gongying.interactions.enums import AnswerKind, Channel, PromiseKind
from gongying.interactions.models import LONGEST_TEXT, Interaction
from gongying.interactions.operations import LATE_WITHOUT_REASON, log_interaction, make_promise
from gongying.reception.enums import Outcome, TicketState
from gongying.reception.models import ReceptionTicket, VisitNote
from gongying.reception.operations.assistance import settle_call
from gongying.reception.operations.desk import check_handler, check_step, lock_ticket, stop_attending, tell
from gongying.servicedesk.models import ServiceRequest


@transaction.atomic
def finish_ticket(
    ticket: ReceptionTicket,
    *,
    by: User,
    result: str,
    outcome: str = Outcome.EXPLAINED,
    promise_at: datetime | None = None,
) -> ReceptionTicket:
    """Say what came of it. The visit becomes one touch: time, place, persons, matter and result on both timelines."""
    ticket = lock_ticket(ticket, by=by)
    check_step(ticket, "finish")
    check_handler(ticket, by)
    if not result.strip():
        raise Refused(_("The result of the visit is missing."))
    if outcome == Outcome.APPOINTMENT and promise_at is None:
        raise Refused(_("Say by when the visitor gets the answer."))
    registered = request_of(ticket, by=by) if outcome == Outcome.REQUEST else None
    touch = registered.interaction if registered else None
    touch = touch or _touch(ticket, by=by, result=result, answer=AnswerKind(outcome))
    ticket.interaction = touch
    if outcome == Outcome.APPOINTMENT and promise_at is not None:
        meeting: dict[str, Any] = {"kind": PromiseKind.APPOINTMENT, "owner": by, "venue": _("front desk")}
        make_promise(touch, by=by, text=result, due_at=promise_at, **meeting)
    _end(ticket, TicketState.DONE, by=by)
    tell("finished", ticket, by=by, result=result.strip(), request=str(registered or ""))
    return ticket


def request_of(ticket: ReceptionTicket, *, by: User) -> ServiceRequest | None:
    """What `by` registered for this visitor meanwhile: its touch is the touch of the visit, one is enough."""
    since = ticket.first_attended_at or ticket.arrived_at
    rows = ServiceRequest.objects.registered_by_me(by).filter(
        project=ticket.project, entered_at__gte=since, interaction__channel=Channel.COUNTER
    )
    if ticket.unit_id is not None:
        rows = rows.filter(unit=ticket.unit_id)
    rows = rows.filter(interaction__reception_ticket=None)
    return rows.select_related("interaction").order_by("-entered_at", "-pk").first()


@transaction.atomic
def record_departure(ticket: ReceptionTicket, *, by: User) -> ReceptionTicket:
    """The visitor went away before anybody had finished with him."""
    ticket = lock_ticket(ticket, by=by)
    check_step(ticket, "leave")
    _end(ticket, TicketState.LEFT_UNSEEN, by=by)
    tell("left", ticket, by=by)
    return ticket


def _end(ticket: ReceptionTicket, state: TicketState, *, by: User) -> None:
    now = now_not_before(ticket.arrived_at, ticket.attending_since)
    stop_attending(ticket, at=now)
    ticket.state, ticket.ended_at = state, now
    ticket.save()
    settle_call(ticket, by=by)


def _touch(ticket: ReceptionTicket, *, by: User, result: str, answer: str) -> Interaction:
    now = timezone.now()
    is_old = now - ticket.arrived_at > LATE_WITHOUT_REASON
    return log_interaction(
        by=by,
        project=ticket.project,
        unit=ticket.unit,
        party=ticket.party,
        channel=Channel.COUNTER,
        topic=ticket.purpose.name,
        text=_matter(ticket),
        answer=answer,
        result=result,
        occurred_at=min(ticket.arrived_at, now),
        late_reason=_("The visit was finished only now.") if is_old else "",
        person_name=ticket.person_name,
    )


def _matter(ticket: ReceptionTicket) -> str:
    """What was noted, by whoever received the visitor; else what he came for."""
    notes = [note.text.strip() for note in VisitNote.objects.latest_of_each(ticket)]
    return "\n".join(filter(None, notes))[:LONGEST_TEXT] or ticket.purpose.name
