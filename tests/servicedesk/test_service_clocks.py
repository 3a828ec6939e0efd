"""Due moments against an oracle that counts minutes one by one and knows no formula."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongying.schedule.working_time import WorkingCalendar
from gongying.servicedesk.enums import TimeUnit
from gongying.servicedesk.service_clocks import Pause, Target, due, explain, steps

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY = date(2026, 9, 14)
FIRST = datetime(2026, 9, 14, tzinfo=SHANGHAI)
DAYS = 60
DAY = 24 * 60
NATIONAL_DAY = {date(2026, 10, day): False for day in range(1, 8)}
HOLIDAYS = {
    **NATIONAL_DAY,
    date(2026, 9, 25): False,
    date(2026, 9, 26): False,
    date(2026, 9, 27): False,
    date(2026, 9, 20): True,
    date(2026, 10, 10): True,
}
OFFICE = ((480, 720), (840, 1080))
CALENDARS = [
    WorkingCalendar(((OFFICE,) * 5 + ((), ())), HOLIDAYS, date(2026, 12, 31), SHANGHAI),
    WorkingCalendar((((510, 1230),),) * 7, HOLIDAYS, date(2026, 12, 31), SHANGHAI),
    WorkingCalendar((*((OFFICE,) * 5), ((540, 600),), ()), {}, None, SHANGHAI),
    WorkingCalendar(((((0, 1440),),) * 3 + (((1, 2), (1439, 1440)),) * 4), HOLIDAYS, None, SHANGHAI),
]


@cache
def running(number: int, unit: TimeUnit) -> bytes:
    """One byte a minute: whether the clock runs in it."""
    calendar, minutes = CALENDARS[number], bytearray()
    for offset in range(DAYS):
        day = FIRST_DAY + timedelta(days=offset)
        if unit == TimeUnit.BUSINESS_MINUTES:
            shifts = calendar.shifts_on(day)
            minutes += bytes(any(a <= minute < b for a, b in shifts) for minute in range(DAY))
        elif unit == TimeUnit.WORKING_DAYS:
            minutes += bytes([calendar.is_working_day(day)]) * DAY
        else:
            minutes += b"\1" * DAY
    return bytes(minutes)


@dataclass(frozen=True)
class Oracle:
    """Minutes since FIRST; a pause is a pair of them."""

    calendar: int
    unit: TimeUnit
    pauses: list[tuple[int, int]]

    def counted(self, *, start: int) -> bytearray:
        live = bytearray(running(self.calendar, self.unit))
        for a, b in self.pauses:
            live[a:b] = bytes(b - a)
        live[:start] = bytes(start)
        return live

    def after(self, start: int, minutes: int) -> int:
        """The first moment at which so many unpaused running minutes have passed."""
        if not minutes:
            return start
        live, position = self.counted(start=start), start
        for _each in range(minutes):
            position = live.index(1, position) + 1
        return position

    def due(self, start: int, amount: int) -> int:
        return self.after(start, self.whole(start, amount))

    def whole(self, start: int, amount: int) -> int:
        """The running minutes that the target is worth."""
        if self.unit != TimeUnit.WORKING_DAYS:
            return amount
        day, clock = divmod(start, DAY)
        for _each in range(amount):
            day += 1
            while not CALENDARS[self.calendar].is_working_day(FIRST_DAY + timedelta(days=day)):
                day += 1
        return sum(running(self.calendar, self.unit)[start : day * DAY + clock])


def moment(minute: int) -> datetime:
    return FIRST + timedelta(minutes=minute)


AMOUNTS = {
    TimeUnit.MINUTES: st.integers(1, 2 * DAY),
    TimeUnit.BUSINESS_MINUTES: st.integers(1, 1200),
    TimeUnit.WORKING_DAYS: st.integers(1, 5),
}


@st.composite
def cases(draw):
    unit = draw(st.sampled_from(list(AMOUNTS)))
    # Midnight is no clock time of a working day for `advance`: it has its own test.
    start = draw(st.integers(0, 19)) * DAY + draw(st.integers(1, DAY - 1))
    marks = sorted(draw(st.lists(st.integers(start, start + 8 * DAY), unique=True, max_size=6)))
    pauses = list(zip(marks[::2], marks[1::2], strict=False))
    calendar = draw(st.integers(0, len(CALENDARS) - 1))
    return Oracle(calendar, unit, pauses), start, draw(AMOUNTS[unit])


@given(cases())
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@pytest.mark.requirement("R-206")
def test_due_moments_and_steps_are_those_of_the_oracle(case):
    oracle, start, amount = case
    target, calendar = Target(amount, oracle.unit), CALENDARS[oracle.calendar]
    pauses = [Pause(moment(a), moment(b)) for a, b in oracle.pauses]
    found = due(target, moment(start), pauses, calendar)
    expected = oracle.due(start, amount)
    assert found == moment(expected)

    whole = oracle.whole(start, amount)
    percents = [percent for percent in (50, 80, 150) if whole * percent % 100 == 0]
    at = steps(target, moment(start), found, pauses, calendar, percents=[*percents, 100])
    assert at[-1] == found
    for percent, step in zip(percents, at, strict=False):
        assert step == moment(oracle.after(start, whole * percent // 100)), percent


@given(cases(), st.integers(1, 3))
@settings(max_examples=500, deadline=None, database=None)
def test_a_limit_is_moved_by_no_pause(case, days):
    oracle, start, amount = case
    pauses = [Pause(moment(a), moment(b)) for a, b in oracle.pauses]
    target = Target(amount, oracle.unit, days, TimeUnit.CALENDAR_DAYS)
    free = due(Target(amount, oracle.unit), moment(start), pauses, CALENDARS[oracle.calendar])
    end_of_day = moment((start // DAY + days + 1) * DAY - 1)
    assert due(target, moment(start), pauses, CALENDARS[oracle.calendar]) == min(free, end_of_day)


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=SHANGHAI)


def days(number: int) -> Target:
    return Target(number, TimeUnit.WORKING_DAYS)


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        ("2026-09-30 16:00", 3, "2026-10-10 16:00"),
        ("2026-09-24 09:30", 5, "2026-10-09 09:30"),
        ("2026-09-18 11:15", 1, "2026-09-20 11:15"),
        ("2026-09-18 00:00", 1, "2026-09-20 00:00"),
        ("2026-10-11 16:00", 1, "2026-10-12 16:00"),
    ],
)
@pytest.mark.requirement("R-206")
def test_working_days_keep_the_clock_time_over_holidays_and_make_up_days(start, number, expected):
    assert due(days(number), at(start), (), CALENDARS[0]) == at(expected)


def test_a_paused_working_day_moves_the_due_moment_by_one():
    paused = [Pause(at("2026-10-08 10:00"), at("2026-10-09 10:00"))]
    found = due(days(3), at("2026-09-30 16:00"), paused, CALENDARS[0])
    assert found == at("2026-10-12 16:00")
    percents = [50, 80, 100, 150, 200]
    # 72 hours of working days, 24 of them more for the pause.
    assert steps(days(3), at("2026-09-30 16:00"), found, paused, CALENDARS[0], percents=percents) == [
        at("2026-10-10 04:00"),
        at("2026-10-12 01:36"),
        found,
        at("2026-10-14 04:00"),
        at("2026-10-15 16:00"),
    ]


def test_a_pause_after_the_due_moment_changes_nothing_but_the_later_steps():
    late = [Pause(at("2026-10-12 09:00"), at("2026-10-13 09:00"))]
    found = due(days(1), at("2026-10-09 16:00"), late, CALENDARS[0])
    assert found == at("2026-10-10 16:00")
    at_once = steps(days(1), at("2026-10-09 16:00"), found, (), CALENDARS[0], percents=[150, 200])
    delayed = steps(days(1), at("2026-10-09 16:00"), found, late, CALENDARS[0], percents=[150, 200])
    assert at_once == [at("2026-10-12 04:00"), at("2026-10-12 16:00")]
    assert delayed == [at("2026-10-12 04:00"), at("2026-10-13 16:00")]


def test_the_same_day_ends_at_midnight_and_the_agreed_time_when_it_was_agreed():
    calendar = CALENDARS[0]
    assert due(Target(0, TimeUnit.CALENDAR_DAYS), at("2026-10-03 09:00"), (), calendar) == at("2026-10-03 23:59")
    # The last half minute of the day: due at once, not before it began.
    late = at("2026-10-03 23:59") + timedelta(seconds=30)
    assert due(Target(0, TimeUnit.CALENDAR_DAYS), late, (), calendar) == late
    agreed = at("2026-10-12 16:00")
    assert due(Target(0, TimeUnit.AGREED, agreed=agreed), at("2026-10-09 09:00"), (), calendar) == agreed


@pytest.mark.parametrize(
    ("target", "start", "pauses", "sentence"),
    [
        (days(3), "2026-09-30 16:00", [], "due 10-10 16:00: 3 working days"),
        (
            days(3),
            "2026-09-30 16:00",
            [("2026-10-08 10:00", "2026-10-09 10:00")],
            "due 10-12 16:00: 3 working days + paused 1 working day",
        ),
        (
            Target(150, TimeUnit.BUSINESS_MINUTES, 1440, TimeUnit.MINUTES),
            "2026-10-08 11:00",
            [],
            "due 10-08 15:30: 2 h 30 min of business hours, at most 24 h",
        ),
        (
            days(1),
            "2026-12-31 10:00",
            [],
            "due 01-01 10:00: 1 working day (no holidays known yet for that year: weekends assumed)",
        ),
    ],
)
def test_the_sentence_says_what_the_due_moment_is_made_of(target, start, pauses, sentence):
    pauses = [Pause(at(a), at(b)) for a, b in pauses]
    moment = due(target, at(start), pauses, CALENDARS[0])
    with translation.override("en"):
        said = explain(
            target, moment, pauses, CALENDARS[0], say=lambda at: f"{timezone.localtime(at, SHANGHAI):%m-%d %H:%M}"
        )
    assert said == sentence
