"""What people have planned, as the pages show it: of what the reader may not know only that somebody is busy."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.estates.models import Project
from gongying.estates.stewards import staff_in_project
from gongying.organization.models import StaffMember
from gongying.schedule.absences import absences_of
from gongying.schedule.calendars import calendar_of, midnight
from gongying.schedule.common_time import Interval
from gongying.schedule.enums import Answer, EventKind, EventState
from gongying.schedule.models import Attendee, CalendarEvent, ScheduleConflict
from gongying.schedule.operations.clashes import times_free

FIRST_HOUR, LAST_HOUR = 7, 21
MINUTES = 60
LAST_MINUTE = 24 * MINUTES


@dataclass(frozen=True)
class Entry:
    """An event in somebody's row."""

    staff_id: int
    starts_at: datetime
    ends_at: datetime
    event_id: int | None = None  # None: the reader learns no more than that somebody is busy
    version: int = 0
    kind: str = ""
    title: str = ""
    location: str = ""
    is_private: bool = False
    is_own: bool = False
    clashes: bool = False
    answer: str = ""

    @property
    def url(self) -> str:
        return reverse("schedule:calendar-event-show", args=[self.event_id]) if self.event_id else ""

    @property
    def words(self) -> str:
        return self.title or _("busy")

    @property
    def kind_label(self) -> str:
        return str(EventKind(self.kind).label) if self.kind else ""

    @property
    def is_unanswered(self) -> bool:
        return self.answer == Answer.NONE

    @property
    def is_declined(self) -> bool:
        return self.answer == Answer.DECLINED


def entries_of(staff_ids: Collection[int], start: datetime, end: datetime, *, user: User) -> list[Entry]:
    """What these people have planned between two instants, however many in three statements."""
    taking_part = Attendee.objects.filter(
        staff__in=staff_ids, event__state=EventState.PLANNED, event__during__overlap=(start, end)
    )
    # What she has declined still stands in her own calendar, and in nobody else's.
    rows = list(
        taking_part.filter(~Q(answer=Answer.DECLINED) | Q(staff__user=user))
        .select_related("event")
        .order_by("event__during", "pk")
    )
    events = {row.event_id for row in rows}
    known = set(CalendarEvent.objects.visible_to(user).filter(pk__in=events).values_list("pk", flat=True))
    marked = _marked(events)
    return [
        _entry(row, user, is_known=row.event_id in known, clashes=(row.staff_id, row.event_id) in marked)
        for row in rows
    ]


def _marked(events: Collection[int]) -> set[tuple[int, int]]:
    """Whose event stands at the same time as another: (staff, event)."""
    conflicts = ScheduleConflict.objects.filter(Q(event__in=events) | Q(other__in=events))
    pairs = conflicts.values_list("staff", "event", "other")
    return {(staff, each) for staff, event, other in pairs for each in (event, other)}


def _entry(row: Attendee, user: User, *, is_known: bool, clashes: bool) -> Entry:
    event = row.event
    if not is_known:
        return Entry(row.staff_id, event.starts_at, event.ends_at, clashes=clashes)
    return Entry(
        row.staff_id,
        event.starts_at,
        event.ends_at,
        event_id=event.pk,
        version=event.version,
        kind=event.kind,
        title=event.title,
        location=event.location,
        is_private=event.is_private,
        is_own=event.organizer_id == user.pk,
        clashes=clashes,
        answer=row.answer,
    )


@dataclass(frozen=True)
class Row:
    """A person's line of the board."""

    staff: StaffMember
    is_reader: bool
    day: date
    entries: list[Entry]

    @property
    def bars(self) -> list[tuple[int, int]]:
        return bars_of(((entry.starts_at, entry.ends_at) for entry in self.entries), day=self.day)


@dataclass(frozen=True)
class Board:
    """A day of the people of a project."""

    project: Project
    day: date
    rows: list[Row]
    hours: range

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate()

    @property
    def is_free(self) -> bool:
        return not calendar_of(self.project, on=self.day).is_working_day(self.day)

    @property
    def live(self) -> str:
        return " ".join(f"plans-{row.staff.pk}" for row in self.rows)

    @property
    def slots(self) -> list[dict[str, Any]]:
        """The events as the script draws them; minutes of the day."""
        return [_slot(entry, self.day) for row in self.rows for entry in row.entries]


def people_of(project: Project, day: date, *, user: User) -> list[StaffMember]:
    """Who serves the project: the reader herself first, then by department and name."""
    team = kept(("team-of-project", project.pk, day), lambda: _team_of(project, day))
    if any(each.user_id == user.pk for each in team):
        own = []
    else:
        own = list(StaffMember.objects.employed(on=day).filter(user=user).select_related("user", "department"))
    return sorted([*own, *team], key=lambda each: (each.user_id != user.pk, each.department_id, each.name, each.pk))


def _team_of(project: Project, day: date) -> list[StaffMember]:
    serving = StaffMember.objects.employed(on=day).filter(pk__in=staff_in_project(project.pk, on=day).values("pk"))
    return list(serving.select_related("user", "department"))


