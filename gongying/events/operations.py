import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.copying import insert_values
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
    event = Event.objects.create(
        verb=verb,
        actor=by,
        at=at or now,
        recorded_at=now,
        project_id=place.project_id,
        building_id=place.building_id,
        entrance_id=place.entrance_id,
        details=details,
    )
    EventSubject.objects.bulk_create(
        EventSubject(event=event, kind=kind_of(thing), object_id=thing.pk, at=event.at) for thing in things
    )
    push_on_commit([subject_key(thing) for thing in things])
    return event


@dataclass(frozen=True)
class Entry:
    """An entry of the journal that a set-based job makes; `subjects` are (kind, id)."""

    verb: str
    at: datetime
    place: Place
    subjects: Sequence[tuple[str, int]]
    details: dict[str, Any] = field(default_factory=dict)


def record_all(entries: Sequence[Entry]) -> list[int]:
    """Write thousands of entries that nobody's hand made, and push on commit; the ids of the events, in order."""
    now = timezone.now()
    rows = [
        (
            entry.verb,
            entry.at,
            now,
            entry.place.project_id,
            entry.place.building_id,
            entry.place.entrance_id,
            json.dumps(entry.details),
        )
        for entry in entries
    ]
    columns = ("verb", "at", "recorded_at", "project_id", "building_id", "entrance_id", "details")
    keys = insert_values(Event, columns, rows)
    subjects = [
        (key, kind, pk, entry.at) for key, entry in zip(keys, entries, strict=True) for kind, pk in entry.subjects
    ]
    insert_values(EventSubject, ("event_id", "kind", "object_id", "at"), subjects)
    push_on_commit(f"{kind}-{pk}" for _key, kind, pk, _at in subjects)
    return keys


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
