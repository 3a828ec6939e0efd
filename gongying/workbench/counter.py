"""What waits at the counters that somebody serves: visitors, and what the shift before left."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongying.accounts.models import User
from gongying.common.editions import fill_all_from_memory
from gongying.common.permissions import may
from gongying.estates.scopes import whole_projects
from gongying.reception.machines import RECEIVE, TICKET
from gongying.reception.models import ReceptionTicket, ShiftHandover
from gongying.reception.operations import desk_key
from gongying.workbench.look import Look, asked
from gongying.workbench.sections import Button, Row, Section

TICKET_STEPS = {step.verb: step.label for step in TICKET.transitions}


@asked()
def unsigned_handovers(user: User) -> Any:
    waiting = ShiftHandover.objects.visible_to(user).unsigned().exclude(written_by=user.pk)
    return waiting.order_by("-written_at", "-pk")


def handovers(look: Look) -> Section | None:
    """What the shift before left, until somebody signs it (E-040)."""
    found = look.read(unsigned_handovers, ShiftHandover.objects.all)
    fill_all_from_memory(found, "project", "written_by")
    rows = [
        Row(
            title=handover.line or _("%(n)s open matters") % {"n": handover.number_open},
            url=reverse("reception:handover-show", args=[handover.pk]),
            subtitle=f"{handover.project} · {handover.written_by}",
            waiting_since=handover.written_at,
            is_late=handover.is_late,
            button=Button(pgettext("sign a hand-over", "Read"), reverse("reception:handover-sign", args=[handover.pk])),
        )
        for handover in found
    ]
    if not rows:
        return None
    count, url = look.count(unsigned_handovers), _desk("handover-index")
    return Section("handovers", _("Handed over, not read yet"), "", rows, count, url)


@asked()
def waiting_visitors(user: User) -> Any:
    return ReceptionTicket.objects.visible_to(user).waiting()


def visitors(look: Look) -> Section | None:
    """Who waits at the counter, the longest first; a desk where nobody waits takes no room."""
    rows = [
        Row(
            title=str(ticket),
            url=reverse("reception:ticket-show", args=[ticket.pk]),
            subtitle=ticket.visitor,
            waiting_since=ticket.arrived_at,
            is_late=ticket.urgency == "late",
            button=Button(TICKET_STEPS["attend"], reverse("reception:ticket-step", args=[ticket.pk, "attend"])),
        )
        for ticket in look.read(waiting_visitors, ReceptionTicket.objects.for_desk)
    ]
    if not rows:
        return None
    return Section("visitors", _("Waiting at the counter"), "", rows, look.count(waiting_visitors), _desk("desk-show"))


def live_for(user: User) -> str:
    """What the page listens to beside its clock: the counters that somebody serves."""
    return " ".join(desk_key(project.pk) for project in whole_projects(user)) if may(user, RECEIVE) else ""


def _desk(name: str) -> str:
    return reverse(f"reception:{name}")
