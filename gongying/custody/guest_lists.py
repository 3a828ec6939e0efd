"""The list of guests that a company sends, pasted or as a workbook: names, plates, days; what is wrong by row and column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongying.common.errors import Refused
from gongying.custody.models.gate_passes import LONGEST_PERSON
from gongying.custody.operations.guests import MOST_AT_ONCE, ExpectedGuest, check_window, midnight_after
from gongying.customers.plates import UnreadablePlate, normalise_plate
from gongying.imports.cells import moment, tidy_text
from gongying.imports.complaints import Unreadable
from gongying.imports.importers import MappedRow, read_fields
from gongying.imports.reading import read_list
from gongying.imports.workbooks import Cell, Sheet

FIELDS: Final = read_fields(
    Path(__file__).parent / "data" / "guest_headers.json",
    {
        "name": pgettext_lazy("of a person", "name of the guest"),
        "plate": gettext_lazy("plate"),
        "day": gettext_lazy("day"),
    },
    required=frozenset({"name"}),
)
LABELS: Final = {field.name: field.label for field in FIELDS}
# A day as people write it who mean the next one of that name.
DAY_OF_THE_YEAR: Final = re.compile(r"^(\d{1,2})\s*[-/.\u6708]\s*(\d{1,2})\s*[\u65e5\u53f7]?$")
LONG_AGO: Final = 183


@dataclass
class GuestList:
    guests: list[ExpectedGuest] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def find(self, row: MappedRow, name: str, sentence: object) -> None:
        words: dict[str, Any] = {"row": row.record.row, "column": LABELS[name], "sentence": sentence}
        self.mistakes.append(_("Row %(row)s, %(column)s: %(sentence)s") % words)


def read_guests(sheets: Sequence[Sheet], *, day: date) -> GuestList:
    """Whoever has no day of his own comes on `day`."""
    found = GuestList()
    rows = read_list(sheets, FIELDS)
    if not rows:
        found.mistakes.append(_("There is no guest in it."))
    elif len(rows) > MOST_AT_ONCE:
        found.mistakes.append(_("At most %(most)s guests at once.") % {"most": MOST_AT_ONCE})
    else:
        _read(rows, day, found)
    return found


def _read(rows: Sequence[MappedRow], day: date, found: GuestList) -> None:
    first_rows: dict[ExpectedGuest, int] = {}
    for row in rows:
        before = len(found.mistakes)
        guest = ExpectedGuest(_name(row, found), _plate(row, found), _expected_at(row, day, found))
        if len(found.mistakes) > before:
            continue
        if guest in first_rows:
            found.find(row, "name", _("stands in row %(row)s already.") % {"row": first_rows[guest]})
            continue
        first_rows[guest] = row.record.row
        found.guests.append(guest)


def _name(row: MappedRow, found: GuestList) -> str:
    name = tidy_text(row.cell("name"))
    if not name:
        found.find(row, "name", _("is missing."))
    elif len(name) > LONGEST_PERSON:
        found.find(row, "name", _("is longer than %(most)s characters.") % {"most": LONGEST_PERSON})
    return name


def _plate(row: MappedRow, found: GuestList) -> str:
    typed = tidy_text(row.cell("plate"))
    try:
        return normalise_plate(typed) if typed else ""
    except UnreadablePlate:
        found.find(row, "plate", _("Write the plate as on the car."))
        return ""


def _expected_at(row: MappedRow, day: date, found: GuestList) -> datetime | None:
    """A day alone means all of it; of today what is left of it."""
    now = timezone.now()
    try:
        meant = _moment(row.cell("day"), day, timezone.localdate())
        expected_at = timezone.make_aware(meant)
        if meant == datetime.combine(timezone.localdate(), time()):
            return None
        check_window(expected_at, midnight_after(expected_at), now)
    except (Unreadable, Refused) as complaint:
        found.find(row, "day", complaint)
        return None
    return expected_at


def _moment(cell: Cell, day: date, today: date) -> datetime:
    typed = tidy_text(cell)
    if not typed:
        return datetime.combine(day, time())
    if not (named := DAY_OF_THE_YEAR.match(typed)):
        return moment(cell)
    month, day_of_month = int(named[1]), int(named[2])
    meant = moment(f"{today.year}-{month}-{day_of_month}")
    is_of_next_year = (today - meant.date()).days > LONG_AGO
    return moment(f"{today.year + 1}-{month}-{day_of_month}") if is_of_next_year else meant
