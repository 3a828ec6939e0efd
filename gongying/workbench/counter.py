"""What waits at the counters that somebody serves: visitors, and what the shift before left."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongying.accounts.models import User
from gongying.common.paging import bounded_count
from gongying.common.permissions import may
from gongying.reception.machines import RECEIVE, TICKET
from gongying.reception.models import ReceptionTicket, ShiftHandover
from gongying.reception.operations import desk_key
from gongying.reception.rules import desks_of
from gongying.workbench.sections import ROWS, Button, Row, Section

TICKET_STEPS = {step.verb: step.label for step in TICKET.transitions}


def handovers(user: User) -> Section | None:
    """What the shift before left, until somebody signs it (E-040)."""
    waiting = ShiftHandover.objects.visible_to(user).unsigned().exclude(written_by=user)
    rows = [
        Row(
            title=handover.line or _("%(n)s open matters") % {"n": handover.number_open},
            url=reverse("reception:handover-show", args=[handover.pk]),
            subtitle=f"{handover.project} · {handover.written_by}",
            waiting_since=handover.written_at,
            is_late=handover.is_late,
            button=Button(pgettext("sign a hand-over", "Read"), reverse("reception:handover-sign", args=[handover.pk])),
        )
        for handover in waiting.for_page().order_by("-written_at", "-pk")[:ROWS]
    ]
    if not rows:
        return None
    return Section(
        "handovers", _("Handed over, not read yet"), "", rows, bounded_count(waiting), _desk("handover-index")
    )


def visitors(user: User) -> Section | None:
    """Who waits at the counter, the longest first; a desk where nobody waits takes no room."""
    waiting = ReceptionTicket.objects.visible_to(user).waiting()
    rows = [
        Row(
            title=str(ticket),
            url=reverse("reception:ticket-show", args=[ticket.pk]),
            subtitle=ticket.visitor,
            waiting_since=ticket.arrived_at,
            is_late=ticket.urgency == "late",
            button=Button(TICKET_STEPS["attend"], reverse("reception:ticket-step", args=[ticket.pk, "attend"])),
        )
        for ticket in waiting.for_desk()[:ROWS]
    ]
    if not rows:
        return None
    return Section("visitors", _("Waiting at the counter"), "", rows, bounded_count(waiting), _desk("desk-show"))


def live_for(user: User) -> str:
    """What the page listens to beside its clock: the counters that somebody serves."""
    return " ".join(desk_key(project.pk) for project in desks_of(user)) if may(user, RECEIVE) else ""


def _desk(name: str) -> str:
    return reverse(f"reception:{name}")
