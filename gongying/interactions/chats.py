"""Lines of a chat as they are pasted: who said what, when. WeChat on a desk and on a phone copy them in different shapes.

Zhou 2-1-301 2026-11-21 20:31      a line with name and moment, the text below it
20:31 Zhou: text                   the moment first
Zhou: text                         no moment at all: taken as said now, or when the line before it was
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

WORDS: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "chat_words.json").read_text(encoding="utf-8")
)
MOST_LINES: Final = 200
LONGEST_NAME: Final = 60
NOON: Final = 12

_ANY_DAY = "|".join(map(re.escape, [*WORDS["days_ago"], *WORDS["weekdays"]]))
_PART = "|".join(map(re.escape, [*WORDS["before_noon"], *WORDS["after_noon"]]))
# Years, months and days stand with strokes, dots or their own signs.
_DAY = rf"(?:(?P<word>{_ANY_DAY})|(?:(?P<year>\d{{4}})[-/.\u5e74]\s?)?(?P<month>\d{{1,2}})[-/.\u6708]\s?(?P<day>\d{{1,2}})\u65e5?)"
_TIME = rf"(?P<part>{_PART})?\s*(?P<hour>\d{{1,2}})[:\uff1a](?P<minute>\d{{2}})(?:[:\uff1a](?P<second>\d{{2}}))?\s*(?P<part2>AM|PM)?"
_MOMENT = rf"(?:{_DAY}[\s,]*)?{_TIME}"
_NAME = rf"(?P<name>\S.{{0,{LONGEST_NAME - 1}}}?)"
DAY_LINE: Final = re.compile(rf"^[\s\-\u2014\u2500=]*{_DAY}(?:[\s,]*{_TIME})?[\s\-\u2014\u2500=]*$")
NAME_FIRST: Final = re.compile(rf"^{_NAME}[\s\uff1a:(\[\uff08]+{_MOMENT}[)\]\uff09]?\s*[:\uff1a]?$")
MOMENT_FIRST: Final = re.compile(
    rf"^[(\[\uff08]?{_MOMENT}[)\]\uff09]?[\s,]+(?P<name>[^:\uff1a]{{1,{LONGEST_NAME}}})[:\uff1a](?!\d)\s*(?P<text>.*)$"
)
NAME_ONLY: Final = re.compile(r"^(?P<name>[^\s:\uff1a][^:\uff1a]{0,30})[:\uff1a](?!\d)\s*(?P<text>.*)$")


@dataclass(frozen=True)
class ChatLine:
    name: str
    text: str
    said_at: datetime


def read_chat(pasted: str, *, now: datetime) -> list[ChatLine]:
    """The messages in their order; what has no name and no moment belongs to the message above it."""
    rows = [row.strip() for row in pasted.replace("\r", "\n").split("\n")]
    heads = (NAME_FIRST, MOMENT_FIRST) if any(_head(row, (NAME_FIRST, MOMENT_FIRST)) for row in rows) else (NAME_ONLY,)
    return [line for line in _messages(filter(None, rows), heads, timezone.localtime(now)) if line.text]


def _messages(rows: Iterator[str], heads: tuple[re.Pattern[str], ...], now: datetime) -> Iterator[ChatLine]:
    day: date | None = None
    current: ChatLine | None = None
    last = now
    for row in rows:
        if found := DAY_LINE.match(row):
            day = _day_of(found, now) or day
            continue
        head = _head(row, heads)
        if head is None:
            text = f"{current.text}\n{row}".strip() if current else row
            current = replace(current, text=text) if current else ChatLine("", text, last)
            continue
        if current is not None:
            yield current
        last = _moment_of(head, day, last, now)
        current = ChatLine(head["name"].strip(), (head.groupdict().get("text") or "").strip(), last)
    if current is not None:
        yield current


def _head(row: str, heads: tuple[re.Pattern[str], ...]) -> re.Match[str] | None:
    found = (head.match(row) for head in heads)
    return next((match for match in found if match and (_time_of(match) or "hour" not in match.groupdict())), None)


def _moment_of(head: re.Match[str], day: date | None, last: datetime, now: datetime) -> datetime:
    at = _time_of(head)
    if at is None:
        return last
    own = _day_of(head, now)
    moment = timezone.make_aware(datetime.combine(own or day or now.date(), at))
    # A time without a day, later than now, was yesterday's.
    return moment if moment <= now else min(moment - timedelta(days=1), now)


def _time_of(found: re.Match[str]) -> time | None:
    parts = found.groupdict()
    if not parts.get("hour"):
        return None
    hour, minute, second = int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0)
    part = parts["part"] or parts["part2"]
    if part in WORDS["after_noon"] and hour < NOON:
        hour += NOON
    elif part in WORDS["before_noon"] and hour == NOON:
        hour = 0
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _day_of(found: re.Match[str], now: datetime) -> date | None:
    parts, today = found.groupdict(), now.date()
    if word := parts["word"]:
        if word in WORDS["days_ago"]:
            return today - timedelta(days=WORDS["days_ago"][word])
        return today - timedelta(days=(today.weekday() - WORDS["weekdays"][word]) % 7)
    if not parts["month"]:
        return None
    month, day = int(parts["month"]), int(parts["day"])
    try:
        said = date(int(parts["year"] or today.year), month, day)
        # Without a year it was the last such day, not the next.
        return said if parts["year"] or said <= today else said.replace(year=today.year - 1)
    except ValueError:
        return None
