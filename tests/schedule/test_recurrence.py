"""The rule by which something repeats: when it says that it is, and what it refuses (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongying.common.errors import Refused
from gongying.schedule.models import EventSeries
from gongying.schedule.recurrence import WEEKDAYS, Frequency, Rule, UnusableRule, rule_in, starts_of
from tests.schedule.test_calendar_events import SHANGHAI, at
from tests.schedule.test_series import weekly


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", ["01-31", "02-02", "02-04"]),
        ("FREQ=MONTHLY;COUNT=3", ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYDAY=-1WE;COUNT=3", ["01-31", "02-28", "03-28"]),
        ("FREQ=WEEKLY;BYDAY=WE,FR;UNTIL=20290209", ["01-31", "02-02", "02-07", "02-09"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20290207T010000Z;WKST=MO", ["01-31", "02-07"]),
        ("FREQ=WEEKLY;UNTIL=20290207T005900Z", ["01-31"]),
    ],
)
def test_a_rule_says_when(text, days):
    first = datetime(2029, 1, 31, 9, tzinfo=SHANGHAI)
    found = starts_of(rule_in(text, start=first), first, SHANGHAI)
    assert [f"{start.astimezone(SHANGHAI):%m-%d}" for start in found] == days
    assert {start.astimezone(SHANGHAI).hour for start in found} == {9}


@given(
    interval=st.integers(1, 5),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    first=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    span=st.integers(0, 200),
)
def test_a_weekly_rule_is_what_a_calendar_on_the_wall_says(interval, weekdays, first, span):
    weekdays |= {first.weekday()}
    rule = Rule(
        Frequency.WEEKLY, interval, days=tuple(WEEKDAYS[day] for day in sorted(weekdays)), until=first + timedelta(span)
    )
    start = datetime(first.year, first.month, first.day, 23, 30, tzinfo=SHANGHAI)
    monday = first - timedelta(first.weekday())
    walked = [first + timedelta(each) for each in range(span + 1)]
    wanted = [day for day in walked if day.weekday() in weekdays and (day - monday).days // 7 % interval == 0]

    again = rule_in(str(rule), start=start)
    assert again == rule
    assert [each.astimezone(SHANGHAI).date() for each in starts_of(again, start, SHANGHAI)] == wanted


def test_the_hour_on_the_wall_stays_where_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2029, 3, 19, 9, tzinfo=berlin)
    found = starts_of(rule_in("FREQ=WEEKLY;COUNT=2", start=first), first, berlin)
    assert found == (datetime(2029, 3, 19, 8, tzinfo=UTC), datetime(2029, 3, 26, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;UNTIL=20991231",
        "FREQ=YEARLY;COUNT=4",
        "FREQ=DAILY;COUNT=367",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;COUNT=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=2",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=2",
        "FREQ=HOURLY;COUNT=2",
        "FREQ=WEEKLY;BYHOUR=3;COUNT=2",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;INTERVAL=;COUNT=2",
        "FREQ=WEEKLY;FREQ=DAILY;COUNT=2",
        "FREQ=WEEKLY;UNTIL=20290231",
        "FREQ=WEEKLY;UNTIL=99999999",
        "FREQ=MONTHLY;BYDAY=9MO;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2",
        "FREQ=MONTHLY;BYSETPOS=;BYMONTHDAY=" + "1," * 200 + ";COUNT=2",
        "x" * 400,
    ],
)
def test_what_never_comes_true_or_never_ends_is_refused_with_a_sentence(text, cast):
    with pytest.raises(UnusableRule) as told:
        starts_of(rule_in(text, start=at(4, 10)), at(4, 10), SHANGHAI)
    assert str(told.value)
    with pytest.raises(Refused):
        weekly(cast, rule=text)
    assert not EventSeries.objects.exists()
