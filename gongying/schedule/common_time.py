"""When everybody is free: pure functions of a calendar and of what people have planned, no database."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from gongying.schedule.working_time import WorkingCalendar

Interval = tuple[datetime, datetime]

HORIZON = timedelta(weeks=4)
STEP = timedelta(minutes=15)


def next_common_slot(
    calendar: WorkingCalendar, busy: Iterable[Interval], *, start: datetime, length: timedelta
) -> datetime | None:
    """The first quarter of an hour from `start` on from which nobody is busy for `length`, within one stretch of working hours.

    `busy` holds the intervals of everybody together, in any order. None: there is none within four weeks.
    """
    start = start.astimezone(UTC)
    taken = merged(busy)
    at = 0
    for opens, closes in _open_hours(calendar, start):
        begin = _rounded_up(max(opens, start))
        while at < len(taken) and taken[at][1] <= begin:
            at += 1
        ahead = at
        while ahead < len(taken) and taken[ahead][0] < begin + length and begin + length <= closes:
            begin = _rounded_up(max(begin, taken[ahead][1]))
            ahead += 1
        if begin + length <= closes:
            return begin
    return None


def same_hour_on_all_days(
    calendar: WorkingCalendar, busy: Iterable[Interval], periods: Sequence[Interval]
) -> datetime | None:
    """For something that repeats: the start, on the first day and in working hours, with which nobody is ever busy."""
    taken = merged(busy)
    ends = [end for _begin, end in taken]
    first, length = periods[0][0].astimezone(UTC), periods[0][1] - periods[0][0]
    day = calendar.day_of(first)
    for opens, closes in calendar.shifts_on(day):
        begin = _rounded_up(max(calendar.instant(day, opens), datetime.now(UTC)))
        while begin + length <= calendar.instant(day, closes):
            move = begin - first
            if all(_is_free(taken, ends, start + move, end + move) for start, end in periods):
                return begin
            begin += STEP
    return None


def _is_free(taken: Sequence[Interval], ends: Sequence[datetime], start: datetime, end: datetime) -> bool:
    at = bisect_right(ends, start)
    return at == len(taken) or taken[at][0] >= end


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time without overlaps, in order."""
    found: list[Interval] = []
    for begin, end in sorted(intervals):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _open_hours(calendar: WorkingCalendar, start: datetime) -> Iterator[Interval]:
    """The shifts that end after `start`, one after the other; those that touch (24:00, 0:00) stay two."""
    day = calendar.day_of(start)
    last = calendar.day_of(start + HORIZON)
    while day <= last:
        for opens, closes in calendar.shifts_on(day):
            shift = calendar.instant(day, opens), calendar.instant(day, closes)
            if shift[1] > start:
                yield shift
        day += timedelta(days=1)


def _rounded_up(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond) % STEP
    return moment + (STEP - past) if past else moment
