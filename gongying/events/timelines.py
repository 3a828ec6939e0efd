"""Reading a timeline: an index range over `EventSubject`, newest first, at the same cost however long it is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from gongying.common.editions import fill_all_from_memory
from gongying.common.paging import paginate_together
from gongying.common.permissions import may
from gongying.events.models import Event, EventSubject
from gongying.events.presentation import Filter, Reading, Words, guarded_verbs, reading_of
from gongying.events.subjects import AnyUser, Kind, find_kind, not_undone, places_of

NEWEST_FIRST = ("-at", "-id")
PAGE_SIZE = 30
MOST_NEW = 100
# Entered this much later than it happened counts as a late entry and shows both times (spec E-049).
LATE_AFTER = timedelta(minutes=5)
# Ids are given out before their rows are committed: look a little further back than the last one seen,
# for what is no older than a transaction can be.
IN_FLIGHT = 200
LONGEST_WRITE = timedelta(hours=1)


@dataclass(frozen=True)
class Link:
    label: Words
    url: str


@dataclass
class Entry:
    """One row of a timeline, ready to be shown."""

    subject: EventSubject
    reading: Reading
    links: list[Link] = field(default_factory=list)

    @property
    def event(self) -> Event:
        return self.subject.event

    @property
    def key(self) -> str:
        return str(self.subject.event_id)

    @property
    def order(self) -> str:
        return str(self.subject.pk)

    @property
    def title(self) -> Words:
        return self.reading.title_of(self.event.details)

    @property
    def icon(self) -> str:
        return self.reading.icon_of(self.event.details)

    @property
    def text(self) -> Words:
        return self.reading.text(self.event.details)

    @property
    def facts(self) -> Iterable[tuple[Words, Words]]:
        return list(self.reading.facts(self.event.details))

    @property
    def tone(self) -> str:
        return self.reading.tone(self.event.details)

    @property
    def happened_at(self) -> str:
        return timezone.localtime(self.event.at).isoformat()

    @property
    def is_late(self) -> bool:
        return self.event.recorded_at - self.event.at >= LATE_AFTER


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    next_cursor: str | None
    last_seen: int


def read_timeline(
    thing: Model, kind: Kind, *, user: AnyUser, chip: Filter | None = None, cursor: str | None = None
) -> Timeline:
    """One page of what happened with `thing`, as far as `user` may see it."""
    # Read before the rows: what is written in between is fetched again rather than missed.
    last_seen = newest_id()
    pasts = kind.pasts(thing)
    ranges = _ranges(pasts, kind, user=user, chip=chip)
    page = paginate_together(ranges, order=NEWEST_FIRST, cursor=cursor, size=PAGE_SIZE)
    return Timeline(_entries(page.rows, pasts, kind, user=user), page.next_cursor, last_seen)


def read_newer(thing: Model, kind: Kind, *, user: AnyUser, since: int, chip: Filter | None = None) -> Timeline:
    """What was written since a page was read; a row may come twice (same id) but none is missed."""
    last_seen = newest_id()
    pasts = kind.pasts(thing)
    is_new = Q(pk__gt=since) | Q(event__recorded_at__gt=timezone.now() - LONGEST_WRITE)
    ranges = [rows.filter(is_new, pk__gt=since - IN_FLIGHT) for rows in _ranges(pasts, kind, user=user, chip=chip)]
    page = paginate_together(ranges, order=NEWEST_FIRST, size=MOST_NEW)
    return Timeline(_entries(page.rows, pasts, kind, user=user), None, last_seen)


def newest_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM events_eventsubject")
        return cursor.fetchone()[0] or 0


def _ranges(pasts: Sequence[int], kind: Kind, *, user: AnyUser, chip: Filter | None) -> list[QuerySet[EventSubject]]:
    """An index range for each of `pasts`; what stands in several of them comes from the first."""
    rows = _shown_to(user, kind, chip=chip)
    ranges = [rows.filter(object_id=pasts[0])]
    for number, key in enumerate(pasts[1:], start=1):
        earlier = EventSubject.objects.filter(event=OuterRef("event"), kind=kind.key, object_id__in=pasts[:number])
        ranges.append(rows.filter(~Exists(earlier), object_id=key))
    return ranges


def _shown_to(user: AnyUser, kind: Kind, *, chip: Filter | None) -> QuerySet[EventSubject]:
    shown = not_undone("event__")
    if not kind.stays_in_place:
        shown &= places_of(user, "event__")
    closed = [verb for verb, permission in guarded_verbs().items() if not may(user, permission)]
    if closed:
        shown &= ~Q(event__verb__in=closed) | Q(event__actor=user.pk)
    if chip is not None:
        shown &= chip.condition("event__")
    rows = EventSubject.objects.filter(kind=kind.key).select_related("event")
    return rows.filter(_unweighed(shown)) if shown else rows


def _unweighed(condition: Q) -> Any:
    """Keep the planner from weighing it: expecting few rows to pass, it would read and sort the whole past."""
    return Coalesce(ExpressionWrapper(condition, BooleanField()), Value(value=False))


def _entries(rows: Iterable[EventSubject], pasts: Sequence[int], kind: Kind, *, user: AnyUser) -> list[Entry]:
    entries = [Entry(row, reading_of(row.event.verb)) for row in rows]
    fill_all_from_memory([entry.event for entry in entries], "actor")
    others = _other_subjects([entry.event.pk for entry in entries], pasts, kind)
    by_event = {entry.event.pk: entry for entry in entries}
    for key, subjects_of in others.items():
        other = find_kind(key)
        if other is not None and other.is_linked:
            _add_links(by_event, other, subjects_of, user=user)
    return entries


OTHERS = """
    SELECT event_id, kind, object_id FROM events_eventsubject
    WHERE event_id = ANY(%(events)s) AND NOT (kind = %(kind)s AND object_id = ANY(%(pasts)s)) ORDER BY id
"""


def _other_subjects(event_ids: list[int], pasts: Sequence[int], kind: Kind) -> dict[str, dict[int, list[int]]]:
    """What else these events are about: kind → event → ids, in the order of the event."""
    others: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    if event_ids:
        with connection.cursor() as cursor:
            cursor.execute(OTHERS, {"events": event_ids, "kind": kind.key, "pasts": list(pasts)})
            for event_id, key, object_id in cursor:
                others[key][event_id].append(object_id)
    return others


def _add_links(entries: dict[int, Entry], kind: Kind, subjects_of: dict[int, list[int]], *, user: AnyUser) -> None:
    """Link to those that the user may open: one query per kind. Those of one label cannot be told apart: to the first."""
    wanted = {pk for pks in subjects_of.values() for pk in pks}
    found: Any = kind.visible_to(user).filter(pk__in=wanted)
    if kind.related:  # without names everything would be joined
        found = found.select_related(*kind.related)
    rows = {row.pk: row for row in found}
    for event_id, pks in subjects_of.items():
        links = [Link(kind.label or str(rows[pk]), url) for pk in pks if pk in rows and (url := kind.url_of(pk))]
        entries[event_id].links += links[:1] if kind.label else links
