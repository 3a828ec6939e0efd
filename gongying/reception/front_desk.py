"""The front desk as one person sees it: who waits, whom she has before her, what that visitor needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.machines import Transition
from gongying.common.panels import panels_of
from gongying.common.permissions import may
from gongying.custody.models import KeyLoan
from gongying.custody.operations import keys_key
from gongying.customers.models import PartyRole
from gongying.estates.models import Project
from gongying.files.models import Attachment
from gongying.reception.audiences import hints_url
from gongying.reception.enums import TicketState
from gongying.reception.gathering import latest_unsigned
from gongying.reception.machines import TICKET
from gongying.reception.models import AssistanceRequest, ReceptionTicket, ShiftHandover, VisitNote, VisitPurpose
from gongying.reception.operations import counter_of, desk_key

# Everything stands on one screen; who has more in the room than that has other worries.
MOST_SHOWN = 40
HANDLERS_OWN = ("resume", "park", "finish")


@dataclass(frozen=True)
class Row:
    """A visitor in the column at the left."""

    ticket: ReceptionTicket
    step: Transition | None
    is_chosen: bool
    call: AssistanceRequest | None = None

    @property
    def is_unspoken(self) -> bool:
        return self.ticket.touched_at == self.ticket.arrived_at


@dataclass(frozen=True)
class FrontDesk:
    user: User
    project: Project
    asked: ReceptionTicket | None = None  # the one that was opened by its address

    @property
    def live(self) -> str:
        return desk_key(self.project.pk)

    @property
    def live_keys(self) -> str:
        return keys_key(self.project.pk)

    @property
    def url(self) -> str:
        """The address of what is shown, wherever a form of it was sent."""
        if self.asked is not None:
            return reverse("reception:ticket-show", args=[self.asked.pk])
        return f"{reverse('reception:desk-show')}?project={self.project.pk}"

    @cached_property
    def purposes(self) -> list[VisitPurpose]:
        return list(VisitPurpose.objects.offered_in(self.project))

    @cached_property
    def open_tickets(self) -> list[ReceptionTicket]:
        rows = ReceptionTicket.objects.visible_to(self.user).at_desk(self.project).open().for_desk()
        return list(rows.order_by("arrived_at", "pk")[:MOST_SHOWN])

    @cached_property
    def calls(self) -> dict[int, AssistanceRequest]:
        """The open calls for help, by visitor."""
        calls = AssistanceRequest.objects.open().filter(ticket__in=[ticket.pk for ticket in self.open_tickets])
        return {call.ticket_id: call for call in calls}

    @cached_property
    def counter(self) -> str:
        """Where she sits."""
        return counter_of(self.project.pk, self.user)

    @property
    def keys_out(self) -> int:
        return len(self._due_times)

    @property
    def keys_late(self) -> int:
        return sum(due_at < timezone.now() for due_at in self._due_times)

    @cached_property
    def unread(self) -> list[ShiftHandover]:
        """What colleagues handed over and nobody has signed yet."""
        return latest_unsigned(self.user, self.project)

    @cached_property
    def at_hand(self) -> ReceptionTicket | None:
        """Whom she receives now."""
        return next((ticket for ticket in self.open_tickets if self._attends(ticket)), None)

    @cached_property
    def chosen(self) -> ReceptionTicket | None:
        """Who stands in the middle: the one asked for, the one at hand, else the last one she parked."""
        parked = [t for t in self.open_tickets if t.state == TicketState.PARKED and t.is_with(self.user)]
        last = max(parked, key=lambda ticket: ticket.touched_at, default=None)
        return self.asked or self.at_hand or last

    @cached_property
    def waiting(self) -> list[Row]:
        return self._rows(TicketState.WAITING)

    @cached_property
    def parked(self) -> list[Row]:
        return self._rows(TicketState.PARKED)

    @cached_property
    def received(self) -> list[Row]:
        return self._rows(TicketState.ATTENDING)

    @cached_property
    def short_first(self) -> ReceptionTicket | None:
        """While one is being received: the shortest matter among those who wait, if it is very short (R-149)."""
        if self.at_hand is None or self.at_hand.purpose.is_short:
            return None
        short = [row.ticket for row in self.waiting if row.ticket.purpose.is_short and row.call is None]
        return min(short, key=lambda ticket: (ticket.purpose.minutes, ticket.arrived_at), default=None)

    @cached_property
    def second(self) -> ReceptionTicket | None:
        """While one is being received: the one who waits longest and has not been spoken to yet."""
        if self.at_hand is None:
            return None
        unspoken = [row.ticket for row in self.waiting if row.is_unspoken and row.call is None]
        return next(iter(unspoken), None)

    def step_of(self, ticket: ReceptionTicket) -> Transition | None:
        """The one button of a row."""
        verbs = ("take_over", "attend", "resume") if ticket.pk in self.calls else ("attend", "resume", "take_over")
        possible = {step.verb: step for step in self.steps_of(ticket)}
        return next((possible[verb] for verb in verbs if verb in possible), None)

    def steps_of(self, ticket: ReceptionTicket) -> list[Transition]:
        return [step for step in TICKET.possible(ticket.state) if self._may_take(step, ticket)]

    def _may_take(self, step: Transition, ticket: ReceptionTicket) -> bool:
        if not may(self.user, step.permission):
            return False
        if step.verb in HANDLERS_OWN:
            return ticket.is_with(self.user)
        return not (step.verb == "take_over" and ticket.is_with(self.user))

    @cached_property
    def _due_times(self) -> list[datetime]:
        """Of the keys that are out."""
        loans = KeyLoan.objects.visible_to(self.user).in_project(self.project.pk).open()
        return list(loans.values_list("due_at", flat=True))

    def _attends(self, ticket: ReceptionTicket) -> bool:
        return ticket.state == TicketState.ATTENDING and ticket.is_with(self.user)

    def _rows(self, state: TicketState) -> list[Row]:
        chosen = self.chosen.pk if self.chosen else None
        found = [ticket for ticket in self.open_tickets if ticket.state == state]
        return [Row(ticket, self.step_of(ticket), ticket.pk == chosen, self.calls.get(ticket.pk)) for ticket in found]


def visit_context(desk: FrontDesk, ticket: ReceptionTicket) -> Mapping[str, Any]:
    """What the middle and the right column show of a visitor."""
    notes = list(VisitNote.objects.latest_of_each(ticket))
    standard = VisitPurpose.objects.filter(project=None, key=ticket.purpose.key)
    return {
        "ticket": ticket,
        "steps": desk.steps_of(ticket),
        "call": AssistanceRequest.objects.open().filter(ticket=ticket).select_related("asked_by").first(),
        "is_mine": ticket.is_with(desk.user) and ticket.is_open,
        "own_note": next((note for note in notes if note.by_id == desk.user.pk), None),
        "other_notes": [note for note in notes if note.by_id != desk.user.pk and note.text],
        "head_panels": panels_of("unit-head", desk.user),
        "speakers": _speakers(ticket),
        "hints": hints_url(ticket),
        "papers": Attachment.objects.of(ticket.purpose, *standard),
    }


def _speakers(ticket: ReceptionTicket) -> list[PartyRole]:
    """The people of the household, each once, owners first."""
    if ticket.unit_id is None:
        return []
    roles: Any = PartyRole.objects.current().filter(unit=ticket.unit_id, party__merged_into=None)
    found: dict[int, PartyRole] = {}
    for role in roles.select_related("party").order_by("pk"):
        found.setdefault(role.party_id, role)
    return list(found.values())
