"""What a list of balances changes for each unit: said once per unit on its timeline, however many fee items it names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from gongying.customers.models import BalanceSnapshot
from gongying.estates.models import Unit
from gongying.imports.importers import Draft


@dataclass(frozen=True, slots=True)
class Owed:
    """One fee item of a unit as it is known on a day."""

    as_of: date
    months: int
    amount: Decimal


class BalanceChanges:
    """What is known of units before the list, and what it is by the list; of each fee item the youngest day counts."""

    def __init__(self, known: Iterable[BalanceSnapshot] = ()) -> None:
        self.before: dict[int, dict[str, Owed]] = {}
        self.after: dict[int, dict[str, Owed]] = {}
        self.units: dict[int, Unit] = {}
        self.know(known)

    def know(self, balances: Iterable[BalanceSnapshot]) -> None:
        """Of units of which the list has said nothing yet."""
        for balance in balances:
            owed = Owed(balance.as_of, balance.months, balance.amount)
            for side in (self.before, self.after):
                _keep(side.setdefault(balance.unit_id, {}), balance.item, owed)

    def state(self, unit: Unit, *, item: str, as_of: date, months: int, amount: Decimal) -> None:
        """A line of the list: it replaces an earlier one, the same day's too."""
        self.units[unit.pk] = unit
        _keep(self.after.setdefault(unit.pk, {}), item, Owed(as_of, months, amount))

    def record(self, draft: Draft) -> None:
        """One entry for each unit that owes something else than before, in months or money."""
        now = timezone.now()
        for pk, unit in self.units.items():
            before, after = _total(self.before.get(pk, {})), _total(self.after[pk])
            if before == after:
                continue
            draft.record(
                "balance.changed",
                subjects=[unit],
                at=now,
                place=unit.place,
                before=str(before[1]),
                amount=str(after[1]),
                months=after[0],
                as_of=max(owed.as_of for owed in self.after[pk].values()).isoformat(),
            )


def _keep(items: dict[str, Owed], item: str, owed: Owed) -> None:
    if item not in items or items[item].as_of <= owed.as_of:
        items[item] = owed


def _total(items: dict[str, Owed]) -> tuple[int, Decimal]:
    """The longest delay and the sum over all fee items."""
    owed = [each for each in items.values() if each.amount]
    return max((each.months for each in owed), default=0), sum((each.amount for each in owed), Decimal(0))
