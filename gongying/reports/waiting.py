"""How long visitors wait at the counter and are received, by hour, counter, purpose and person (R-146, R-152)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import ExtractHour
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import id_in
from gongying.reception.enums import OPEN_STATES, TicketState
from gongying.reception.models import ReceptionTicket, VisitPurpose

Tickets = QuerySet[ReceptionTicket]
MINUTE = timedelta(minutes=1)
NINETY_FIVE = 0.95


@dataclass(frozen=True)
class Sort:
    """One line for each of these; `key` is what the rows are told apart by."""

    label: str | Promise
    key: Any
    name: Callable[[list[Any]], dict[Any, str]]


def _hours(keys: list[Any]) -> dict[Any, str]:
    return {key: f"{key:02d}:00–{key:02d}:59" for key in keys}


def _counters(keys: list[Any]) -> dict[Any, str]:
    return {key: str(key or "–") for key in keys}


def _purposes(keys: list[Any]) -> dict[Any, str]:
    return {row.pk: str(row) for row in VisitPurpose.objects.filter(pk__in=keys)}


def _people(keys: list[Any]) -> dict[Any, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in=keys)} | {None: "–"}


SORTS: dict[str, Sort] = {
    "hour": Sort(_("hour of arrival"), ExtractHour("arrived_at"), _hours),
    "counter": Sort(pgettext_lazy("a place", "counter"), F("counter"), _counters),
    "purpose": Sort(_("purpose of the visit"), F("purpose"), _purposes),
    "person": Sort(_("who receives"), F("handler"), _people),
}


@dataclass(frozen=True)
class Waiting:
    """Of the visitors of one line; times in minutes, None: nobody was received."""

    key: str
    name: str
    number: int
    unseen: int
    wait: float | None
    wait_most: float | None  # all but the longest twentieth waited no longer
    handling: float | None

    @property
    def unseen_share(self) -> float:
        return 100 * self.unseen / self.number


def waiting_by(tickets: Tickets, by: str) -> list[Waiting]:
    """Visits that are over, one line for each sort, in its order."""
    sort = SORTS[by]
    found: dict[Any, list[Any]] = defaultdict(list)
    over = tickets.order_by().exclude(state__in=OPEN_STATES).annotate(sort=sort.key)
    for key, *row in over.values_list("sort", "state", "arrived_at", "first_attended_at", "handled"):
        found[key].append(row)
    names = sort.name(list(found))
    lines = [_line(key, names.get(key, "–"), rows) for key, rows in found.items()]
    return sorted(lines, key=lambda line: (line.name == "–", line.name))


def tickets_of(tickets: Tickets, by: str, key: str, *, unseen: bool) -> Tickets:
    """The visits that one number is made of."""
    value: Any = key if by == "counter" else id_in(key)
    rows = tickets.exclude(state__in=OPEN_STATES).annotate(sort=SORTS[by].key)
    rows = rows.filter(Q(sort=None) if value is None else Q(sort=value))
    return rows.filter(state=TicketState.LEFT_UNSEEN) if unseen else rows


def _line(key: Any, name: str, rows: Sequence[Any]) -> Waiting:
    received = [(first - arrived, handled) for _state, arrived, first, handled in rows if first is not None]
    waits = sorted(wait / MINUTE for wait, _handled in received)
    return Waiting(
        key="" if key is None else str(key),
        name=name,
        number=len(rows),
        unseen=sum(row[0] == TicketState.LEFT_UNSEEN for row in rows),
        wait=median(waits) if waits else None,
        wait_most=waits[min(int(NINETY_FIVE * len(waits)), len(waits) - 1)] if waits else None,
        handling=median(handled / MINUTE for _wait, handled in received) if received else None,
    )
