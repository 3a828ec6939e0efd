"""Exact arithmetic over spells: who holds how much when. No floats, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Spell:
    """`amount` from `start` on, up to the day before `end`; None is open."""

    start: date | None
    end: date | None
    amount: Decimal

    def holds_on(self, day: date | None) -> bool:
        """`day` None: before all days."""
        if day is None:
            return self.start is None
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


def largest_sum(spells: Sequence[Spell], since: date | None, until: date | None) -> Decimal:
    """The largest sum of amounts on any day of [since, until). It can only grow where a spell begins, so only those days count."""
    days = {since} | {
        spell.start
        for spell in spells
        if spell.start is not None and (since is None or spell.start > since) and (until is None or spell.start < until)
    }
    return max(sum((spell.amount for spell in spells if spell.holds_on(day)), Decimal(0)) for day in days)


def percentage(part: Decimal | int, whole: Decimal | int | None) -> Decimal | None:
    """`part` of `whole` in percent, rounded half up to one place: 20,000 of 200,000 is 10.0. None where there is no whole."""
    if not whole:
        return None
    exact = Fraction(part) / Fraction(whole) * 100
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(TENTH, rounding=ROUND_HALF_UP)
