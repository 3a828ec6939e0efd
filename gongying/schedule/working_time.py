"""Arithmetic with working time: pure functions of a calendar, no database.

Every instant that comes out is in UTC. What comes in may be in any zone, but must be in one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

Shift = tuple[int, int]

MINUTES_OF_DAY = 24 * 60
WEEKEND = 5
HORIZON_YEARS = 30


class Pace(StrEnum):
    """When a clock runs."""

    ALWAYS = "always"  # 24 × 7
    BUSINESS = "business"  # in the shifts
    WORKING_DAYS = "working_days"  # whole working days of 24 hours


class NoWorkingTime(ValueError):  # noqa: N818 - reads as what happened
    """The calendar has no working time, or not enough of it within HORIZON_YEARS."""


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """The working days of a place and its hours of business.

    `shifts` are those of Monday to Sunday, in minutes of the local day (0..1440), sorted, not overlapping.
    `days` holds the exceptions of the State Council's table: True is a make-up working day, False a holiday.

    Hours of business on a day that the table does not name are the shifts of its weekday, so an office that opens on
    Saturdays has Saturday shifts. A holiday has none. A make-up day has its own weekday's shifts, and where these are
    empty those of the first weekday, from Monday on, that has any.

    In a zone with summer time a shift's length is real time. Only a shift that begins or ends inside the hour which the
    clocks skip or repeat has two readings; the one before the change counts.
    """

    shifts: tuple[tuple[Shift, ...], ...]
    days: Mapping[date, bool]
    known_until: date | None
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if len(self.shifts) != 7:  # noqa: PLR2004 - days of the week
            raise ValueError("A calendar has the shifts of seven weekdays.")
        for shifts in self.shifts:
            if any(not 0 <= starts < ends <= MINUTES_OF_DAY for starts, ends in shifts):
                raise ValueError("A shift starts before it ends, both within 0..1440.")
            if any(later[0] < earlier[1] for earlier, later in pairwise(shifts)):
                raise ValueError("Shifts of a day are sorted and do not overlap.")

    def is_working_day(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < WEEKEND)

    def knows(self, day: date) -> bool:
        """Whether the table reaches as far as `day`; beyond it only weekends are free."""
        return self.known_until is not None and day <= self.known_until

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        own = self.shifts[day.weekday()]
        match self.days.get(day):
            case None:
                return own
            case False:
                return ()
            case True:
                return own or next(filter(None, self.shifts), ())

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def instant(self, day: date, minute: int) -> datetime:
        if minute == MINUTES_OF_DAY:
            day, minute = day + timedelta(days=1), 0
        return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=self.zone).astimezone(UTC)


def advance(calendar: WorkingCalendar, pace: Pace, start: datetime, span: timedelta) -> datetime:
    """Return the first instant at which `span` of running time has passed since `start`."""
    if span < timedelta():
        raise ValueError("Time runs forwards.")
    start = start.astimezone(UTC)
    if pace is Pace.ALWAYS or not span:
        return start + span

    first = calendar.day_of(start).year
    left = span + _spells_of(calendar, pace, first).passed(start)
    for year in range(first, first + HORIZON_YEARS):
        spells = _spells_of(calendar, pace, year)
        if left <= spells.total:
            return spells.reached(left)
        left -= spells.total
    raise NoWorkingTime(f"No {span} of working time within {HORIZON_YEARS} years of {start:%Y-%m-%d}.")


def elapsed(calendar: WorkingCalendar, pace: Pace, start: datetime, end: datetime) -> timedelta:
    """Return the running time between two instants; none where the end comes first."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return timedelta()
    if pace is Pace.ALWAYS:
        return end - start

    first, last = calendar.day_of(start).year, calendar.day_of(end).year
    whole = sum((_spells_of(calendar, pace, year).total for year in range(first, last)), timedelta())
    return whole + _spells_of(calendar, pace, last).passed(end) - _spells_of(calendar, pace, first).passed(start)


def nth_working_day(calendar: WorkingCalendar, start: datetime, n: int) -> datetime:
    """Return the same clock time on the n-th working day that follows (standards 2.1); start itself for none.

    From a working day this is `advance` by n × 24 hours of WORKING_DAYS, but for midnight, which `advance` reaches at
    the end of the day before. From a free day it is not: "one working day" on Sunday 16:00 means Monday 16:00.
    """
    if n < 0:
        raise ValueError("Working days are counted forwards.")
    local = start.astimezone(calendar.zone)
    day = local.date()
    horizon = day.replace(year=day.year + HORIZON_YEARS, day=1)
    for _each in range(n):
        day += timedelta(days=1)
        while not calendar.is_working_day(day):
            day += timedelta(days=1)
        if day > horizon:
            raise NoWorkingTime(f"No {n} working days within {HORIZON_YEARS} years of {start:%Y-%m-%d}.")
    return local.replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)


@dataclass(frozen=True, eq=False)
class _Spells:
    """The running time of a year: spells in their order, and how much has run before each."""

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    total: timedelta

    def passed(self, at: datetime) -> timedelta:
        last = bisect_right(self.starts, at) - 1
        return self.before[last] + min(at, self.ends[last]) - self.starts[last] if last >= 0 else timedelta()

    def reached(self, running: timedelta) -> datetime:
        """Return the first instant at which `running` (more than nothing, at most the total) has run."""
        spell = bisect_left(self.before, running) - 1
        return self.starts[spell] + running - self.before[spell]


@lru_cache(maxsize=256)
def _spells_of(calendar: WorkingCalendar, pace: Pace, year: int) -> _Spells:
    starts: list[datetime] = []
    ends: list[datetime] = []
    before: list[timedelta] = []
    total = timedelta()
    for start, end in _running(calendar, pace, year):
        start = max(start, ends[-1]) if ends else start  # noqa: PLW2901 - where the clocks skip an hour two may touch
        if start < end:
            starts.append(start)
            ends.append(end)
            before.append(total)
            total += end - start
    return _Spells(tuple(starts), tuple(ends), tuple(before), total)


def _running(calendar: WorkingCalendar, pace: Pace, year: int) -> Iterator[tuple[datetime, datetime]]:
    day = date(year, 1, 1)
    while day.year == year:
        if pace is Pace.BUSINESS:
            shifts = calendar.shifts_on(day)
        else:
            shifts = ((0, MINUTES_OF_DAY),) if calendar.is_working_day(day) else ()
        for starts, ends in shifts:
            yield calendar.instant(day, starts), calendar.instant(day, ends)
        day += timedelta(days=1)
