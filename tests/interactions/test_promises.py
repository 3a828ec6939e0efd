from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.interactions.models import Promise
from gongying.interactions.operations import keep_promise, log_interaction, make_promise


@pytest.fixture
def interaction(cast):
    return log_interaction(
        by=cast.receptionist, project=cast.sunshine, unit=cast.unit, party=cast.zhou, channel="phone", text="问停车费"
    )


def in_two_hours():
    return timezone.now() + timedelta(hours=2)


@pytest.mark.requirement("R-011")
def test_a_promise_has_a_clock_an_owner_and_stands_on_the_timeline(cast, interaction):
    promise = make_promise(interaction, by=cast.receptionist, text="", due_at=in_two_hours(), owner=cast.steward)

    assert (promise.text, promise.owner, promise.unit) == ("问停车费", cast.steward, cast.unit)
    assert Event.objects.get(verb="promise.made").subjects.filter(kind="unit", object_id=cast.unit.pk).exists()
    assert list(Promise.objects.open()) == [promise]
    assert list(Promise.objects.overdue(at=in_two_hours() + timedelta(hours=1))) == [promise]
    assert not Promise.objects.overdue().exists()


def test_a_promise_is_kept_once_with_the_words_said(cast, interaction):
    promise = make_promise(interaction, by=cast.receptionist, text="回电", due_at=in_two_hours())

    with pytest.raises(Refused):
        keep_promise(promise, by=cast.receptionist, words=" ")
    keep_promise(promise, by=cast.receptionist, words="每月 150 元")
    with pytest.raises(Refused):
        keep_promise(promise, by=cast.receptionist, words="又说一遍")

    assert not Promise.objects.open().exists()
    assert Event.objects.get(verb="promise.kept").details == {"text": "每月 150 元", "was_late": False}


def test_a_promise_for_the_past_is_refused(cast, interaction):
    with pytest.raises(Refused):
        make_promise(interaction, by=cast.receptionist, text="回电", due_at=timezone.now() - timedelta(minutes=1))


def test_promises_are_seen_by_those_of_the_place_and_by_their_owner(cast, interaction):
    promise = make_promise(interaction, by=cast.receptionist, text="回电", due_at=in_two_hours(), owner=cast.worker)

    for user, sees in ((cast.supervisor, True), (cast.steward, True), (cast.west_steward, False), (cast.worker, True)):
        assert Promise.objects.visible_to(user).filter(pk=promise.pk).exists() is sees
    assert not Promise.objects.visible_to(cast.guard).exists()
