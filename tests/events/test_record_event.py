import pytest
from django.db import DatabaseError, connection, transaction

from gongying.events.models import Event, EventSubject
from gongying.events.operations import Push, record_event


def test_an_event_stands_on_the_timeline_of_every_subject(cast):
    event = record_event(
        "unit.noted", by=cast.receptionist, subjects=[cast.unit, cast.zhou, None, cast.unit], text="hello"
    )

    assert list(EventSubject.objects.of(cast.unit).values_list("event_id", flat=True)) == [event.pk]
    assert list(EventSubject.objects.of(cast.zhou).values_list("event_id", flat=True)) == [event.pk]
    assert EventSubject.objects.count() == 2
    assert (event.project_id, event.building_id) == (cast.sunshine.pk, cast.unit.building_id)


@pytest.mark.parametrize("switched", ["on", "off"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events_event SET verb = 'x'",
        "DELETE FROM events_event",
        "TRUNCATE events_event CASCADE",
        "UPDATE events_eventsubject SET kind = 'x'",
        "DELETE FROM events_eventsubject",
        "TRUNCATE events_eventsubject",
    ],
)
def test_the_journal_cannot_be_changed_by_sql(cast, statement, switched):
    record_event("unit.noted", by=cast.receptionist, subjects=[cast.unit])

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with waiting triggers cannot be truncated at all
        if switched == "off":  # what pgtrigger's own triggers listen to
            cursor.execute("SELECT array_agg(tgname::text) FROM pg_trigger WHERE NOT tgisinternal")
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s::text[]::text, true)", cursor.fetchone())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert (Event.objects.count(), EventSubject.objects.count()) == (1, 1)


def test_one_transaction_pushes_once_and_a_rolled_back_one_not_at_all(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as calls:
        record_event("unit.noted", by=cast.receptionist, subjects=[cast.unit])
        record_event("unit.noted", by=cast.receptionist, subjects=[cast.zhou])
        try:
            with transaction.atomic():
                record_event("unit.noted", by=cast.receptionist, subjects=[cast.wang])
                raise ValueError
        except ValueError:
            pass
    pushes = [call for call in calls if isinstance(call, Push)]
    assert len(pushes) == 1
    assert list(pushes[0].keys)[:2] == [f"unit-{cast.unit.pk}", f"customer-{cast.zhou.pk}"]
