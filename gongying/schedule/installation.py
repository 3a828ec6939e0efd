"""What a fresh installation starts with: the State Council's days as far as they are published, and common office hours."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps.registry import Apps

DATA = Path(__file__).parent / "data"


def install_calendar(apps: Apps, **_kwargs: Any) -> None:
    """Add the years that the table of `chinesecalendar` has and this installation lacks. Edited days are left alone."""
    from chinese_calendar.constants import Holiday, holidays, workdays

    calendar_day, calendar_year = (apps.get_model("schedule", name) for name in ("CalendarDay", "CalendarYear"))
    present = set(calendar_year.objects.values_list("year", flat=True))
    lacking = {day.year for day in holidays} - present
    if not lacking:
        return
    source = f"chinesecalendar {version('chinesecalendar')}"
    table = [(day, "holiday", name) for day, name in holidays.items()]
    table += [(day, "make_up", name) for day, name in workdays.items()]
    calendar_day.objects.bulk_create(
        [
            calendar_day(date=day, kind=kind, name=Holiday(name).chinese, source=source)
            for day, kind, name in table
            if day.year in lacking
        ],
        ignore_conflicts=True,
    )
    calendar_year.objects.bulk_create(
        [calendar_year(year=year, source=source) for year in sorted(lacking)], ignore_conflicts=True
    )


def install_hours(apps: Apps, **_kwargs: Any) -> None:
    """The company's hours, for always, until somebody enters the real ones."""
    working_week, working_hours = (apps.get_model("schedule", name) for name in ("WorkingWeek", "WorkingHours"))
    if working_week.objects.filter(project=None).exists():
        return
    week = working_week.objects.create(during=(None, None))
    rows = json.loads((DATA / "office_hours.json").read_text(encoding="utf-8"))
    working_hours.objects.bulk_create(
        working_hours(week=week, weekday=weekday, starts=_minute(starts), ends=_minute(ends))
        for row in rows
        for weekday in row["weekdays"]
        for starts, ends in row["shifts"]
    )


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
