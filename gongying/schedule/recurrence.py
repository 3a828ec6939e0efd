"""When something that repeats takes place: pure functions of a rule (RFC 5545), no database.

A rule is kept as text, in the one form that `str(Rule)` gives. Its end is a day, in the zone of the event; `for_files` says it as
other calendars want it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice, pairwise
from typing import Self
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

MOST_TIMES = 366
MOST_YEARS = 2
LONGEST_SERIES = timedelta(days=366 + 365)
LARGEST_INTERVAL = 99
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING_WEEK = WEEKDAYS[:5]


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class UnusableRule(ValueError):  # noqa: N818 - reads as what happened
    """A rule that cannot be kept, with the sentence that says why."""


@dataclass(frozen=True)
class Rule:
    """What repeats how often, and until when."""

    frequency: Frequency
    interval: int = 1
    days: tuple[str, ...] = ()  # MO, or 2TU: the second Tuesday; empty: the day of the first time
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None  # the last day, in the zone of the event

    def __str__(self) -> str:
        return ";".join(f"{name}={value}" for name, value in self._parts() if value)

    def _parts(self) -> Iterator[tuple[str, str]]:
        yield "FREQ", self.frequency
        yield "INTERVAL", str(self.interval) if self.interval > 1 else ""
        yield "BYMONTH", _list(self.months)
        yield "BYMONTHDAY", _list(self.month_days)
        yield "BYDAY", ",".join(self.days)
        yield "BYSETPOS", _list(self.positions)
        yield "COUNT", str(self.count) if self.count is not None else ""
        yield "UNTIL", f"{self.until:%Y%m%d}" if self.until is not None else ""

    @property
    def shape(self) -> tuple[object, ...]:
        """Two rules of one shape have times that answer to each other, the first to the first and so on."""
        return self.frequency, self.interval, len(self.days), len(self.month_days), self.months, self.positions

    def ending(self, day: date) -> Self:
        """The same, but not beyond this day."""
        return replace(self, count=None, until=day)

    def moved(self, days: int) -> Self:
        """As it follows a first time that was moved by so many days: the days of the week move along."""
        if not days or any(day not in WEEKDAYS for day in self.days):
            return self
        moved = {(WEEKDAYS.index(day) + days) % 7 for day in self.days}
        until = self.until and self.until + timedelta(days=days)
        return replace(self, days=tuple(WEEKDAYS[day] for day in sorted(moved)), until=until)

    def with_last_day(self, starts: Sequence[datetime], zone: ZoneInfo) -> Self:
        """The same times, ended by a day and not by a number: so it can be cut and moved."""
        return self if self.count is None else self.ending(starts[-1].astimezone(zone).date())

    def for_files(self, zone: ZoneInfo) -> str:
        """Beside a start that names its zone the end is an instant (RFC 5545, 3.3.10)."""
        if self.until is None:
            return str(self)
        last = datetime.combine(self.until, time(23, 59, 59), zone).astimezone(UTC)
        return f"{replace(self, until=None)};UNTIL={last:%Y%m%dT%H%M%SZ}"


def rule_in(text: str, *, start: datetime) -> Rule:
    """Read a rule; `start` is the first time, in the zone of the event. Raises `UnusableRule`."""
    parts = _split(text)
    known = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST"}
    if set(parts) - known or parts.get("WKST", "MO") != "MO" or parts.get("FREQ") not in Frequency.__members__:
        raise UnusableRule(_("Such a repetition cannot be kept here: it repeats daily, weekly, monthly or yearly."))
    return Rule(
        frequency=Frequency(parts["FREQ"]),
        interval=_number(parts.get("INTERVAL", "1"), LARGEST_INTERVAL),
        days=_days(parts.get("BYDAY", "")),
        month_days=_numbers(parts.get("BYMONTHDAY", ""), -31, 31),
        months=_numbers(parts.get("BYMONTH", ""), 1, 12),
        positions=_numbers(parts.get("BYSETPOS", ""), -366, 366),
        count=_number(parts["COUNT"], 10**6) if "COUNT" in parts else None,
        until=_last_day(parts["UNTIL"], start) if "UNTIL" in parts else None,
    )


@lru_cache(maxsize=512)
def starts_of(rule: Rule, first: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """All times, in UTC, at the same hour of the wall clock. Refuses a rule without end, with too many times or with none at all."""
    local = first.astimezone(zone).replace(tzinfo=None)
    horizon = local + LONGEST_SERIES
    if rule.count is None and rule.until is None:
        raise UnusableRule(_endless())
    if rule.until is not None and rule.until > horizon.date():
        raise UnusableRule(_endless())
    last = horizon if rule.until is None else datetime.combine(rule.until, time.max)
    # The end is given as a moment always, else a rule that never comes true would be looked for until the year 9999.
    endless = replace(rule, count=None, until=None)
    times = rrulestr(f"{endless};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=local)
    wanted = MOST_TIMES + 1 if rule.count is None else min(rule.count, MOST_TIMES + 1)
    found = list(islice(times, wanted))
    _check_times(found, local, rule)
    return tuple(each.replace(tzinfo=zone).astimezone(UTC) for each in found)


def check_lengths(starts: tuple[datetime, ...], length: timedelta) -> None:
    if any(earlier + length > later for earlier, later in pairwise(starts)):
        raise UnusableRule(_("It lasts so long that the next time would begin before it ends."))


def _check_times(found: list[datetime], local: datetime, rule: Rule) -> None:
    if not found:
        raise UnusableRule(_("There is no such day: it would never take place."))
    if found[0] != local:
        raise UnusableRule(_("The first time is not on a day of the repetition."))
    if len(found) > MOST_TIMES:
        raise UnusableRule(_("It repeats at most %(n)s times: end it earlier.") % {"n": MOST_TIMES})
    if rule.count is not None and len(found) < rule.count:
        raise UnusableRule(_endless())


def _endless() -> str:
    limits = {"years": MOST_YEARS, "n": MOST_TIMES}
    return _("Say when the repetition ends: after %(years)s years or %(n)s times at the latest.") % limits


def _split(text: str) -> dict[str, str]:
    pairs = [part.partition("=")[::2] for part in text.strip().upper().removeprefix("RRULE:").split(";") if part]
    if len(dict(pairs)) < len(pairs):
        raise UnusableRule(_("This rule of repetition cannot be read."))
    return dict(pairs)


def _numbers(text: str, least: int, most: int) -> tuple[int, ...]:
    if not re.fullmatch(r"([+-]?[0-9]{1,7}(,[+-]?[0-9]{1,7}){0,31})?", text):
        raise UnusableRule(_("This rule of repetition cannot be read."))
    numbers = tuple(int(each) for each in text.split(",") if each)
    if any(not least <= each <= most or (each == 0 and least <= 0) for each in numbers):
        raise UnusableRule(_("There is no such day: it would never take place."))
    return numbers


def _number(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text) or not 1 <= int(text) <= most:
        raise UnusableRule(_("This rule of repetition cannot be read."))
    return int(text)


def _days(text: str) -> tuple[str, ...]:
    days = tuple(day.removeprefix("+") for day in text.split(",") if day)
    if len(days) > len(WEEKDAYS) * 5 or any(not re.fullmatch(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", day) for day in days):
        raise UnusableRule(_("This rule of repetition cannot be read."))
    return tuple(sorted(set(days), key=lambda day: (WEEKDAYS.index(day[-2:]), day)))


def _last_day(text: str, start: datetime) -> date:
    """An end that is a moment counts up to the last time that may begin at it."""
    try:
        if len(text) == len("20261231"):
            return datetime.strptime(text, "%Y%m%d").replace(tzinfo=start.tzinfo).date()
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone follows
        moment = moment.replace(tzinfo=UTC if text.endswith("Z") else start.tzinfo).astimezone(start.tzinfo)
    except (ValueError, OverflowError) as error:
        raise UnusableRule(_("This rule of repetition cannot be read.")) from error
    return moment.date() if moment.time() >= start.time() else moment.date() - timedelta(days=1)


def _list(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))
