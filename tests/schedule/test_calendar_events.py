"""What people plan: clashes that are told, rooms that are refused, and who hears of it (A-09)."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from gongying.common.errors import Refused, Stale
from gongying.events.models import Event
from gongying.notifications.models import Notification
from gongying.schedule.models import Attendee, CalendarEvent, Resource, ResourceBooking, ScheduleConflict
from gongying.schedule.operations import (
    Clash,
    Plan,
    answer_invitation,
    cancel_event,
    change_event,
    delete_resource,
    move_event,
    plan_event,
    plan_of,
)
from tests.race import in_the_middle, race

SHANGHAI = ZoneInfo("Asia/Shanghai")
HALF = timedelta(minutes=30)


def at(day, hour, minute=0):
    """In a week long ahead of the tests: 4 June 2029 is a Monday."""
    return datetime(2029, 6, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def room(db):
    return Resource.objects.create(name="二楼会议室", seats=12)


def a_plan(start, end, *people, **more):
    return Plan(
        **{"title": "周例会", "starts_at": start, "ends_at": end, "people": [each.staff for each in people], **more}
    )


def visit(cast, **more):
    """王管家 is with a customer from ten to eleven."""
    plan = a_plan(at(4, 10), at(4, 11), cast.steward, title="走访 周先生", customer=cast.zhou, unit=cast.unit, **more)
    return plan_event(plan, by=cast.steward)


def meeting(cast, *rooms, **more):
    start = at(4, 10, 30)
    plan = a_plan(start, start + 2 * HALF, cast.supervisor, cast.steward, kind="meeting", resources=list(rooms))
    return plan_event(plan, by=cast.supervisor, **more)


def told(user, verb):
    return Notification.objects.filter(user=user, event__verb=verb).count()


@pytest.mark.requirement("R-247", "R-243")
def test_a_clash_names_who_when_and_the_next_common_time_and_may_be_saved(cast, room):
    earlier = visit(cast)

    with pytest.raises(Clash) as refused:
        meeting(cast, room)
    assert [(each.staff, each.title) for each in refused.value.overlaps] == [(cast.steward.staff, "走访 周先生")]
    assert refused.value.free_from == at(4, 11)
    assert "王管家 2029-06-04 10:00\u201311:00 走访 周先生" in str(refused.value)
    assert not CalendarEvent.objects.filter(kind="meeting").exists()

    saved = meeting(cast, room, despite_clashes=True)
    assert [(each.staff, each.event, each.other) for each in ScheduleConflict.objects.all()] == [
        (cast.steward.staff, saved, earlier)
    ]
    move_event(saved, starts_at=at(4, 11), ends_at=at(4, 12), by=cast.supervisor)
    assert not ScheduleConflict.objects.exists()


@pytest.mark.requirement("R-247")
def test_the_mark_goes_when_the_other_one_is_moved_cancelled_or_declined(cast):
    for undo in (
        lambda event: move_event(event, starts_at=at(4, 8), ends_at=at(4, 9), by=cast.steward),
        lambda event: cancel_event(event, by=cast.steward),
        lambda event: answer_invitation(event, answer="declined", by=cast.steward),
    ):
        earlier = visit(cast)
        later = meeting(cast, despite_clashes=True)
        assert ScheduleConflict.objects.count() == 1
        undo(earlier)
        assert not ScheduleConflict.objects.exists()
        CalendarEvent.objects.filter(pk__in=[earlier.pk, later.pk]).delete()


@pytest.mark.requirement("R-243")
def test_a_room_is_never_booked_twice_whatever_is_said(cast, room):
    first = meeting(cast, room)
    other = a_plan(at(4, 11), at(4, 12), cast.quality, resources=[room])

    with pytest.raises(Refused, match="二楼会议室"):
        plan_event(other, by=cast.quality, despite_clashes=True)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO schedule_resourcebooking (event_id, resource_id, during)"
            " SELECT event_id, resource_id, during FROM schedule_resourcebooking"
        )
    with pytest.raises(Refused):
        delete_resource(room, by=cast.manager)

    cancel_event(first, by=cast.supervisor)
    assert plan_event(other, by=cast.quality).bookings.get().resource == room


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_a_room_at_once_one_gets_it(cast, room):
    people = (cast.supervisor, cast.quality, cast.receptionist)
    plans = [a_plan(at(4, 10), at(4, 11), person, resources=[room]) for person in people]

    done = race(*(lambda plan=plan, by=by: plan_event(plan, by=by) for plan, by in zip(plans, people, strict=True)))

    assert sorted(type(each).__name__ for each in done) == ["CalendarEvent", "Refused", "Refused"]
    assert ResourceBooking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_wants_a_room_while_it_is_taken_waits_and_is_told_until_when(cast, room):
    outcome = in_the_middle(
        lambda: plan_event(a_plan(at(4, 10), at(4, 11), cast.supervisor, resources=[room]), by=cast.supervisor),
        lambda: plan_event(a_plan(at(4, 10), at(4, 12), cast.quality, resources=[room]), by=cast.quality),
    )

    assert "10:00–11:00" in str(outcome)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_plan_for_the_same_person_at_once_the_second_is_warned(cast):
    plan = a_plan(at(4, 10), at(4, 11), cast.steward)

    done = race(*(lambda by=by: plan_event(plan, by=by) for by in (cast.supervisor, cast.manager)))

    assert sorted(type(each).__name__ for each in done) == ["CalendarEvent", "Clash"]


@pytest.mark.django_db(transaction=True)
def test_events_that_clash_are_moved_and_cancelled_at_once_without_standing_in_each_others_way(cast):
    events = [
        plan_event(a_plan(at(4, 10), at(4, 11), cast.steward), by=cast.supervisor, despite_clashes=True)
        for _each in range(3)
    ]
    moves = {"starts_at": at(4, 10, 30), "ends_at": at(4, 11, 30), "by": cast.supervisor, "despite_clashes": True}

    done = race(
        lambda: move_event(events[0], **moves),
        lambda: move_event(events[1], **moves),
        lambda: cancel_event(events[2], by=cast.supervisor),
    )

    assert [type(each) for each in done] == [CalendarEvent] * 3
    assert ScheduleConflict.objects.count() == 1


@pytest.mark.requirement("R-250")
def test_everybody_is_told_of_making_moving_and_cancelling_and_answers_come_back(cast):
    event = meeting(cast)
    assert (told(cast.steward, "calendar_event.planned"), told(cast.supervisor, "calendar_event.planned")) == (1, 0)

    answer_invitation(event, answer="declined", by=cast.steward)
    assert told(cast.supervisor, "calendar_event.answered") == 1
    assert dict(event.attendees.values_list("staff__user", "answer")) == {
        cast.supervisor.pk: "accepted",
        cast.steward.pk: "declined",
    }

    moved = move_event(event, starts_at=at(5, 9), ends_at=at(5, 10), by=cast.supervisor, seen=1)
    assert (moved.sequence, moved.version) == (1, 2)
    assert told(cast.steward, "calendar_event.moved") == 1
    assert event.attendees.get(staff=cast.steward.staff).answer == "none"
    with pytest.raises(Stale):
        move_event(event, starts_at=at(6, 9), ends_at=at(6, 10), by=cast.supervisor, seen=1)

    people = [cast.supervisor.staff, cast.quality.staff]
    changed = change_event(moved, replace(plan_of(moved), people=people), by=cast.supervisor)
    assert (told(cast.steward, "calendar_event.without_you"), told(cast.quality, "calendar_event.changed")) == (1, 1)
    assert change_event(changed, plan_of(changed), by=cast.supervisor).sequence == 2

    cancelled = cancel_event(changed, by=cast.supervisor, reason="周末加班", seen=3)
    assert (cancelled.sequence, told(cast.quality, "calendar_event.cancelled")) == (3, 1)
    for act in (
        lambda: cancel_event(event, by=cast.supervisor),
        lambda: move_event(event, starts_at=at(5, 9), ends_at=at(5, 10), by=cast.supervisor),
        lambda: answer_invitation(event, answer="accepted", by=cast.quality),
    ):
        with pytest.raises(Refused):
            act()


@pytest.mark.requirement("R-242")
def test_an_appointment_stands_on_the_customers_timeline_a_private_one_does_not(cast):
    visit(cast)
    private = visit_privately(cast)

    shown = Event.objects.filter(
        verb="calendar_event.planned", subjects__kind="customer", subjects__object_id=cast.zhou.pk
    )
    assert [event.details["title"] for event in shown] == ["走访 周先生"]
    own = Event.objects.get(subjects__kind="calendarevent", subjects__object_id=private.pk)
    assert own.details["title"] == ""


def visit_privately(cast):
    plan = a_plan(at(5, 9), at(5, 10), cast.steward, title="体检", is_private=True, customer=cast.zhou)
    return plan_event(plan, by=cast.steward)


@pytest.mark.requirement("R-249")
def test_what_is_private_or_out_of_reach_only_makes_busy(cast):
    event, private = visit(cast), visit_privately(cast)
    west = a_plan(at(6, 9), at(6, 10), cast.second_worker, title="查看 王先生", unit=cast.west_unit)
    in_the_west = plan_event(west, by=cast.second_worker)

    assert set(CalendarEvent.objects.visible_to(cast.steward)) == {event, private}
    assert set(CalendarEvent.objects.visible_to(cast.supervisor)) == {event, in_the_west}
    assert set(CalendarEvent.objects.visible_to(cast.west_steward)) == {
        in_the_west
    }  # the customer of the other is not hers
    assert set(CalendarEvent.objects.visible_to(cast.worker)) == set()  # his role does not see plans
    assert set(CalendarEvent.objects.visible_to(cast.outsider)) == set()

    with pytest.raises(Clash) as refused:
        plan_event(a_plan(at(5, 9), at(5, 10), cast.supervisor, cast.steward), by=cast.supervisor)
    assert [each.title for each in refused.value.overlaps] == [""]
    assert "体检" not in str(refused.value)
    assert "体检" not in str(refused.value.current)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": at(4, 9)},
        {"ends_at": at(4, 10)},
        {"ends_at": at(4, 10) + timedelta(days=32)},
        {"title": "  "},
        {"zone": "Mars/Olympus"},
        {"people": []},
    ],
)
def test_what_cannot_be_planned_is_refused(cast, wrong):
    with pytest.raises(Refused):
        plan_event(replace(a_plan(at(4, 10), at(4, 11), cast.steward), **wrong), by=cast.steward)

    assert not CalendarEvent.objects.exists()


def test_who_may_not_see_the_customer_does_not_take_part(cast):
    for link in ({"customer": cast.zhou}, {"unit": cast.unit}):
        with pytest.raises(Refused, match="陈管家"):
            plan_event(a_plan(at(4, 10), at(4, 11), cast.west_steward, **link), by=cast.supervisor)
    cast.worker.staff.left_on = at(4, 0).date()
    with pytest.raises(Refused, match="老张"):
        plan_event(a_plan(at(4, 10), at(4, 11), cast.worker), by=cast.supervisor)

    assert not Attendee.objects.exists()


def test_each_takes_part_once_and_an_event_has_both_ends(cast):
    event = visit(cast)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attendee.objects.create(event=event, staff=cast.steward.staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarEvent.objects.filter(pk=event.pk).update(during=(at(4, 10), None))
    with pytest.raises(Refused):
        answer_invitation(event, answer="accepted", by=cast.supervisor)
