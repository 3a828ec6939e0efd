"""The working calendar of a project, kept in the process until a day or the hours change."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from gongying.common.editions import kept
from gongying.estates.models import Project
from gongying.schedule.models import CalendarDay, CalendarGap, CalendarYear, WorkingWeek
from gongying.schedule.working_time import MINUTES_OF_DAY, WorkingCalendar

# Where nobody has said when business is, it is all day long from Monday to Friday.
ALL_DAY = (((0, MINUTES_OF_DAY),),) * 5 + ((),) * 2
DECEMBER = 12


def calendar_of(project: Project | int | None = None, *, on: date | None = None) -> WorkingCalendar:
    """The calendar with the hours that are in force on a day: the project's own, else the company's."""
    project_id = project.pk if isinstance(project, Project) else project
    on = on or timezone.localdate()
    week_id = kept(("working-week", project_id, on), lambda: _week_id(project_id, on))
    return kept(("working-calendar", week_id), lambda: _read_calendar(week_id))


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def known_years() -> frozenset[int]:
    return kept("calendar-years", lambda: frozenset(CalendarYear.objects.values_list("year", flat=True)))


def missing_year(*, on: date | None = None) -> int | None:
    """The year whose table should be here by now: the next one from 1 December on, or one that a time reached into."""
    on = on or timezone.localdate()
    due = {on.year, on.year + 1} if on.month == DECEMBER else {on.year}
    due |= kept("calendar-gaps", lambda: frozenset(CalendarGap.objects.values_list("year", flat=True)))
    return min((year for year in due - known_years() if year >= on.year), default=None)


def _week_id(project_id: int | None, on: date) -> int | None:
    week = WorkingWeek.objects.in_force(project_id, on=on)
    return week.pk if week else None


def _read_calendar(week_id: int | None) -> WorkingCalendar:
    shifts = WorkingWeek.objects.get(pk=week_id).shifts if week_id else ALL_DAY
    days = {day.date: day.is_working for day in CalendarDay.objects.all()}
    return WorkingCalendar(shifts, days, _known_until(), ZoneInfo(settings.TIME_ZONE))


def _known_until() -> date | None:
    """The end of the last year before the first gap."""
    years = known_years()
    if not years:
        return None
    last = min(years)
    while last + 1 in years:
        last += 1
    return date(last, 12, 31)
