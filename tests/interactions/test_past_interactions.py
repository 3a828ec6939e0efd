from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import Event, EventSubject
from gongying.interactions.models import Interaction
from gongying.interactions.operations import PastTouch, log_past_interactions

LONG_AGO = timezone.now() - timedelta(days=90)


def touch(text, topic="供暖", minutes=0, **more):
    return PastTouch(LONG_AGO + timedelta(minutes=minutes), text, "message_board", topic=topic, **more)


def take_over(cast, *touches, **more):
    return log_past_interactions(touches, by=cast.receptionist, project=cast.sunshine, late_reason="历史登记", **more)


def test_the_text_is_only_trimmed_and_time_person_and_journal_are_kept(cast):
    (interaction,) = take_over(cast, touch("  暖气\n不热！ ", person_name="A001", unit=cast.unit, party=cast.zhou))

    interaction.refresh_from_db()
    assert (interaction.text, interaction.person_name) == ("暖气\n不热！", "A001")
    assert (interaction.occurred_at, interaction.building_id) == (LONG_AGO, cast.unit.building_id)
    event = Event.objects.get()
    assert (event.verb, event.at, event.building_id) == ("interaction.logged", LONG_AGO, cast.unit.building_id)
    assert {str(s) for s in EventSubject.objects.all()} == {
        f"interaction-{interaction.pk}",
        f"unit-{cast.unit.pk}",
        f"customer-{cast.zhou.pk}",
    }


def test_kept_repeats_point_to_the_first_and_skipped_ones_are_left_out(cast):
    touches = [touch("不热"), touch(" 不热 ", minutes=1), touch("不热", topic="停水"), touch("不热", minutes=2)]

    kept = take_over(cast, *touches)

    assert [interaction.repeat_of for interaction in kept] == [None, kept[0], None, kept[0]]
    assert Interaction.objects.filter(repeat_of=kept[0]).count() == 2
    assert [i.topic for i in take_over(cast, *touches, keep_repeats=False)] == ["供暖", "停水"]


def test_a_future_time_refuses_everything(cast):
    with pytest.raises(Refused):
        take_over(cast, touch("不热"), PastTouch(timezone.now() + timedelta(days=1), "x", "phone"))
    assert Interaction.objects.count() == 0


def test_a_thousand_rows_cost_the_statements_of_one(cast):
    def statements(number):
        with CaptureQueriesContext(connection) as queries:
            take_over(cast, *(touch(f"第{n}条", unit=cast.unit) for n in range(number)))
        return len(queries)

    statements(1)  # what is kept of the set-up is known from here on
    assert statements(1000) == statements(2)
