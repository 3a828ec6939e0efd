"""The next time at which everybody is free, against a slow search minute by minute."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongying.schedule.common_time import HORIZON, STEP, next_common_slot
from gongying.schedule.working_time import WorkingCalendar

OFFICE = ((510, 720), (810, 1080))
CALENDAR = WorkingCalendar((OFFICE,) * 5 + ((),) * 2, {date(2029, 6, 6): False}, None, ZoneInfo("Asia/Shanghai"))
MONDAY = datetime(2029, 6, 3, 16, tzinfo=UTC)  # midnight in Shanghai
MINUTE = timedelta(minutes=1)


def hour(day, clock):
    return MONDAY + timedelta(days=day, hours=clock)


def test_free_time_lies_in_working_hours_and_passes_over_holidays():
    hours = timedelta(hours=1)
    assert next_common_slot(CALENDAR, [], start=hour(0, 2), length=hours) == hour(0, 8.5)
    assert next_common_slot(CALENDAR, [(hour(0, 8.5), hour(0, 11.2))], start=hour(0, 2), length=hours) == hour(0, 13.5)
    tuesday_full = [(hour(1, 0), hour(2, 0))]
    assert next_common_slot(CALENDAR, tuesday_full, start=hour(0, 17.5), length=hours) == hour(3, 8.5)
    assert next_common_slot(CALENDAR, [], start=hour(0, 2), length=timedelta(hours=5)) is None
    assert next_common_slot(CALENDAR, [(hour(0, 0), hour(40, 0))], start=hour(0, 2), length=hours) is None


def slowly(busy, start, length):
    """Every quarter of an hour: open all the time, and nobody busy."""
    at = MONDAY
    while at <= start + HORIZON:
        inside = any(
            CALENDAR.instant(day, opens) <= at and at + length <= CALENDAR.instant(day, closes)
            for day in [CALENDAR.day_of(at)]
            for opens, closes in CALENDAR.shifts_on(day)
        )
        if at >= start and inside and not any(begin < at + length and at < end for begin, end in busy):
            return at
        at += STEP
    return None


minutes = st.integers(0, 6 * 24 * 60)
intervals = st.lists(st.tuples(minutes, st.integers(1, 600)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(intervals, minutes, st.sampled_from([15, 30, 60, 90, 210]))
def test_it_is_the_first_quarter_that_a_slow_search_finds(planned, start, length):
    busy = [(MONDAY + begin * MINUTE, MONDAY + (begin + long) * MINUTE) for begin, long in planned]
    start, length = MONDAY + start * MINUTE, length * MINUTE

    assert next_common_slot(CALENDAR, busy, start=start, length=length) == slowly(busy, start, length)


@pytest.mark.requirement("R-248")
def test_eight_people_and_four_weeks_take_less_than_fifty_milliseconds_of_processor():
    random = Random(8)
    starts = [MONDAY + timedelta(minutes=15 * random.randrange(28 * 96)) for _each in range(8 * 28 * 8)]
    busy = [(start, start + timedelta(minutes=random.choice([30, 60, 90]))) for start in starts]

    began = process_time()
    found = next_common_slot(CALENDAR, busy, start=MONDAY, length=timedelta(hours=3))
    took = process_time() - began

    assert found is None or CALENDAR.is_working_day(CALENDAR.day_of(found))
    assert took < 0.05, took
