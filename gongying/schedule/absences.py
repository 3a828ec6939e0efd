"""When people are not there to be met, whatever their calendars say: on leave, in another shift, at rest after a night."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from gongying.organization.models import Leave
from gongying.schedule.calendars import midnight
from gongying.schedule.common_time import Interval, merged
from gongying.schedule.models import DutyShift
from gongying.schedule.working_time import WorkingCalendar

ONE_DAY = timedelta(days=1)
# Who was on duty at this hour worked through the night, and is not asked to a meeting until she has slept.
DEAD_OF_NIGHT = time(2)
REST = timedelta(hours=8)


def absences_of(staff_ids: Collection[int], whole: Interval, calendar: WorkingCalendar) -> dict[int, list[Interval]]:
    """By person, within and around `whole`; however many people in two statements.

    Duties are no absence: who keeps the counter from nine to five is asked for those hours, and for no others.
    A night on call beside an ordinary day leaves that day as it is.
    """
    found: dict[int, list[Interval]] = defaultdict(list)
    first, last = (timezone.localtime(moment).date() for moment in whole)
    leaves = Leave.objects.filter(staff__in=staff_ids, during__overlap=(first, last + ONE_DAY))
    for staff_id, during in leaves.values_list("staff", "during"):
        found[staff_id].append((midnight(during.lower or first), midnight(during.upper or last + ONE_DAY)))
    for (staff_id, day), shifts in _shifts_by_day(staff_ids, whole).items():
        found[staff_id] += [*_outside(day, shifts, calendar), *_rests(day, shifts)]
    return found


def _shifts_by_day(staff_ids: Collection[int], whole: Interval) -> dict[tuple[int, date], list[Interval]]:
    """A shift belongs to the day on which it begins."""
    start, end = whole
    rows = DutyShift.objects.between(start - ONE_DAY, end).filter(staff__in=staff_ids).order_by("during")
    found: dict[tuple[int, date], list[Interval]] = defaultdict(list)
    for staff_id, during in rows.values_list("staff", "during"):
        found[staff_id, timezone.localtime(during.lower).date()].append((during.lower, during.upper))
    return found


def _outside(day: date, shifts: list[Interval], calendar: WorkingCalendar) -> Iterator[Interval]:
    """The rest of a day on which her shifts are her working hours."""
    hours = [(calendar.instant(day, opens), calendar.instant(day, closes)) for opens, closes in calendar.shifts_on(day)]
    if not any(start < closes and end > opens for start, end in shifts for opens, closes in hours):
        return
    free_from = midnight(day)
    for start, end in merged(shifts):
        if free_from < start:
            yield free_from, start
        free_from = end
    if free_from < midnight(day + ONE_DAY):
        yield free_from, midnight(day + ONE_DAY)


def _rests(day: date, shifts: list[Interval]) -> Iterator[Interval]:
    dead_of_night = timezone.make_aware(datetime.combine(day + ONE_DAY, DEAD_OF_NIGHT))
    for start, end in shifts:
        if start < dead_of_night < end:
            yield end, end + REST
