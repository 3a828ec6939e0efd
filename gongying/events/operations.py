import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.places import Place
from gongying.events.models import Event, EventSubject, kind_of, subject_key

CHANNEL = "gongying_events"
MOST_KEYS = 200


def record_event(
    verb: str,
    *,
    by: User | None,
    subjects: Iterable[models.Model | None],
    at: datetime | None = None,
    place: Place | None = None,
    **details: Any,
) -> Event:
    """Write `verb` into the journal, on the timeline of every subject (None is passed over), and push on commit.

    `at` is when it happened (default: now); `place` defaults to that of the first subject that has one.
    """
    things = list({subject_key(thing): thing for thing in subjects if thing is not None}.values())
    now = timezone.now()
    places = (getattr(thing, "place", None) for thing in things)
    place = place or next(filter(None, places), Place())
    event = Event(
        verb=verb,
        actor=by,
        at=at or now,
        recorded_at=now,
        project_id=place.project_id,
        building_id=place.building_id,
        entrance_id=place.entrance_id,
        details=details,
    )
    _write(event, things)
    push_on_commit([subject_key(thing) for thing in things])
    for listen in _listeners:
        listen(event)
    return event


def _write(event: Event, things: Sequence[models.Model]) -> None:
    """The entry and its places on timelines in one statement: hardly an operation is without one."""
    columns = {field.attname: getattr(event, field.attname) for field in Event._meta.concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH written AS (
                INSERT INTO events_event (verb, actor_id, at, recorded_at, project_id, building_id, entrance_id, details)
                VALUES (%(verb)s, %(actor_id)s, %(at)s, %(recorded_at)s, %(project_id)s, %(building_id)s, %(entrance_id)s,
                        %(details)s)
                RETURNING id
            ), placed AS (
                INSERT INTO events_eventsubject (event_id, kind, object_id, at)
                SELECT id, thing.kind, thing.object_id, %(at)s
                FROM written, unnest(%(kinds)s::text[], %(things)s::bigint[]) AS thing (kind, object_id)
            )
            SELECT id FROM written
            """,
            {
                **columns,
                "details": connection.ops.adapt_json_value(event.details, DjangoJSONEncoder),
                "kinds": [kind_of(thing) for thing in things],
                "things": [thing.pk for thing in things],
            },
        )
        (event.pk,) = cursor.fetchone()
    event._state.adding = False


_listeners: list[Callable[[Event], None]] = []


def on_event(listen: Callable[[Event], None]) -> None:
    """Let a higher app hear of every single event, inside its transaction; register it in `AppConfig.ready()`."""
    _listeners.append(listen)


class Selected(NamedTuple):
    """What a listener hears of an entry of a set, without a query for it."""

    id: int
    verb: str
    project_id: int | None
    kind: str
    object_id: int


_listeners_to_sets: list[Callable[[Sequence[Selected]], None]] = []


def on_selected(listen: Callable[[Sequence[Selected]], None]) -> None:
    """Let a higher app hear of what `record_selected` writes: the set at once, inside its transaction."""
    _listeners_to_sets.append(listen)


def record_selected(select: str, parameters: Mapping[str, Any]) -> list[int]:
    """Entries that nobody's hand made, thousands at once, without leaving the database; push on commit.

    `select` gives verb, at, project_id, building_id, entrance_id, details, and the one subject's kind and object_id.
    The ids of the events, in its order.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH chosen AS MATERIALIZED (
                SELECT nextval((SELECT pg_get_serial_sequence('events_event', 'id')::regclass)) AS id, entry.*
                FROM ({select}) AS entry
            ), written AS (
                INSERT INTO events_event (id, verb, at, recorded_at, project_id, building_id, entrance_id, details)
                SELECT id, verb, at, %(recorded_at)s, project_id, building_id, entrance_id, details FROM chosen
            ), placed AS (
                INSERT INTO events_eventsubject (event_id, kind, object_id, at) SELECT id, kind, object_id, at FROM chosen
            )
            SELECT id, verb, project_id, kind, object_id FROM chosen ORDER BY id
            """,  # noqa: S608 a statement of our own
            {**parameters, "recorded_at": timezone.now()},
        )
        entries = [Selected(*row) for row in cursor.fetchall()]
    push_on_commit(f"{entry.kind}-{entry.object_id}" for entry in entries)
    for listen in _listeners_to_sets:
        listen(entries)
    return [entry.id for entry in entries]


def share_past(thing: models.Model, *, to: models.Model) -> None:
    """Everything that stands on the timeline of `thing` now stands on that of `to`, too; what comes later does not."""
    known = EventSubject.objects.of(to).values("event_id")
    rows = EventSubject.objects.of(thing).exclude(event_id__in=known).order_by("at", "pk").values_list("event_id", "at")
    EventSubject.objects.bulk_create(
        EventSubject(event_id=event_id, kind=kind_of(to), object_id=to.pk, at=at) for event_id, at in rows
    )
    push_on_commit([subject_key(to)])


def push_on_commit(keys: Iterable[str]) -> None:
    """Tell open pages that these subjects changed: one NOTIFY per transaction, after it is safely saved."""
    waiting = next((entry[1] for entry in connection.run_on_commit if isinstance(entry[1], Push)), None)
    if waiting is None:
        waiting = Push()
        transaction.on_commit(waiting, robust=True)
    waiting.keys.update(dict.fromkeys(keys))


class Push:
    """What one transaction has to tell. Django drops it when the transaction is rolled back."""

    def __init__(self) -> None:
        self.keys: dict[str, None] = {}

    def __call__(self) -> None:
        keys = list(self.keys)
        # A payload is limited to 8,000 bytes; after a bulk change pages refetch everything.
        payload = json.dumps({"subjects": keys if len(keys) <= MOST_KEYS else ["*"]}, separators=(",", ":"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
