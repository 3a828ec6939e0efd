"""What people have planned in a week and in a month: for the pages that show many days at once."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from gongying.accounts.models import User
from gongying.estates.models import Project
from gongying.organization.models import StaffMember
from gongying.schedule.calendars import calendar_of, midnight
from gongying.schedule.plans import Day, Entry, days_of, entries_of, people_of

ONE_DAY = timedelta(days=1)
WEEK = 7
MOST_SHOWN = 4

# Whoever may see the board sees that somebody is busy: a count tells no more. Days are told by their place among the
# midnights (the first is 1): to ask the calendar twice of each event costs more than all the rest.
COUNTS = """
    WITH clash AS (
        SELECT staff_id, event_id FROM schedule_scheduleconflict WHERE staff_id = ANY(%(staff)s)
        UNION SELECT staff_id, other_id FROM schedule_scheduleconflict WHERE staff_id = ANY(%(staff)s)
    ), taken AS MATERIALIZED (
        SELECT attendee.staff_id, count(*) AS number, count(clash.event_id) AS clashing,
            width_bucket(lower(event.during), %(midnights)s) AS first,
            width_bucket(upper(event.during) - interval '1 microsecond', %(midnights)s) AS last
        FROM schedule_attendee attendee
        JOIN schedule_calendarevent event ON event.id = attendee.event_id
        LEFT JOIN clash ON clash.staff_id = attendee.staff_id AND clash.event_id = event.id
        WHERE event.state = 'planned' AND attendee.answer <> 'declined' AND attendee.staff_id = ANY(%(staff)s)
            AND event.during && tstzrange(%(start)s, %(end)s)
        GROUP BY attendee.staff_id, first, last
    )
    SELECT staff_id, day, sum(number)::int, sum(clashing) > 0
    FROM taken CROSS JOIN LATERAL generate_series(greatest(first, 1), least(last, %(days)s)) AS day
    GROUP BY staff_id, day
"""


@dataclass(frozen=True)
class Cell:
    """A day of somebody."""

    date: date
    entries: list[Entry]

    @property
    def shown(self) -> list[Entry]:
        return self.entries[:MOST_SHOWN]

    @property
    def hidden(self) -> int:
        return max(len(self.entries) - MOST_SHOWN, 0)


@dataclass(frozen=True)
class WeekRow:
    staff: StaffMember
    is_reader: bool
    cells: list[Cell]


@dataclass(frozen=True)
class MonthRow:
    staff: StaffMember
    is_reader: bool
    counts: list[int]  # of each day
    clashing: list[int]  # places of the days with a clash

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def drawn(self) -> dict[str, list[int]]:
        return {"counts": self.counts, "clashing": self.clashing}


@dataclass(frozen=True)
class HeadDay:
    date: date
    is_free: bool
    is_today: bool


def heads(project: Project | None, first: date, days: int) -> list[HeadDay]:
    calendar = calendar_of(project, on=first)
    today = timezone.localdate()
    return [HeadDay(day, not calendar.is_working_day(day), day == today) for day in _days(first, days)]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> tuple[date, int]:
    """Its first day, and how many it has."""
    return day.replace(day=1), monthrange(day.year, day.month)[1]


def week_rows(project: Project, monday: date, *, user: User) -> list[WeekRow]:
    people = people_of(project, monday, user=user)
    start, end = midnight(monday), midnight(monday + WEEK * ONE_DAY)
    entries: dict[tuple[int, date], list[Entry]] = defaultdict(list)
    for entry in entries_of([staff.pk for staff in people], start, end, user=user):
        if not entry.is_declined:
            for day in _days_of(entry, monday):
                entries[entry.staff_id, day].append(entry)
    days = _days(monday, WEEK)
    return [
        WeekRow(staff, staff.user_id == user.pk, [Cell(day, entries[staff.pk, day]) for day in days])
        for staff in people
    ]


def month_rows(project: Project, first: date, days: int, *, user: User) -> list[MonthRow]:
    """How much everybody has on each day, however many events in one statement."""
    people = people_of(project, first, user=user)
    counts = {staff.pk: [0] * days for staff in people}
    clashing: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        midnights = [midnight(day) for day in _days(first, days + 1)]
        asked: dict[str, Any] = {
            "start": midnights[0],
            "end": midnights[-1],
            "midnights": midnights,
            "days": days,
            "staff": list(counts),
        }
        cursor.execute(COUNTS, asked)
        for staff_id, day, number, is_clashing in cursor.fetchall():
            counts[staff_id][day - 1] = number
            if is_clashing:
                clashing[staff_id].append(day - 1)
    return [MonthRow(staff, staff.user_id == user.pk, counts[staff.pk], clashing[staff.pk]) for staff in people]


def own_weeks(user: User, day: date) -> list[list[Day]]:
    """The month of the day on whole weeks, as on a wall calendar."""
    first, days = month_of(day)
    monday = monday_of(first)
    weeks = -(-((first - monday).days + days) // WEEK)
    shown = days_of(user, monday, weeks * WEEK)
    return [shown[week * WEEK : (week + 1) * WEEK] for week in range(weeks)]


def _days(first: date, days: int) -> list[date]:
    return [first + number * ONE_DAY for number in range(days)]


def _days_of(entry: Entry, monday: date) -> list[date]:
    first = timezone.localtime(entry.starts_at).date()
    last = timezone.localtime(entry.ends_at - timedelta(microseconds=1)).date()
    return [day for day in _days(monday, WEEK) if first <= day <= last]
