from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.errors import Refused, Stale
from gongying.events.models import Event, EventSubject
from gongying.interactions.models import Interaction
from gongying.interactions.operations import correct_interaction, log_interaction, mark_repeat, unmark_repeat


def log(cast, **more):
    return log_interaction(
        **{
            "by": cast.receptionist,
            "project": cast.sunshine,
            "unit": cast.unit,
            "party": cast.zhou,
            "channel": "phone",
            "text": "问垃圾清运时间",
            **more,
        }
    )


@pytest.mark.requirement("R-046", "R-079")
def test_a_touch_stands_on_the_timelines_of_unit_customer_and_itself(cast):
    interaction = log(cast, answer="explained", result="每天 7 点和 19 点")

    event = Event.objects.get()
    assert (event.verb, event.actor, event.at) == ("interaction.logged", cast.receptionist, interaction.occurred_at)
    assert {str(subject) for subject in EventSubject.objects.all()} == {
        f"interaction-{interaction.pk}",
        f"unit-{cast.unit.pk}",
        f"customer-{cast.zhou.pk}",
    }
    assert event.details["text"] == "问垃圾清运时间"


def test_what_can_be_derived_is_filled(cast):
    interaction = log(cast, text="  电梯坏了  ")

    assert interaction.text == "电梯坏了"
    assert (interaction.person_name, interaction.person_phone) == ("周先生", "+8613800001234")
    assert interaction.first_responder == cast.receptionist
    assert (interaction.building_id, interaction.entrance_id) == (cast.unit.building_id, cast.unit.entrance_id)
    assert abs(interaction.occurred_at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.requirement("E-049")
def test_a_late_entry_keeps_both_times_and_stands_where_it_happened(cast):
    last_night = timezone.now() - timedelta(hours=10)

    interaction = log(cast, occurred_at=last_night)

    event = Event.objects.get()
    assert interaction.occurred_at == last_night
    assert event.at == last_night
    assert event.recorded_at >= interaction.entered_at > last_night


@pytest.mark.requirement("E-049")
def test_more_than_72_hours_late_needs_a_reason(cast):
    long_ago = timezone.now() - timedelta(hours=73)

    with pytest.raises(Refused):
        log(cast, occurred_at=long_ago, late_reason="  ")
    assert Interaction.objects.count() == 0

    assert log(cast, occurred_at=long_ago, late_reason="停电").late_reason == "停电"


@pytest.mark.parametrize(
    "wrong",
    [
        {"occurred_at": timezone.now() + timedelta(days=1)},
        {"text": " \n "},
    ],
    ids=["future", "empty"],
)
def test_an_impossible_touch_is_refused(cast, wrong):
    with pytest.raises(Refused):
        log(cast, **wrong)
    assert (Interaction.objects.count(), Event.objects.count()) == (0, 0)


def test_a_unit_of_another_project_is_refused(cast):
    with pytest.raises(Refused):
        log(cast, unit=cast.park_unit)


def test_a_correction_changes_the_row_and_the_journal_keeps_both(cast):
    interaction = log(cast)

    corrected = correct_interaction(
        interaction, by=cast.receptionist, reason="听错了", seen=1, text="问装修时间", channel="phone"
    )

    assert (corrected.text, corrected.version) == ("问装修时间", 2)
    event = Event.objects.get(verb="interaction.corrected")
    assert event.details == {
        "reason": "听错了",
        "before": {"text": "问垃圾清运时间"},
        "after": {"text": "问装修时间"},
    }
    assert Event.objects.get(verb="interaction.logged").details["text"] == "问垃圾清运时间"


def test_a_correction_without_change_writes_nothing(cast):
    interaction = log(cast)

    correct_interaction(interaction, by=cast.receptionist, reason="x", text=interaction.text)

    assert Event.objects.filter(verb="interaction.corrected").count() == 0


def test_a_correction_is_refused_without_reason_without_text_into_the_future_and_when_stale(cast):
    interaction = log(cast)

    for wrong in (
        {"reason": " ", "text": "x"},
        {"reason": "x", "text": " "},
        {"reason": "x", "occurred_at": timezone.now() + timedelta(hours=1)},
    ):
        with pytest.raises(Refused):
            correct_interaction(interaction, by=cast.receptionist, **wrong)
    with pytest.raises(Stale):
        correct_interaction(interaction, by=cast.receptionist, reason="x", seen=7, text="y")

    interaction.refresh_from_db()
    assert (interaction.text, interaction.version) == ("问垃圾清运时间", 1)


def test_repeats_point_to_the_first_of_them(cast):
    first = log(cast, occurred_at=timezone.now() - timedelta(hours=3))
    second = log(cast, occurred_at=timezone.now() - timedelta(hours=2))
    third = log(cast)

    mark_repeat(second, of=first, by=cast.receptionist)
    mark_repeat(third, of=second, by=cast.receptionist)

    assert set(first.repeats.all()) == {second, third}
    assert Event.objects.filter(verb="interaction.repeat_marked").count() == 2


def test_repeats_that_make_no_sense_are_refused(cast):
    first = log(cast, occurred_at=timezone.now() - timedelta(hours=3))
    second = log(cast)
    elsewhere = log(cast, project=cast.park, unit=cast.park_unit, party=None)

    for later, earlier in ((first, first), (first, second), (elsewhere, first)):
        with pytest.raises(Refused):
            mark_repeat(later, of=earlier, by=cast.receptionist)
    with pytest.raises(Refused):
        unmark_repeat(second, by=cast.receptionist)


def test_a_repeat_can_be_unmarked(cast):
    first = log(cast, occurred_at=timezone.now() - timedelta(hours=3))
    second = mark_repeat(log(cast), of=first, by=cast.receptionist)

    unmark_repeat(second, by=cast.receptionist)

    assert first.repeats.count() == 0


def test_one_sees_the_touches_of_her_places_and_without_permission_only_her_own(cast):
    east = log(cast)
    west = log(cast, unit=cast.west_unit, party=cast.wang)
    of_the_project = log(cast, unit=None, party=None)
    by_worker = log(cast, by=cast.worker)

    def seen(user):
        return set(Interaction.objects.visible_to(user))

    assert seen(cast.receptionist) == {east, west, of_the_project, by_worker}
    assert seen(cast.steward) == {east, by_worker}
    assert seen(cast.west_steward) == {west}
    assert seen(cast.worker) == {by_worker}
    assert seen(cast.outsider) == set()
