"""The table of the State Council for a year to come, from Excel or a calendar file (E-035)."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.places import Place
from gongying.imports.cells import day, tidy_text
from gongying.imports.enums import FindingKind
from gongying.imports.importers import Draft, Importer, ImportOption, MappedRow, read_fields
from gongying.schedule.enums import DayKind
from gongying.schedule.models import CalendarDay, CalendarYear
from gongying.schedule.models.days import FIRST_YEAR, LAST_YEAR
from gongying.schedule.rules import MANAGE_CALENDAR

DATA: Final = Path(__file__).parent / "data"
WORDS: Final[dict[str, list[str]]] = json.loads((DATA / "day_words.json").read_text(encoding="utf-8"))
LONGEST_SPAN: Final = 31
ONE_DAY: Final = timedelta(days=1)
COMPLETE: Final = "complete"
LIMITS: Final = {"name": 60, "source": 200}


class CalendarImporter(Importer):
    key: ClassVar = "schedule.calendar"
    label: ClassVar = gettext_lazy("Holidays and make-up days")
    description: ClassVar = gettext_lazy(
        "The working-day calendar of a year: date or first and last day, free or worked, name. It holds for the whole"
        " company, whichever project is chosen. Calendar files (.ics) are read too."
    )
    permission: ClassVar = MANAGE_CALENDAR
    fields: ClassVar = read_fields(
        DATA / "day_headers.json",
        {
            "date": gettext_lazy("Date or first day"),
            "last": gettext_lazy("Last day"),
            "kind": gettext_lazy("Free or worked"),
            "name": gettext_lazy("What the day is called"),
            "source": gettext_lazy("Source"),
            "rule": gettext_lazy("Repetition (of calendar files; refused)"),
        },
        required=frozenset({"date"}),
    )
    options: ClassVar = (
        ImportOption(
            "years",
            gettext_lazy("Years of the file"),
            [
                (COMPLETE, gettext_lazy("are complete with it")),
                ("open", gettext_lazy("are not complete yet")),
            ],
        ),
    )

    def plan(self, rows: Sequence[MappedRow], draft: Draft) -> None:
        table = _Table(draft)
        for done, row in enumerate(rows, start=1):
            table.add(row)
            draft.report_progress(done, len(rows))
        if draft.option("years") == COMPLETE:
            table.complete_years()
        if table.rows:
            draft.record("calendar.imported", subjects=[], at=timezone.now(), place=Place(), years=sorted(table.years))


class _Table:
    """The days of the file beside those that are known."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.known = {row.date: row for row in CalendarDay.objects.all()}
        self.rows: dict[date, MappedRow] = {}

    @property
    def years(self) -> set[int]:
        return {on.year for on in self.rows}

    def add(self, row: MappedRow) -> None:
        days, values = self._days(row), self._values(row)
        if not days or values is None:
            return
        for on in days:
            if on in self.rows:
                sentence = _("%(day)s stands in row %(row)s already.")
                self.draft.error(row, "date", sentence % {"day": on, "row": self.rows[on].record.row})
                return
            self.rows[on] = row
            self._plan(row, on, values)

    def _days(self, row: MappedRow) -> list[date]:
        if row.has("rule"):
            self.draft.error(row, "rule", _("It repeats by a rule. Export single events."))
            return []
        if not row.has("date"):
            self.draft.error(row, "date", _("The day is missing."))
            return []
        first = self.draft.read(row, "date", day)
        last = self.draft.read(row, "last", day) if row.has("last") else first
        if first is None or last is None:
            return []
        if not FIRST_YEAR <= first.year <= LAST_YEAR:
            self.draft.error(row, "date", _("This year cannot be right."))
            return []
        length = (last - first).days + 1
        if length < 1:
            self.draft.error(row, "last", _("The last day lies before the first."))
        elif length > LONGEST_SPAN:
            sentence = _("More than %(limit)s days in one row cannot be right.") % {"limit": LONGEST_SPAN}
            self.draft.error(row, "last", sentence)
        return [first + each * ONE_DAY for each in range(length)] if 1 <= length <= LONGEST_SPAN else []

    def _values(self, row: MappedRow) -> dict[str, Any] | None:
        texts = {name: tidy_text(row.cell(name)) for name in LIMITS}
        for name, limit in LIMITS.items():
            if len(texts[name]) > limit:
                self.draft.error(row, name, _("The text is longer than %(limit)s characters.") % {"limit": limit})
                return None
        kind = self._kind(row, texts["name"])
        if kind is None:
            return None
        return {"kind": kind, "name": texts["name"], "source": texts["source"] or _("imported from a file")}

    def _kind(self, row: MappedRow, name: str) -> DayKind | None:
        """As its column says; without one, as the name ends (a calendar file: "National Day, work"), else free."""
        text = tidy_text(row.cell("kind")).casefold()
        if text:
            for kind, words in WORDS.items():
                if text in words:
                    return DayKind(kind)
            known = ", ".join(word for words in WORDS.values() for word in words)
            sentence = _("“%(text)s” is not known here. Known words: %(words)s.")
            self.draft.error(row, "kind", sentence % {"text": text[:40], "words": known})
            return None
        bare = name.casefold().rstrip(")]\u3011\uff09 ")
        return DayKind.MAKE_UP if bare.endswith(tuple(WORDS["make_up"])) else DayKind.HOLIDAY

    def _plan(self, row: MappedRow, on: date, values: dict[str, Any]) -> None:
        present = self.known.get(on)
        if present is None:
            created = self.draft.create(CalendarDay(date=on, **values))
            self.draft.find(FindingKind.CREATED, row, partial(_told, created))
        elif self.draft.change(present, **values):
            change = self.draft.changes[present]
            self.draft.find(FindingKind.CHANGED, row, lambda: f"{on}: {change.in_words()}")
        else:
            self.draft.find(FindingKind.SKIPPED, row, _("%(day)s is in the calendar already.") % {"day": on})

    def complete_years(self) -> None:
        present = set(CalendarYear.objects.values_list("year", flat=True))
        for year in sorted(self.years - present):
            self.draft.create(CalendarYear(year=year, source=_("imported from a file"), known_by=self.draft.by))


def _told(created: CalendarDay) -> str:
    return f"{created.date} · {created.get_kind_display()} · {created.name}"
