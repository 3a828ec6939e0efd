"""Who is on duty, who stands in, and what the roster refuses."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gongying.common.errors import Refused, Stale
from gongying.events.models import Event
from gongying.organization.models import StaffMember
from gongying.organization.operations import enter_leave, leave_company
from gongying.schedule.models import DutyShift, on_duty
from gongying.schedule.operations import (
    copy_duty_week,
    create_duty_post,
    delete_duty_post,
    move_duty,
    put_on_duty,
    take_off_duty,
)
from tests.race import in_the_middle

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)


def at(day, hour):
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def repairs(cast):
    return create_duty_post(cast.sunshine, name="工程值班", by=cast.manager, rank=20)


@pytest.fixture
def desk(cast):
    return create_duty_post(cast.sunshine, name="前台", by=cast.manager, phone="8888", rank=10)


def on(cast, post, person, start, end, **more):
    return put_on_duty(post, staff=person.staff, starts_at=start, ends_at=end, by=cast.manager, **more)


@pytest.mark.requirement("E-052")
def test_who_is_on_duty_now_by_post_and_with_number(cast, repairs, desk):
    on(cast, repairs, cast.worker, at(23, 8), at(23, 20), phone="13800000000")
    on(cast, repairs, cast.second_worker, at(23, 20), at(24, 8))
    on(cast, desk, cast.receptionist, at(23, 8), at(23, 18))

    there = on_duty(cast.sunshine, at(23, 9))
    assert [(each.post.name, each.staff.name, each.phone) for each in there] == [
        ("前台", "小赵", "8888"),
        ("工程值班", "老张", "13800000000"),
    ]
    assert [each.staff.name for each in on_duty(cast.sunshine, at(23, 20), post="工程值班")] == ["老刘"]
    assert on_duty(cast.sunshine, at(23, 9), department=cast.worker.staff.department) == []
    assert on_duty(cast.park, at(23, 9)) == []


@pytest.mark.requirement("E-053")
def test_a_deputy_stands_in_with_her_own_number(cast, repairs):
    on(cast, repairs, cast.worker, at(23, 8), at(23, 20), phone="13800000000")
    cast.second_worker.phone = "+8613700000099"
    cast.second_worker.save()
    leave = {"first": MONDAY, "last": MONDAY, "by": cast.manager}
    enter_leave(cast.worker.staff, deputy=cast.second_worker.staff, **leave)

    (there,) = on_duty(cast.sunshine, at(23, 9))
    assert (there.staff, there.stands_in_for, there.phone) == (
        cast.second_worker.staff,
        cast.worker.staff,
        "+8613700000099",
    )

    second = cast.second_worker.staff
    second.leaves.create(during=(MONDAY, MONDAY + timedelta(days=1)))
    assert on_duty(cast.sunshine, at(23, 9)) == []


def test_nobody_is_on_duty_who_is_away_without_a_deputy_or_has_left(cast, repairs):
    on(cast, repairs, cast.worker, at(23, 8), at(23, 20))
    on(cast, repairs, cast.second_worker, at(23, 8), at(23, 20))
    enter_leave(cast.worker.staff, first=MONDAY, last=MONDAY, deputy=None, by=cast.manager)
    cast.second_worker.staff.left_on = MONDAY
    cast.second_worker.staff.save()

    assert on_duty(cast.sunshine, at(23, 9)) == []


def test_what_cannot_be_planned_is_refused(cast, repairs):
    on(cast, repairs, cast.worker, at(23, 8), at(23, 20))
    with pytest.raises(Refused):
        on(cast, repairs, cast.worker, at(23, 19), at(23, 22))
    with pytest.raises(Refused):
        on(cast, repairs, cast.worker, at(24, 8), at(24, 8))
    with pytest.raises(Refused):
        on(cast, repairs, cast.worker, at(24, 8), at(24, 8) + timedelta(days=8))
    enter_leave(cast.worker.staff, first=date(2026, 11, 25), last=date(2026, 11, 25), deputy=None, by=cast.manager)
    with pytest.raises(Refused):
        on(cast, repairs, cast.worker, at(25, 8), at(25, 20))
    cast.second_worker.staff.left_on = MONDAY
    cast.second_worker.staff.save()
    with pytest.raises(Refused):
        on(cast, repairs, cast.second_worker, at(24, 8), at(24, 20))
    with pytest.raises(Refused):
        create_duty_post(cast.sunshine, name="工程值班", by=cast.manager)

    assert DutyShift.objects.count() == 1


def test_a_shift_is_moved_and_cancelled_and_stale_edits_are_refused(cast, repairs):
    shift = on(cast, repairs, cast.worker, at(23, 8), at(23, 20))
    times = {"starts_at": at(23, 9), "ends_at": at(23, 21)}

    moved = move_duty(shift, staff=cast.second_worker.staff, by=cast.manager, seen=1, **times)
    assert (moved.staff, moved.starts_at, moved.version) == (cast.second_worker.staff, at(23, 9), 2)
    with pytest.raises(Stale):
        move_duty(shift, staff=cast.worker.staff, by=cast.manager, seen=1, **times)
    with pytest.raises(Refused):
        delete_duty_post(repairs, by=cast.manager)

    take_off_duty(moved, by=cast.manager, seen=2)
    delete_duty_post(repairs, by=cast.manager)
    assert Event.objects.filter(verb="duty.cancelled", details__staff="老刘").count() == 1


def test_last_week_is_copied_but_for_those_who_cannot_come(cast, repairs):
    on(cast, repairs, cast.worker, at(16, 8), at(16, 20))
    on(cast, repairs, cast.second_worker, at(17, 20), at(18, 8), phone="110")
    on(cast, repairs, cast.worker, at(18, 8), at(18, 20))
    enter_leave(cast.worker.staff, first=MONDAY, last=MONDAY, deputy=None, by=cast.manager)

    copied = copy_duty_week(cast.sunshine, monday=MONDAY, by=cast.manager)

    assert [(shift.staff, shift.starts_at, shift.phone) for shift in copied] == [
        (cast.second_worker.staff, at(24, 20), "110"),
        (cast.worker.staff, at(25, 8), ""),
    ]
    assert copy_duty_week(cast.sunshine, monday=MONDAY, by=cast.manager) == []
    with pytest.raises(Refused):
        copy_duty_week(cast.park, monday=MONDAY, by=cast.manager)


@pytest.mark.parametrize("people", [1, 3])
def test_who_is_on_duty_takes_as_many_questions_for_one_as_for_three(cast, repairs, people, django_assert_num_queries):
    for person in (cast.worker, cast.second_worker, cast.receptionist)[:people]:
        on(cast, repairs, person, at(23, 8), at(23, 20))

    with django_assert_num_queries(2):
        assert [each.phone is not None for each in on_duty(cast.sunshine, at(23, 9))] == [True] * people


def test_who_has_left_is_not_put_on_duty_by_who_read_her_before(cast, repairs):
    shift = on(cast, repairs, cast.second_worker, at(24, 8), at(24, 20))
    read_before = StaffMember.objects.get(pk=cast.worker.staff.pk)
    leave_company(cast.worker.staff, on=date(2026, 11, 20), by=cast.administrator)
    times = {"staff": read_before, "starts_at": at(25, 8), "ends_at": at(25, 20), "by": cast.manager}

    with pytest.raises(Refused):
        put_on_duty(repairs, **times)
    with pytest.raises(Refused):
        move_duty(shift, **times)


def test_a_shift_that_a_colleague_has_taken_off_is_not_moved(cast, repairs):
    shift = on(cast, repairs, cast.worker, at(24, 8), at(24, 20))
    take_off_duty(DutyShift.objects.get(pk=shift.pk), by=cast.supervisor)

    with pytest.raises(Refused):
        move_duty(shift, staff=cast.worker.staff, starts_at=at(25, 8), ends_at=at(25, 20), by=cast.manager)


@pytest.mark.django_db(transaction=True)
def test_who_is_put_on_duty_while_a_week_is_copied_is_passed_over(cast, repairs):
    on(cast, repairs, cast.worker, at(23, 8), at(23, 20))
    on(cast, repairs, cast.second_worker, at(24, 8), at(24, 20))
    monday = MONDAY + timedelta(days=7)
    next_day = datetime(2026, 11, 30, 8, tzinfo=SHANGHAI)

    copied = in_the_middle(
        lambda: on(cast, repairs, cast.worker, next_day, next_day + HOUR),
        lambda: copy_duty_week(cast.sunshine, monday=monday, by=cast.supervisor),
    )

    assert [shift.staff for shift in copied] == [cast.second_worker.staff]
