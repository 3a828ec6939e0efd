"""The three rates by which outside orders are assessed (Beijing ordinance on complaints, articles 11 to 15, 23, 32; standards 2.16)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Rows = Any
DECEMBER = 12

# What a number on the page counts; the same selection makes the list behind it.
FIGURES: Mapping[str, tuple[str | Promise, Callable[[Rows], Rows]]] = {
    "due": (_("due in the month"), lambda rows: rows),
    "responded": (_("contacted on the same day"), lambda rows: rows.responded()),
    "called_back": (_("called back by the office"), lambda rows: rows.called_back()),
    "solved": (_("solved, as the office heard"), lambda rows: rows.solved()),
    "satisfied": (_("satisfied, as the office heard"), lambda rows: rows.satisfied()),
}


@dataclass(frozen=True)
class Rate:
    """A share with the two numbers it is made of; no share of nothing."""

    key: str
    label: str | Promise
    number: int
    of: int
    base: str

    @property
    def percent(self) -> float | None:
        return round(100 * self.number / self.of, 1) if self.of else None


def orders_of_month(rows: Rows, first: date) -> Rows:
    """Counted by the day on which they were due, not on which they came (standards 2.2)."""
    zone = timezone.get_current_timezone()
    start, end = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (first, next_month(first)))
    return rows.counted().due(start, end)


def rates_of(rows: Rows) -> list[Rate]:
    """Response rate = contacted on the day of receipt ÷ due. Solution rate = solved ÷ called back by the office.

    Satisfaction rate = satisfied ÷ called back by the office. Repeats without new facts, and orders whose objection was
    upheld, count in none.
    """
    numbers = {key: select(rows).count() for key, (_label, select) in FIGURES.items()}
    return [
        Rate("responded", _("response rate"), numbers["responded"], numbers["due"], "due"),
        Rate("solved", _("solution rate"), numbers["solved"], numbers["called_back"], "called_back"),
        Rate("satisfied", _("satisfaction rate"), numbers["satisfied"], numbers["called_back"], "called_back"),
    ]


def counted_in(figure: str, rows: Rows) -> Rows:
    return FIGURES[figure][1](rows)


def next_month(first: date) -> date:
    return date(first.year + 1, 1, 1) if first.month == DECEMBER else date(first.year, first.month + 1, 1)
