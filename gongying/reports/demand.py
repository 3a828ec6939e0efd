"""When the work comes, and who is there then: a week by hours (R-223)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from gongying.schedule.models import DutyShift

# More new matters an hour for each one on duty is a shortage.
MOST_PER_PERSON = 2.0
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Cell:
    """An hour of the week: new requests on average, people on duty on average (None: no roster was written)."""

    requests: float
    people: float | None

    @property
    def is_short(self) -> bool:
        return self.people is not None and self.requests > self.people * MOST_PER_PERSON

    @property
    def shade(self) -> int:
        """0 to 5, for the colour."""
        return min(5, round(self.requests * 2))


def demand_of(requests: QuerySet[Any], *, shifts: QuerySet[DutyShift], since: date, until: date) -> list[list[Cell]]:
    """Seven weekdays (Monday first) of 24 hours each."""
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    weekdays = [sum(day.weekday() == weekday for day in days) for weekday in range(7)]
    counted = _requests(requests)
    people = _people(shifts, since=since, until=until)
    return [
        [
            Cell(
                counted.get((weekday, hour), 0) / (weekdays[weekday] or 1),
                None if people is None else people.get((weekday, hour), 0) / (weekdays[weekday] or 1),
            )
            for hour in range(24)
        ]
        for weekday in range(7)
    ]


def _requests(requests: QuerySet[Any]) -> dict[tuple[int, int], int]:
    """When they happened, not when they were typed."""
    rows = requests.order_by().annotate(weekday=ExtractIsoWeekDay("occurred_at"), hour=ExtractHour("occurred_at"))
    groups = rows.values("weekday", "hour").annotate(number=Count("pk"))
    return {(group["weekday"] - 1, group["hour"]): group["number"] for group in groups}


def _people(shifts: QuerySet[DutyShift], *, since: date, until: date) -> dict[tuple[int, int], int] | None:
    start, end = _midnight(since), _midnight(until + timedelta(days=1))
    rows = list(shifts.between(start, end).values_list("during", flat=True))  # type: ignore[attr-defined]
    if not rows:
        return None
    people: dict[tuple[int, int], int] = {}
    for during in rows:
        hour = timezone.localtime(max(during.lower, start)).replace(minute=0, second=0, microsecond=0)
        while hour < min(during.upper, end):
            key = (hour.weekday(), hour.hour)
            people[key] = people.get(key, 0) + 1
            hour += HOUR
    return people


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
