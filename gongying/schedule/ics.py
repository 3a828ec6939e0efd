"""Events as other calendars read them (RFC 5545)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from gongying.schedule.enums import Answer, EventState
from gongying.schedule.models import Attendee, CalendarEvent

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Gongying//Calendar//ZH"
STATUS = {EventState.PLANNED: "CONFIRMED", EventState.CANCELLED: "CANCELLED"}
ANSWERS = {
    Answer.NONE: "NEEDS-ACTION",
    Answer.ACCEPTED: "ACCEPTED",
    Answer.TENTATIVE: "TENTATIVE",
    Answer.DECLINED: "DECLINED",
}


def calendar_file(events: Iterable[CalendarEvent], *, name: str = "", method: str = "PUBLISH") -> bytes:
    """One file with these events; what is read with them: `with_all_it_tells`. Of a series all times belong here."""
    return _file(_components(events), name=name, method=method)


def cancellation_file(event: CalendarEvent, *, is_all: bool) -> bytes:
    """It is gone: an event, one time of a series, or all of a series."""
    component = _component(event, uid=event.series.uid if event.series else "", sequence=_latest(event))
    component["status"] = "CANCELLED"
    if event.series is not None and not is_all:
        component.add("recurrence-id", (event.original_start or event.starts_at).astimezone(event.series.timezone))
    return _file([component], method="CANCEL")


def _file(components: Iterable[Event], *, name: str = "", method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for component in components:
        calendar.add_component(component)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _latest(event: CalendarEvent) -> int:
    return max(event.series.sequence, event.sequence) if event.series else event.sequence


def with_all_it_tells(rows: QuerySet[CalendarEvent]) -> QuerySet[CalendarEvent]:
    """What `calendar_file` reads, in a fixed number of statements."""
    return rows.select_related("organizer", "series").prefetch_related("attendees__staff__user", "bookings__resource")


def _components(events: Iterable[CalendarEvent]) -> Iterator[Event]:
    series: dict[int, list[CalendarEvent]] = {}
    for event in events:
        if event.series_id is None:
            yield _component(event)
        else:
            series.setdefault(event.series_id, []).append(event)
    for rows in series.values():
        yield from _series(rows)


def _series(rows: list[CalendarEvent]) -> Iterator[Event]:
    """The rule with what most of its times have in common, without those that are missing; then each that differs."""
    series = rows[0].series
    if series is None:
        return
    shown = [row for row in rows if not row.is_cancelled] or rows
    common = Counter(map(_told, shown)).most_common(1)[0][0]
    usual = next(row for row in shown if _told(row) == common)
    zone, known_by = series.timezone, {row.original_start for row in shown}
    rule = _component(
        usual, uid=series.uid, sequence=series.sequence, start=series.starts_at, end=series.starts_at + series.length
    )
    rule.add("rrule", vRecur.from_ical(series.parsed.for_files(zone)))
    for missing in (start for start in series.starts() if start not in known_by):
        rule.add("exdate", missing.astimezone(zone))
    yield rule
    for row in shown:
        if _told(row) != common or row.starts_at != row.original_start or row.length != series.length:
            differing = _component(row, uid=series.uid, sequence=_latest(row))
            differing.add("recurrence-id", (row.original_start or row.starts_at).astimezone(zone))
            yield differing


def _told(event: CalendarEvent) -> tuple[object, ...]:
    """All that another calendar hears of a time but when it is."""
    answers = tuple((attendee.staff_id, attendee.answer) for attendee in event.attendees.all())
    rooms = tuple(booking.resource_id for booking in event.bookings.all())
    return event.title, event.kind, event.location, event.note, event.is_private, event.state, answers, rooms


def _component(
    event: CalendarEvent,
    *,
    uid: str = "",
    sequence: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Event:
    zone = ZoneInfo(event.zone)
    component = Event()
    component.add("uid", uid or event.uid)
    component.add("sequence", event.sequence if sequence is None else sequence)
    component.add("dtstamp", timezone.now().astimezone(UTC))
    component.add("dtstart", (start or event.starts_at).astimezone(zone))
    component.add("dtend", (end or event.ends_at).astimezone(zone))
    component.add("summary", event.title)
    component.add("status", STATUS[EventState(event.state)])
    component.add("class", "PRIVATE" if event.is_private else "PUBLIC")
    component.add("categories", [str(event.get_kind_display())])
    where = ", ".join(filter(None, [event.location, *(str(booking.resource) for booking in event.bookings.all())]))
    if where:
        component.add("location", where)
    if event.note:
        component.add("description", event.note)
    component.add("organizer", _address(str(event.organizer), event.organizer.email), encode=False)
    for attendee in event.attendees.all():
        component.add("attendee", _attendee(attendee), encode=False)
    return component


def _attendee(attendee: Attendee) -> vCalAddress:
    address = _address(str(attendee.staff), attendee.staff.user.email)
    address.params["PARTSTAT"] = vText(ANSWERS[Answer(attendee.answer)])
    return address


def _address(name: str, email: str) -> vCalAddress:
    """Who has no e-mail is named all the same."""
    address = vCalAddress(f"mailto:{email}" if email else "urn:gongying:no-email")
    address.params["CN"] = vText(name)
    return address
