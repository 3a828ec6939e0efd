"""What repeats: each time is an event of its own; this, this and the following, all (R-239, A-09)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from gongying.common.errors import Refused
from gongying.notifications.models import Notification
from gongying.schedule.models import CalendarEvent, EventSeries, Resource, ResourceBooking, ScheduleConflict
from gongying.schedule.operations import (
    Clash,
    answer_invitation,
    cancel_event,
    change_event,
    move_event,
    plan_event,
    plan_of,
)
from tests.race import race
from tests.schedule.test_calendar_events import SHANGHAI, a_plan, at

WEEKLY = "FREQ=WEEKLY;COUNT=4"  # Mondays: 4, 11, 18 and 25 June 2029
HOUR = timedelta(hours=1)


def weekly(cast, *people, rule=WEEKLY, **more):
    plan = a_plan(at(4, 10), at(4, 11), *(people or (cast.supervisor, cast.steward)), rule=rule, kind="meeting", **more)
    return plan_event(plan, by=cast.supervisor)


def times():
    """All that is planned, in order: (day of June, hour, title)."""
    rows = CalendarEvent.objects.planned().order_by("during")
    local = [(row.starts_at.astimezone(SHANGHAI), row.title) for row in rows]
    return [(start.day if start.month == 6 else start.date(), start.hour, title) for start, title in local]


def on(day):
    return CalendarEvent.objects.planned().get(during__startswith__date=date(2029, 6, day))


@pytest.mark.requirement("R-243", "R-247")
def test_a_room_and_people_are_taken_each_time(cast):
    room = Resource.objects.create(name="二楼会议室")
    weekly(cast, resources=[room])
    other = a_plan(at(18, 10, 30), at(18, 11, 30), cast.quality, resources=[room])

    with pytest.raises(Refused, match="2029-06-18 10:00"):
        plan_event(other, by=cast.quality, despite_clashes=True)
    with pytest.raises(Clash) as clash:
        plan_event(a_plan(at(25, 10), at(25, 11), cast.steward), by=cast.steward)
    assert [each.title for each in clash.value.overlaps] == ["周例会"]
    assert ResourceBooking.objects.count() == 4


@pytest.mark.requirement("R-247", "R-248")
def test_of_something_that_repeats_the_clash_names_the_day_and_an_hour_that_is_free_each_time(cast):
    plan_event(a_plan(at(11, 10), at(11, 12), cast.steward, title="走访"), by=cast.steward)
    plan_event(a_plan(at(25, 13), at(25, 18), cast.supervisor, title="培训"), by=cast.supervisor)

    with pytest.raises(Clash) as clash:
        weekly(cast)
    assert "王管家 2029-06-11 10:00" in str(clash.value)
    free = clash.value.free_from
    assert free is not None
    moved = replace(a_plan(free, free + HOUR, cast.supervisor, cast.steward), rule=WEEKLY)
    plan_event(moved, by=cast.supervisor)
    assert not ScheduleConflict.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_series_that_want_a_room_at_once_one_gets_it_whole(cast):
    room = Resource.objects.create(name="二楼会议室")
    people = (cast.supervisor, cast.quality, cast.receptionist)
    plans = [a_plan(at(4, 10), at(4, 11), each, resources=[room], rule=WEEKLY) for each in people]

    done = race(*(lambda plan=plan, by=by: plan_event(plan, by=by) for plan, by in zip(plans, people, strict=True)))

    assert sorted(type(each).__name__ for each in done) == ["CalendarEvent", "Refused", "Refused"]
    assert (ResourceBooking.objects.count(), CalendarEvent.objects.count()) == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_one_series_changed_in_two_ways_at_once_loses_nothing(cast):
    weekly(cast)

    done = race(
        lambda: move_event(on(18), starts_at=at(18, 14), ends_at=at(18, 15), by=cast.supervisor),
        lambda: change_event(on(4), replace(plan_of(on(4)), location="一楼"), scope="all", by=cast.supervisor),
        lambda: answer_invitation(on(11), answer="accepted", scope="following", by=cast.steward),
    )

    assert not [each for each in done if isinstance(each, Exception)]
    assert times() == [(4, 10, "周例会"), (11, 10, "周例会"), (18, 14, "周例会"), (25, 10, "周例会")]
    assert set(CalendarEvent.objects.values_list("location", flat=True)) == {"一楼"}


def test_who_moves_a_time_that_she_read_before_a_change_loses_nothing_of_it(cast):
    weekly(cast)
    read_before = on(18)
    change_event(on(4), replace(plan_of(on(4)), location="一楼"), scope="all", by=cast.supervisor)

    move_event(read_before, starts_at=at(18, 14), ends_at=at(18, 15), by=cast.supervisor)

    assert (on(18).starts_at, on(18).location) == (at(18, 14), "一楼")


def test_who_cancels_the_rest_that_she_read_before_it_became_another_series_cancels_it(cast):
    weekly(cast)
    read_before = on(18)
    change_event(on(11), replace(plan_of(on(11)), location="一楼"), scope="following", by=cast.supervisor)
    assert on(18).series_id != read_before.series_id

    cancel_event(read_before, scope="following", by=cast.supervisor)

    assert [day for day, *_rest in times()] == [4, 11]


def test_who_cancels_all_of_what_she_read_before_it_repeated_cancels_all(cast):
    once = plan_event(a_plan(at(4, 10), at(4, 11), cast.steward), by=cast.supervisor)
    read_before = CalendarEvent.objects.get(pk=once.pk)
    change_event(once, replace(plan_of(once), rule=WEEKLY), by=cast.supervisor)

    cancel_event(read_before, scope="all", by=cast.supervisor)

    assert not CalendarEvent.objects.planned().exists()


@pytest.mark.requirement("R-239")
def test_one_time_is_moved_or_cancelled_alone_and_people_are_told_once(cast):
    weekly(cast)
    assert Notification.objects.filter(user=cast.steward).count() == 1

    move_event(on(11), starts_at=at(12, 9), ends_at=at(12, 10), by=cast.supervisor)
    cancel_event(on(18), by=cast.supervisor)

    assert times() == [(4, 10, "周例会"), (12, 9, "周例会"), (25, 10, "周例会")]
    with pytest.raises(Refused):
        change_event(on(4), replace(plan_of(on(4)), rule="FREQ=DAILY;COUNT=3"), by=cast.supervisor)


@pytest.mark.requirement("R-239")
def test_from_a_time_on_it_goes_another_way_and_what_was_before_stays(cast):
    room = Resource.objects.create(name="二楼会议室")
    weekly(cast, resources=[room])
    people = [cast.supervisor.staff, cast.quality.staff]
    plan = replace(plan_of(on(18)), title="质量会", starts_at=at(19, 15), ends_at=at(19, 16), people=people)

    change_event(on(18), plan, scope="following", by=cast.supervisor)

    assert times() == [(4, 10, "周例会"), (11, 10, "周例会"), (19, 15, "质量会"), (26, 15, "质量会")]
    assert sorted(ResourceBooking.objects.values_list("during__startswith", flat=True)) == [
        at(4, 10), at(11, 10), at(19, 15), at(26, 15),
    ]  # fmt: skip
    assert {row.staff for row in on(26).attendees.all()} == {cast.supervisor.staff, cast.quality.staff}
    assert {row.staff for row in on(11).attendees.all()} == {cast.supervisor.staff, cast.steward.staff}
    old, new = EventSeries.objects.order_by("pk")
    assert [start.astimezone(SHANGHAI).day for start in old.starts()] == [4, 11]
    assert [start.astimezone(SHANGHAI).day for start in new.starts()] == [19, 26]
    assert old.uid != new.uid


@pytest.mark.requirement("R-239")
def test_all_move_and_what_was_changed_alone_keeps_its_own_time(cast):
    weekly(cast)
    move_event(on(11), starts_at=at(13, 9), ends_at=at(13, 10), by=cast.supervisor)
    cancel_event(on(18), by=cast.supervisor)

    move_event(on(4), starts_at=at(5, 14), ends_at=at(5, 16), scope="all", by=cast.supervisor)

    assert times() == [(5, 14, "周例会"), (13, 9, "周例会"), (26, 14, "周例会")]
    assert [row.length for row in (on(5), on(13), on(26))] == [2 * HOUR, HOUR, 2 * HOUR]
    series = EventSeries.objects.get()
    assert [start.astimezone(SHANGHAI).day for start in series.starts()] == [5, 12, 19, 26]
    assert series.sequence == 1
    assert on(13).original_start == at(12, 14)


@pytest.mark.requirement("R-239")
def test_a_week_later_each_comes_to_where_the_next_one_was_with_its_room(cast):
    room = Resource.objects.create(name="二楼会议室")
    weekly(cast, resources=[room])

    move_event(on(4), starts_at=at(11, 10), ends_at=at(11, 11), scope="all", by=cast.supervisor)

    assert [day for day, _hour, _title in times()] == [11, 18, 25, date(2029, 7, 2)]
    assert ResourceBooking.objects.count() == 4


@pytest.mark.requirement("R-239")
def test_the_rule_itself_changes_more_often_longer_or_not_at_all_any_more(cast):
    weekly(cast)
    twice = replace(plan_of(on(11)), rule="FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20290702")
    change_event(on(11), twice, scope="following", by=cast.supervisor)
    assert [day for day, _hour, _title in times()] == [4, 11, 14, 18, 21, 25, 28, date(2029, 7, 2)]

    change_event(on(14), replace(plan_of(on(14)), rule=""), scope="following", by=cast.supervisor)
    assert [day for day, _hour, _title in times()] == [4, 11, 14]
    assert on(14).series is None

    again = replace(plan_of(on(14)), rule="FREQ=DAILY;COUNT=3")
    change_event(on(14), again, by=cast.supervisor)
    assert [day for day, _hour, _title in times()] == [4, 11, 14, 15, 16]


@pytest.mark.requirement("R-250")
def test_from_a_time_on_it_no_longer_takes_place_and_answers_hold_for_all(cast):
    weekly(cast)
    answer_invitation(on(4), answer="declined", scope="all", by=cast.steward)
    answer_invitation(on(11), answer="accepted", by=cast.steward)
    answers = [row.attendees.get(staff=cast.steward.staff).answer for row in CalendarEvent.objects.order_by("during")]
    assert answers == ["declined", "accepted", "declined", "declined"]
    assert Notification.objects.filter(user=cast.supervisor, event__verb="calendar_event.answered").count() == 2

    cancel_event(on(18), scope="following", by=cast.supervisor)
    assert [day for day, _hour, _title in times()] == [4, 11]
    assert len(EventSeries.objects.get().starts()) == 2


def test_what_is_over_stays_as_it_was(cast):
    start = (datetime.now(SHANGHAI) - timedelta(days=15)).replace(hour=10, minute=0, second=0, microsecond=0)
    plan = replace(a_plan(start, start + HOUR, cast.supervisor), rule="FREQ=WEEKLY;COUNT=4")
    first = plan_event(plan, by=cast.supervisor)

    change_event(first, replace(plan_of(first), title="新例会"), scope="all", by=cast.supervisor)

    rows = CalendarEvent.objects.order_by("during")
    assert [row.title for row in rows] == ["周例会", "周例会", "周例会", "新例会"]
    first.refresh_from_db()
    with pytest.raises(Refused):
        plan_event(replace(plan, people=[cast.supervisor.staff] * 100, rule="FREQ=DAILY;COUNT=300"), by=cast.supervisor)
