"""What units owed on a day, from the fee system (E-045)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.templatetags.formats import yuan
from gongying.customers.importers.balance_changes import BalanceChanges
from gongying.customers.importers.headers import DATA
from gongying.customers.importers.register import PlaceRegister, chunks
from gongying.customers.models import BalanceSnapshot
from gongying.estates.models import Project, Unit
from gongying.estates.row_codes import read_codes
from gongying.imports.cells import day, money, tidy_text, whole_number
from gongying.imports.enums import FindingKind
from gongying.imports.importers import Draft, Importer, ImportOption, MappedRow, read_fields

MOST_MONTHS = 600
LONGEST_ITEM = 60
PAID = "paid"
Key = tuple[int, str, date]  # unit, fee item, day


class BalanceImporter(Importer):
    key: ClassVar = "customers.balances"
    label: ClassVar = gettext_lazy("Balances")
    description: ClassVar = gettext_lazy(
        "What units owe, from the fee system: unit, fee item, months, amount, as of. A later file of the same day replaces;"
        " earlier days are kept."
    )
    permission: ClassVar = "customers.view_balances"
    fields: ClassVar = read_fields(
        DATA / "balance_headers.json",
        {
            "building": gettext_lazy("Building"),
            "entrance": gettext_lazy("Entrance"),
            "room": gettext_lazy("Room"),
            "item": gettext_lazy("Fee item"),
            "months": gettext_lazy("Months"),
            "amount": gettext_lazy("Amount"),
            "as_of": gettext_lazy("As of"),
        },
        required=frozenset({"room", "amount"}),
    )
    options: ClassVar = (
        ImportOption(
            "unnamed",
            gettext_lazy("Units in arrears that the file does not name"),
            [
                ("unknown", gettext_lazy("keep what was known of them, marked with its day")),
                (PAID, gettext_lazy("have paid: the file lists all who owe something")),
            ],
        ),
    )

    def plan(self, rows: Sequence[MappedRow], draft: Draft) -> None:
        places = PlaceRegister(draft)
        codes = read_codes(rows, places.places(), draft)
        places.load_units({str(code) for code in codes if code})
        balances = _Balances(draft, places)
        for done, (row, code) in enumerate(zip(rows, codes, strict=True), start=1):
            unit = places.units.get(str(code)) if code else None
            if code and unit is None:
                draft.error(row, "room", _("Unit %(code)s is not in the register.") % {"code": code})
            elif unit:
                balances.plan(row, unit)
            draft.report_progress(done, len(rows))
        if draft.option("unnamed") == PAID and balances.seen:
            balances.settle_unnamed(places.project)
        balances.changes.record(draft)


class _Balances:
    """Plans one line after the other; knows what is in the register and what earlier lines of the file said."""

    def __init__(self, draft: Draft, places: PlaceRegister) -> None:
        self.draft = draft
        self.known = _known_balances(places)
        self.seen: dict[Key, MappedRow] = {}
        self.changes = BalanceChanges(self.known.values())

    def plan(self, row: MappedRow, unit: Unit) -> None:
        values = _read_balance(row, self.draft)
        if values is None:
            return
        key = (unit.pk, values["item"], values["as_of"])
        if key in self.seen:
            sentence = _("This unit and fee item stand in row %(row)s already.") % {"row": self.seen[key].record.row}
            self.draft.error(row, "room", sentence)
            return
        self.seen[key] = row
        self.changes.state(unit, **values)
        balance = self.known.get(key)
        if balance is None:
            created = self.draft.create(_balance(unit, **values))
            self.draft.find(FindingKind.CREATED, row, partial(_told, created))
        elif self.draft.change(balance, months=values["months"], amount=values["amount"]):
            change = self.draft.changes[balance]
            self.draft.find(FindingKind.CHANGED, row, lambda: f"{_name_of(balance)}: {change.in_words()}")
        else:
            sentence = _("%(code)s is in the register already.") % {"code": unit.code}
            self.draft.find(FindingKind.SKIPPED, row, sentence)

    def settle_unnamed(self, project: Project) -> None:
        """Who is not on a list of all debtors owes nothing on its day."""
        as_of = max(day for _unit, _item, day in self.seen)
        named = {(unit, item) for unit, item, _day in self.seen}
        owed = list(BalanceSnapshot.objects.filter(project=project).latest().exclude(amount=0).select_related("unit"))
        in_file = set(self.changes.before)
        self.changes.know(balance for balance in owed if balance.unit_id not in in_file)
        for balance in owed:
            if balance.as_of < as_of and (balance.unit_id, balance.item) not in named:
                values = {"item": balance.item, "months": 0, "amount": Decimal(0), "as_of": as_of}
                paid = self.draft.create(_balance(balance.unit, **values))
                self.draft.find(FindingKind.CREATED, None, partial(_told, paid))
                self.changes.state(balance.unit, **values)


def _balance(unit: Unit, **values: Any) -> BalanceSnapshot:
    return BalanceSnapshot(
        project_id=unit.project_id, building_id=unit.building_id, entrance_id=unit.entrance_id, unit=unit, **values
    )


def _told(balance: BalanceSnapshot) -> str:
    months = _("months in arrears: %(months)s") % {"months": balance.months}
    return f"{_name_of(balance)}: {yuan(balance.amount)}, {months}"


def _name_of(balance: BalanceSnapshot) -> str:
    return f"{balance.unit.code} {balance.item} {balance.as_of}"


def _known_balances(places: PlaceRegister) -> dict[Key, BalanceSnapshot]:
    known = {}
    for some in chunks([unit.pk for unit in places.units.values()]):
        for balance in BalanceSnapshot.objects.filter(unit__in=some):
            known[balance.unit_id, balance.item, balance.as_of] = balance
    return known


def _read_balance(row: MappedRow, draft: Draft) -> dict[str, Any] | None:
    """The values of a row; None where one of them cannot be read, which is an error by then."""
    amount = draft.read(row, "amount", money)
    months = draft.read(row, "months", whole_number) if row.has("months") else 0
    as_of = draft.read(row, "as_of", day) if row.has("as_of") else timezone.localdate()
    item = tidy_text(row.cell("item")) or _("property service fee")
    if not row.has("amount"):
        draft.error(row, "amount", _("The amount is missing."))
    if months is not None and not 0 <= months <= MOST_MONTHS:
        draft.error(row, "months", _("The number of months is not possible."))
        return None
    if as_of is not None and as_of > timezone.localdate():
        draft.error(row, "as_of", _("The day lies in the future."))
        return None
    if len(item) > LONGEST_ITEM:
        draft.error(row, "item", _("A fee item has at most %(limit)s characters.") % {"limit": LONGEST_ITEM})
        return None
    if amount is None or months is None or as_of is None:
        return None
    return {"item": item, "months": months, "amount": amount, "as_of": as_of}
