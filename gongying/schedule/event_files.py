"""An event of a calendar file from elsewhere, as it is planned here (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar

from gongying.imports.complaints import Unreadable
from gongying.schedule.recurrence import UnusableRule, rule_in, starts_of

HOME = ZoneInfo(settings.TIME_ZONE)
LIMITS = {"title": 200, "location": 200, "note": 4000}
WORKING_MORNING, WORKING_EVENING = time(9), time(18)
MOST_PEOPLE = 100


@dataclass
class OutsideEvent:
    """What the file says of it; `known_by` is the time by the rule that it stands for, where it is one time of a series."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    location: str
    note: str
    is_private: bool
    rule: str
    gaps: list[datetime]
    known_by: datetime | None
    addresses: list[str]
    exceptions: list["OutsideEvent"] = field(default_factory=list)

    def check_rule(self) -> None:
        """Raises `UnusableRule` where it never ends, or never comes true."""
        if self.rule:
            starts_of(rule_in(self.rule, start=self.starts_at), self.starts_at, HOME)


def event_in(text: str) -> OutsideEvent:
    """Read one VEVENT. What cannot be kept is refused with a sentence, not bent."""
    try:
        component: Any = Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{text}\r\nEND:VCALENDAR").walk("VEVENT")[0]
        return _read(component)
    except UnusableRule as error:
        raise Unreadable(str(error)) from error
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError) as error:
        raise Unreadable(_("This event cannot be read: something in it is damaged.")) from error


def with_exceptions(events: Iterable[OutsideEvent]) -> list[OutsideEvent]:
    """Those that stand for one time of a series, with that series. One whose series is not in the file stands alone."""
    events = list(events)
    series = {event.uid: event for event in events if event.known_by is None}
    for event in events:
        if event.known_by is not None and event.uid in series:
            series[event.uid].exceptions.append(event)
    return [event for event in events if event.known_by is None or event.uid not in series]


def _read(component: Any) -> OutsideEvent:
    start, end = _times(component)
    texts = {"title": "SUMMARY", "location": "LOCATION", "note": "DESCRIPTION"}
    words = {name: str(component.get(key, "")).strip() for name, key in texts.items()}
    for name, limit in LIMITS.items():
        if len(words[name]) > limit:
            raise Unreadable(_("The text is longer than %(limit)s characters.") % {"limit": limit})
    if not words["title"]:
        raise Unreadable(_("Say what it is about."))
    if end <= start:
        raise Unreadable(_("The end lies before the beginning."))
    addresses = _addresses(component)
    if len(addresses) > MOST_PEOPLE:
        raise Unreadable(_("At most %(n)s people take part.") % {"n": MOST_PEOPLE})
    known_by = component.get("RECURRENCE-ID")
    return OutsideEvent(
        uid=str(component.get("UID", ""))[:255],
        title=" ".join(words["title"].split()),
        starts_at=start,
        ends_at=end,
        location=" ".join(words["location"].split()),
        note=words["note"],
        is_private=str(component.get("CLASS", "PUBLIC")).upper() in {"PRIVATE", "CONFIDENTIAL"},
        rule=_rule(component, start),
        gaps=[_moment(each.dt, None) for group in _list(component.get("EXDATE")) for each in group.dts],
        known_by=_moment(known_by.dt, known_by) if known_by is not None else None,
        addresses=addresses,
    )


def _times(component: Any) -> tuple[datetime, datetime]:
    begin = component["DTSTART"]
    start = _moment(begin.dt, begin)
    if (end := component.get("DTEND")) is not None:
        return start, _moment(end.dt, end, is_end=True)
    if (length := component.get("DURATION")) is not None:
        return start, start + length.dt
    return start, _moment(begin.dt, begin, is_end=True) if not isinstance(begin.dt, datetime) else start + timedelta(
        hours=1
    )


def _moment(value: date | datetime, prop: Any, *, is_end: bool = False) -> datetime:
    """In our zone. A whole day is its working hours; its end is the day that the format excludes."""
    if not isinstance(value, datetime):
        day = value - timedelta(days=1) if is_end and prop is not None else value
        return datetime.combine(day, WORKING_EVENING if is_end else WORKING_MORNING, HOME)
    if value.tzinfo is None:
        zone = prop.params.get("TZID") if prop is not None else None
        if zone:
            raise Unreadable(_("The time zone %(zone)s is not known.") % {"zone": str(zone)[:40]})
        return value.replace(tzinfo=HOME)
    return value.astimezone(HOME)


def _rule(component: Any, start: datetime) -> str:
    """By the days of our zone: what repeats in another one, where clocks change, is refused."""
    rules = _list(component.get("RRULE"))
    if not rules:
        return ""
    if len(rules) > 1 or "RDATE" in component:
        raise Unreadable(_("This rule of repetition cannot be read."))
    moment = component["DTSTART"].dt
    offsets = {start.utcoffset()}
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        offsets |= {(moment + timedelta(days=days)).utcoffset() for days in (0, 91, 182, 273)}
    if len(offsets) > 1 and str(getattr(moment, "tzinfo", "")) != "UTC":
        raise Unreadable(_("It repeats by the clock of another time zone. Export its times one by one."))
    return str(rule_in(rules[0].to_ical().decode(), start=start))


def _addresses(component: Any) -> list[str]:
    found = [str(each).strip().casefold().removeprefix("mailto:") for each in _list(component.get("ATTENDEE"))]
    return sorted(set(found))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
