"""Read a calendar file (.ics, RFC 5545) into a sheet: a row for each event with its first and last day and its name."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.imports.complaints import Unreadable

# Importers list these among the words of their fields; the last day is made of the end, which the format excludes.
# Whoever knows more of calendars reads the whole event in the last column.
HEADER: Final = ("DTSTART", "LAST-DAY", "SUMMARY", "DESCRIPTION", "RRULE", "VEVENT")
RAW: Final = "VEVENT"
LONGEST_EVENT: Final = 60_000
FOLDED: Final = re.compile(r"\r?\n[ \t]")
DAY: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$")
ESCAPED: Final = re.compile(r"\\([\\;,nN])")
ONE_DAY: Final = timedelta(days=1)
MOST_EVENTS: Final = 20_000


def read_events(text: str) -> list[tuple[str | date, ...]]:
    """The header and a row for each event; raise `Unreadable` with a sentence for the user."""
    if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        raise Unreadable(_("This is not a calendar file, whatever its name says."))
    rows: list[tuple[str | date, ...]] = [HEADER]
    for event in _events(text):
        if len(rows) > MOST_EVENTS:
            raise Unreadable(_("The calendar has more than %(limit)s events.") % {"limit": MOST_EVENTS})
        rows.append(_row(event, number=len(rows)))
    if len(rows) == 1:
        raise Unreadable(_("There is no event in this calendar."))
    return rows


def _events(text: str) -> Iterator[dict[str, str]]:
    event: dict[str, str] | None = None
    lines: list[str] = []
    for line in FOLDED.sub("", text).splitlines():
        name, _colon, value = line.partition(":")
        key = name.partition(";")[0].upper()
        if (key, value.upper()) == ("BEGIN", "VEVENT"):
            event, lines = {}, []
        elif (key, value.upper()) == ("END", "VEVENT") and event is not None:
            yield {**event, RAW: "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])}
            event = None
        elif event is not None:
            event.setdefault(key, value)
            lines.append(line)
    if event is not None:
        raise Unreadable(_("The calendar is cut off: its last event has no end."))


def _row(event: dict[str, str], *, number: int) -> tuple[str | date, ...]:
    if len(event[RAW]) > LONGEST_EVENT:
        raise Unreadable(_("Event %(number)s is too long.") % {"number": number})
    first, _time = _day(event.get("DTSTART", ""), number)
    last = first
    if end := event.get("DTEND"):
        day, has_time = _day(end, number)
        # The end is no part of the event: an all-day event ends on the day after its last one.
        last = first if day <= first else day if has_time else day - ONE_DAY
    return (
        first,
        last,
        _text(event.get("SUMMARY", "")),
        _text(event.get("DESCRIPTION", "")),
        event.get("RRULE", ""),
        event[RAW],
    )


def _day(text: str, number: int) -> tuple[date, bool]:
    """The day in local time, and whether its end lies behind midnight."""
    match = DAY.match(text.strip())
    local = _local(match) if match else None
    if local is None:
        sentence = _("Event %(number)s has no day that can be read: %(text)s.")
        raise Unreadable(sentence % {"number": number, "text": text[:40]})
    return local.date(), (local.hour, local.minute, local.second) != (0, 0, 0)


def _local(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return timezone.localtime(at) if match[7] else at
    except (ValueError, OverflowError):
        return None


def _text(value: str) -> str:
    return ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value).strip()
