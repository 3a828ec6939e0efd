"""What the operations of the front desk share: the locked row, and what the open pages hear."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.reception.enums import TicketState
from gongying.reception.machines import TICKET
from gongying.reception.models import ReceptionTicket


def desk_key(project_id: int) -> str:
    """What every page of a project's front desk listens to."""
    return f"frontdesk-{project_id}"


def helper_key(user_id: int) -> str:
    """What the strip of calls on every page of a helper listens to."""
    return f"helper-{user_id}"


def lock_ticket(ticket: ReceptionTicket, *, by: User) -> ReceptionTicket:
    """The row of now, and with it the visitor whom `by` has before her: always in the same order, so that two people
    who turn to each other's visitors do not block each other.
    """
    rows = ReceptionTicket.objects.select_for_update(of=("self",), no_key=True).for_desk()
    mine = Q(handler=by, state=TicketState.ATTENDING)
    found = {row.pk: row for row in rows.filter(Q(pk=ticket.pk) | mine).order_by("pk")}
    locked: ReceptionTicket = found[ticket.pk]
    return locked


def check_step(ticket: ReceptionTicket, verb: str) -> str:
    """The state that `verb` leads to. Who comes second is told who was first."""
    if verb == "attend" and ticket.state == TicketState.ATTENDING:
        raise Refused(
            _("%(name)s is receiving visitor %(number)s already.") % {"name": ticket.handler, "number": ticket.number},
            current=ticket.present_state(),
        )
    return TICKET.check(verb, ticket.state, label=ticket.get_state_display())


def check_handler(ticket: ReceptionTicket, by: User) -> None:
    if not ticket.is_with(by):
        raise Refused(
            _("Visitor %(number)s is with %(name)s.") % {"number": ticket.number, "name": ticket.handler},
            current=ticket.present_state(),
        )


def stop_attending(ticket: ReceptionTicket, *, at: datetime) -> None:
    """Add the time since somebody turned to the visitor; the caller saves."""
    if ticket.attending_since is not None:
        ticket.handled += max(
            at - ticket.attending_since, timedelta()
        )  # never less than nothing, whatever a clock says
    ticket.attending_since = None
    ticket.touched_at = at


def tell(verb: str, ticket: ReceptionTicket, *, by: User | None, **details: Any) -> Event:
    event = record_event(
        f"ticket.{verb}", by=by, subjects=[ticket], number=ticket.number, purpose=ticket.purpose.name, **details
    )
    push_on_commit([desk_key(ticket.project_id)])
    return event
