"""A task typed in one line, as people say it: what is understood of it is taken out and shown, the rest is the task.

Nothing is guessed: a day that does not exist, a unit of which there are several stay in the words as they are. An hour
from one to six without a part of the day is one of the afternoon; what has passed today is meant for tomorrow.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from gongying.accounts.models import User
from gongying.estates.models import Unit
from gongying.schedule.enums import TaskPriority
from gongying.schedule.models.tasks import LONGEST_TITLE

WORDS: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "task_words.json").read_text(encoding="utf-8")
)
# What is not understood is all of it the title.
LONGEST_LINE = LONGEST_TITLE
REMIND_AHEAD = timedelta(minutes=10)
OFFICE_AFTERNOON = range(1, 7)
NOON, EVENING, HOURS, WEEK, DECEMBER = 12, 18, 24, 7, 12


@dataclass(frozen=True)
class Understood:
    """What `create_task` is to be told."""

    title: str
    due_at: datetime | None = None
    is_whole_day: bool = False
    priority: TaskPriority = TaskPriority.NORMAL
    unit: Unit | None = None
    remind_at: datetime | None = None

    def facts(self) -> dict[str, Any]:
        return dict(vars(self))


def _pattern(name: str) -> re.Pattern[str]:
    number = r"\d{1,3}|" + "|".join(sorted(WORDS["numerals"], key=len, reverse=True))
    return re.compile(str(WORDS[name]).replace("NUMBER", number))


def _any_of(name: str) -> str:
    return "|".join(re.escape(word) for word in sorted(WORDS[name], key=len, reverse=True))


# In one character a day is a word only before a part of it.
_DAYS = re.compile(rf"(?P<near>{_any_of('days')}|(?:{_any_of('short_days')})(?={_any_of('short_parts')}))")
_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?![-\d])")
_WEEK, _AFTER, _MONTH_DAY, _DAY = (_pattern(name) for name in ("week", "after_days", "month_day", "day_of_month"))
_PARTS = re.compile(_any_of("parts"))
_CLOCK, _COLON, _REMIND = (_pattern(name) for name in ("clock", "colon", "remind"))
_UNIT = re.compile(r"(?<![\w-])[0-9A-Za-z]{1,4}(?:-[0-9A-Za-z]{1,5}){1,3}(?![\w-])", re.ASCII)


def understand(line: str, *, user: User, now: datetime | None = None) -> Understood:
    """The line of somebody, read at this moment."""
    reader = _Reader(line[:LONGEST_LINE], timezone.localtime(now))
    priority = reader.take_priority()
    ahead = reader.take_ahead()
    day, part, clock = reader.take_day(), reader.take_part(), reader.take_clock()
    due_at, is_whole_day = reader.moment(day, part, clock)
    unit = unit_in(line, user=user)
    title = re.sub(r"\s+", " ", reader.rest).strip(WORDS["edges"]) or line.strip()
    remind_at = None
    if due_at is not None and (ahead is not None or not is_whole_day):
        wanted = due_at - (REMIND_AHEAD if ahead is None else ahead)
        remind_at = wanted if wanted > reader.now else None
    return Understood(title, due_at, is_whole_day, priority, unit, remind_at)


def unit_in(line: str, *, user: User) -> Unit | None:
    """The one unit that the words name: 2-1-301, or 2-301 where no other entrance of the building has a 301."""
    for found in _UNIT.finditer(line):
        code = found.group().upper()
        parts = code.split("-")
        rows = Unit.objects.visible_to(user).select_related("project")
        exact = list(rows.filter(code=code)[:2])
        if not exact and len(parts) == 2:  # noqa: PLR2004 building and door
            exact = list(rows.filter(building__number__iexact=parts[0], unit_no__iexact=parts[1])[:2])
        if len(exact) == 1:
            unit: Unit = exact[0]
            return unit
    return None


class _Reader:
    """Takes out of the line what it understands."""

    def __init__(self, line: str, now: datetime) -> None:
        self.rest, self.now, self.is_short_day = line, now, False

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.search(self.rest)
        if found is not None:
            self.rest = f"{self.rest[: found.start()]} {self.rest[found.end() :]}"
        return found

    def take_priority(self) -> TaskPriority:
        """Only as the first or the last word: elsewhere it belongs to what is to be done."""
        for name, priority in (("high", TaskPriority.HIGH), ("low", TaskPriority.LOW)):
            marks = _any_of(name)
            if self._take(re.compile(rf"^\s*(?:{marks})(?=\s)|(?:{marks})\s*$")):
                return priority
        return TaskPriority.NORMAL

    def take_ahead(self) -> timedelta | None:
        found = self._take(_REMIND)
        return timedelta(minutes=number_of(found["ahead"]) * WORDS["remind_units"][found["unit"]]) if found else None

    def take_day(self) -> date | None:
        for pattern, read in (
            (_ISO, self._full),
            (_MONTH_DAY, self._full),
            (_WEEK, self._weekday),
            (_AFTER, lambda found: self.today + timedelta(days=number_of(found["after"]))),
            (_DAYS, lambda found: self.today + timedelta(days={**WORDS["days"], **WORDS["short_days"]}[found["near"]])),
            (_DAY, self._only_day),
        ):
            found = pattern.search(self.rest)
            day = read(found) if found else None
            if found and day is not None:
                self._take(pattern)
                self.is_short_day = found.group() in WORDS["short_days"]
                return day
        return None

    def take_part(self) -> dict[str, int] | None:
        found = self._take(_PARTS) if self._has_part() else None
        return WORDS["parts"][found.group()] if found else None

    def _has_part(self) -> bool:
        """A single character counts only between a day in one and an hour, so that words keep theirs."""
        found = _PARTS.search(self.rest)
        if found is None or found.group() not in WORDS["short_parts"]:
            return found is not None
        return self.is_short_day or bool(_CLOCK.match(self.rest, found.end()))

    def take_clock(self) -> time | None:
        for pattern in (_COLON, _CLOCK):
            found = pattern.search(self.rest)
            clock = _clock_of(found.groupdict()) if found else None
            if clock is not None:
                self._take(pattern)
                return clock
        return None

    def moment(self, day: date | None, part: dict[str, int] | None, clock: time | None) -> tuple[datetime | None, bool]:
        if clock is None and part is None:
            return (self._at(day, time(23, 59)), True) if day else (None, False)
        minutes = 60 * _hour_of(clock, part) + (clock.minute if clock else 0)
        due_at = self._at(day or self.today, time()) + timedelta(minutes=minutes)
        return (due_at + timedelta(days=1) if day is None and due_at <= self.now else due_at), False

    @property
    def today(self) -> date:
        return self.now.date()

    def _at(self, day: date, clock: time) -> datetime:
        return timezone.make_aware(datetime.combine(day, clock))

    def _full(self, found: re.Match[str]) -> date | None:
        """Without a year: the next day that is called so."""
        year, month, day = found["year"], int(found["month"]), int(found["day"])
        this = _day_or_none(int(year or self.today.year), month, day)
        if year is None and this is not None and this < self.today:
            return _day_or_none(self.today.year + 1, month, day)
        return this

    def _weekday(self, found: re.Match[str]) -> date:
        """Named alone, the next one; of this week, though it has passed."""
        monday = self.today - timedelta(days=self.today.weekday())
        day = monday + timedelta(days=WORDS["weekdays"][found["weekday"]])
        week = found["week"] or ""
        if week.startswith(WORDS["next_week"]) or (not week and day < self.today):
            return day + timedelta(days=WEEK)
        return day

    def _only_day(self, found: re.Match[str]) -> date | None:
        day, month = int(found["only_day"]), self.today.month
        this = _day_or_none(self.today.year, month, day)
        if this is None or this >= self.today:
            return this
        year = self.today.year + (month == DECEMBER)
        return _day_or_none(year, month % DECEMBER + 1, day)


def _hour_of(clock: time | None, part: dict[str, int] | None) -> int:
    if clock is None:
        return part["usual"] if part else 0
    if part is None:
        return clock.hour + (NOON if clock.hour in OFFICE_AFTERNOON else 0)
    if clock.hour < part["below"]:
        return clock.hour + part["shift"]
    return HOURS if clock.hour == NOON and part["usual"] > EVENING else clock.hour


def number_of(text: str) -> int:
    """In digits, or as people write small numbers."""
    return int(text) if text.isdecimal() else int(WORDS["numerals"][text])


def _clock_of(found: dict[str, str | None]) -> time | None:
    hour = number_of(found["hour"] or "0")
    minute = number_of(found.get("minute") or "0")
    if found.get("half"):
        minute = 30
    elif found.get("quarter"):
        minute = 15 * number_of(found["quarter"] or "1")
    return time(hour, minute) if hour < HOURS and minute < 60 else None  # noqa: PLR2004 minutes of an hour


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