def board_of(project: Project, day: date, *, user: User) -> Board:
    staff = people_of(project, day, user=user)
    start, end = midnight(day), midnight(day + timedelta(days=1))
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries_of([each.pk for each in staff], start, end, user=user):
        if not entry.is_declined:
            entries[entry.staff_id].append(entry)
    rows = [Row(each, each.user_id == user.pk, day, entries[each.pk]) for each in staff]
    return Board(project, day, rows, _hours(day, (entry for own in entries.values() for entry in own)))


def bars_of(periods: Iterable[Interval], *, day: date) -> list[tuple[int, int]]:
    """When somebody is busy that day, for a drawing of the usual hours: from which minute after the first, how many."""
    first, last = FIRST_HOUR * MINUTES, LAST_HOUR * MINUTES
    drawn = []
    for start, end in periods:
        begin, until = (min(max(_minutes(moment, day), first), last) for moment in (start, end))
        if until > begin:
            drawn.append((begin - first, until - begin))
    return drawn


def _hours(day: date, entries: Iterable[Entry]) -> range:
    """The usual hours, and what lies beyond them."""
    first, last = FIRST_HOUR, LAST_HOUR
    for entry in entries:
        begin, end = _minutes(entry.starts_at, day), _minutes(entry.ends_at, day)
        first, last = min(first, begin // MINUTES), max(last, -(-end // MINUTES))
    return range(first, last)


def _slot(entry: Entry, day: date) -> dict[str, Any]:
    return {
        "row": entry.staff_id,
        "from": _minutes(entry.starts_at, day),
        "to": _minutes(entry.ends_at, day),
        "label": entry.words,
        "title": f"{_clock(entry.starts_at)}\u2013{_clock(entry.ends_at)} {entry.kind_label} {entry.location}".strip(),
        "url": entry.url,
        "kind": entry.kind,
        "clashes": entry.clashes,
        "unanswered": entry.is_unanswered,
        "own": entry.is_own,
    }


def _minutes(moment: datetime, day: date) -> int:
    return min(max(int((moment - midnight(day)).total_seconds()) // MINUTES, 0), LAST_MINUTE)


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


@dataclass(frozen=True)
class Day:
    """A day of one's own agenda."""

    date: date
    is_free: bool
    entries: list[Entry]

    @property
    def is_today(self) -> bool:
        return self.date == timezone.localdate()


def days_of(user: User, first: date, days: int) -> list[Day]:
    """One's own days; what lasts longer stands on each."""
    staff = StaffMember.objects.filter(user=user).values_list("pk", flat=True)
    found = entries_of(list(staff), midnight(first), midnight(first + timedelta(days=days)), user=user)
    calendar = calendar_of(on=first)
    return [
        Day(day, not calendar.is_working_day(day), [entry for entry in found if _is_on(entry, day)])
        for day in (first + timedelta(days=each) for each in range(days))
    ]


def _is_on(entry: Entry, day: date) -> bool:
    return entry.starts_at < midnight(day + timedelta(days=1)) and entry.ends_at > midnight(day)


@dataclass(frozen=True)
class BusyRow:
    """Somebody's day beside the others', in free and busy only."""

    staff: StaffMember
    bars: list[tuple[int, int]]
    is_free: bool  # at the time that is wanted


@dataclass(frozen=True)
class BusyTimes:
    day: date
    rows: list[BusyRow]
    wanted: list[tuple[int, int]]
    free: list[datetime]  # when all of them are free next
    length: timedelta


MOST_OFFERED = 3


def busy_times(wanted: dict[str, Any], *, user: User) -> BusyTimes:
    """Of those who are asked to something: when each is busy that day, and the next times at which all are free."""
    start, end = wanted["starts_at"], wanted["ends_at"]
    day, people, event = timezone.localtime(start).date(), list(wanted["people"]), wanted["event"]
    own = event.pk if event else None
    pks, whole = [staff.pk for staff in people], (midnight(day), midnight(day + timedelta(days=1)))
    entries = entries_of(pks, *whole, user=user)
    shown = [entry for entry in entries if not entry.is_declined and (own is None or entry.event_id != own)]
    absent = absences_of(pks, whole, calendar_of())
    taken = {pk: list(absent.get(pk, ())) for pk in pks}
    for entry in shown:
        taken[entry.staff_id].append((entry.starts_at, entry.ends_at))
    rows = [_busy_row(staff, taken[staff.pk], start, end) for staff in people]
    but = [own] if own else []
    free = times_free(people, list(wanted["resources"]), start, end, but=but, number=MOST_OFFERED)
    return BusyTimes(day, rows, bars_of([(start, end)], day=day), free, end - start)


def _busy_row(staff: StaffMember, taken: list[Interval], start: datetime, end: datetime) -> BusyRow:
    is_free = all(until <= start or begin >= end for begin, until in taken)
    return BusyRow(staff, bars_of(taken, day=timezone.localtime(start).date()), is_free)
