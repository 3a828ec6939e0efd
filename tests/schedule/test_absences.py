"""Times that are offered lie in working hours, and in those of each one's roster and leave."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from gongying.common.clock import clock_at
from gongying.organization.models import Leave
from gongying.schedule.models import DutyPost
from gongying.schedule.operations import Plan, free_from, plan_event, put_on_duty

HOUR = timedelta(hours=1)


def at(day, hour, minute=0):
    """4 June 2029 is a Monday; the company works from 8:30 to 12:00 and from 13:30 to 18:00."""
    return datetime(2029, 6, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def post(cast):
    return DutyPost.objects.create(project=cast.sunshine, name="前台")


def free(start, *people):
    return free_from([each.staff for each in people], (), start, start + HOUR)


@pytest.mark.requirement("R-248")
def test_the_time_offered_lies_in_the_shift_of_who_has_one_that_day(cast, post):
    put_on_duty(post, staff=cast.steward.staff, starts_at=at(4, 15), ends_at=at(4, 23), by=cast.manager)

    assert free(at(4, 9), cast.supervisor) == at(4, 9)
    assert free(at(4, 9), cast.supervisor, cast.steward) == at(4, 15)
    assert free(at(5, 9), cast.supervisor, cast.steward) == at(5, 9)  # the day after is as any other


def test_who_was_on_duty_all_night_rests_and_a_night_on_call_leaves_the_day_before_as_it_is(cast, post):
    put_on_duty(post, staff=cast.guard.staff, starts_at=at(4, 23), ends_at=at(5, 7), by=cast.manager)

    assert free(at(4, 9), cast.guard) == at(4, 9)
    assert free(at(5, 8, 30), cast.guard) == at(5, 15)


def test_nothing_is_offered_while_somebody_is_on_leave(cast):
    Leave.objects.create(staff=cast.steward.staff, during=(date(2029, 6, 4), date(2029, 6, 6)))

    assert free(at(4, 9), cast.steward, cast.supervisor) == at(6, 8, 30)


def test_a_new_event_late_at_night_is_proposed_for_the_next_free_hour_of_work(cast, client_of):
    busy = Plan("例会", at(4, 8, 30), at(4, 10), [cast.steward.staff])

    with clock_at(at(3, 23, 40)):  # a Sunday
        plan_event(busy, by=cast.steward)
        form = client_of(cast.steward).get(reverse("schedule:calendar-event-create")).context["form"]
    assert (form["starts_at"].initial, form["ends_at"].initial) == (at(4, 10), at(4, 11))


def test_who_is_away_or_in_another_shift_shows_as_busy_beside_the_form(cast, client_of, post):
    put_on_duty(post, staff=cast.steward.staff, starts_at=at(4, 15), ends_at=at(4, 23), by=cast.manager)
    asked = {"people": [cast.steward.staff.pk], "starts_at": "2029-06-04T09:00", "ends_at": "2029-06-04T10:00"}

    times = client_of(cast.supervisor).get(reverse("schedule:busy-show"), asked).context["times"]
    assert [(row.bars, row.is_free) for row in times.rows] == [([(0, 8 * 60)], False)]
    assert times.free[0] == at(4, 15)
