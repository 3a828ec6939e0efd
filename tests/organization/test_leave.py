from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import EventSubject
from gongying.organization.models import Leave
from gongying.organization.operations import cancel_leave, enter_leave, leave_company, shorten_leave
from tests.race import in_the_middle

TODAY = timezone.localdate()


def day(number):
    return TODAY + timedelta(days=number)


@pytest.fixture
def absent(cast):
    return cast.steward.staff


@pytest.fixture
def deputy(cast):
    return cast.west_steward.staff


def test_a_leave_counts_from_its_first_to_its_last_day(cast, absent, deputy):
    leave = enter_leave(absent, first=day(1), last=day(3), deputy=deputy, by=cast.supervisor, reason="年假")

    assert [absent.deputy(on=day(n)) for n in range(5)] == [None, deputy, deputy, deputy, None]
    assert (leave.starts_on, leave.ends_on) == (day(1), day(4))
    for person in (absent, deputy):
        assert EventSubject.objects.of(person).get().event.verb == "leave.entered"


def test_leaves_that_cannot_be(cast, absent, deputy):
    enter_leave(absent, first=day(1), last=day(3), deputy=deputy, by=cast.supervisor)
    with pytest.raises(Refused):  # twice
        enter_leave(absent, first=day(3), last=day(4), deputy=None, by=cast.supervisor)
    with pytest.raises(Refused):  # her own deputy
        enter_leave(absent, first=day(8), last=day(9), deputy=absent, by=cast.supervisor)
    with pytest.raises(Refused):  # the deputy is on leave
        enter_leave(cast.worker.staff, first=day(2), last=day(2), deputy=absent, by=cast.supervisor)
    leave_company(deputy, on=day(9), by=cast.administrator)  # which who read her before does not know
    with pytest.raises(Refused):  # the deputy leaves within it
        enter_leave(absent, first=day(8), last=day(9), deputy=deputy, by=cast.supervisor)
    enter_leave(absent, first=day(8), last=day(8), deputy=deputy, by=cast.supervisor)

    assert Leave.objects.count() == 2


def test_a_leave_that_a_colleague_has_taken_back_is_neither_shortened_nor_taken_back(cast, absent):
    leave = enter_leave(absent, first=day(1), last=day(5), deputy=None, by=cast.supervisor)
    cancel_leave(Leave.objects.get(pk=leave.pk), by=cast.manager)

    with pytest.raises(Refused):
        shorten_leave(leave, last=day(2), by=cast.supervisor)
    with pytest.raises(Refused):
        cancel_leave(leave, by=cast.supervisor)
    assert EventSubject.objects.of(absent).filter(event__verb="leave.cancelled").count() == 1


def test_a_leave_is_shortened_or_taken_back(cast, absent, deputy):
    leave = enter_leave(absent, first=day(1), last=day(5), deputy=deputy, by=cast.supervisor)
    with pytest.raises(Refused):
        shorten_leave(leave, last=day(6), by=cast.supervisor)

    shorten_leave(leave, last=day(2), by=cast.supervisor)
    assert absent.deputy(on=day(3)) is None

    cancel_leave(leave, by=cast.supervisor)
    assert absent.deputy(on=day(2)) is None
    verbs = list(EventSubject.objects.of(absent).order_by("pk").values_list("event__verb", flat=True))
    assert verbs == ["leave.entered", "leave.shortened", "leave.cancelled"]


@pytest.mark.django_db(transaction=True)
def test_two_who_stand_in_for_each_other_are_entered_at_once(cast, absent, deputy):
    outcome = in_the_middle(
        lambda: enter_leave(absent, first=day(1), last=day(2), deputy=deputy, by=cast.supervisor),
        lambda: enter_leave(deputy, first=day(5), last=day(6), deputy=absent, by=cast.manager),
    )

    assert isinstance(outcome, Leave)
    assert Leave.objects.count() == 2
