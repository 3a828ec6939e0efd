"""The roster of a week as the page and the paper show it: a row for each post, a column for each day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from gongying.estates.models import Project
from gongying.schedule.calendars import calendar_of
from gongying.schedule.models import DutyPost, DutyShift, OnDuty
from gongying.schedule.models.duty import present
from gongying.schedule.operations.duty import week_of

DAYS = 7


@dataclass(frozen=True)
class Day:
    date: date
    is_free: bool
    is_today: bool


@dataclass(frozen=True)
class Entry:
    """A shift in its cell, with who is there when it begins."""

    duty: OnDuty
    is_now: bool

    @property
    def is_unfilled(self) -> bool:
        return self.duty.staff is None


@dataclass(frozen=True)
class Row:
    post: DutyPost
    cells: list[tuple[Day, list[Entry]]]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_of(monday: date, project: Project) -> list[Day]:
    calendar, today = calendar_of(project, on=monday), timezone.localdate()
    days = (monday + timedelta(days=each) for each in range(DAYS))
    return [Day(day, not calendar.is_working_day(day), day == today) for day in days]


def rows_of(project: Project, monday: date, *, now: datetime) -> list[Row]:
    """A shift stands on the day on which it begins."""
    start, end = week_of(monday)
    shifts = DutyShift.objects.filter(
        post__project=project, during__startswith__gte=start, during__startswith__lt=end
    ).select_related("post", "staff__user", "staff__department")
    cells: dict[tuple[int, date], list[Entry]] = defaultdict(list)
    for duty in present(list(shifts.order_by("during", "pk"))):
        shift = duty.shift
        on = timezone.localtime(shift.starts_at).date()
        cells[shift.post_id, on].append(Entry(duty, shift.starts_at <= now < shift.ends_at))
    days = days_of(monday, project)
    posts = DutyPost.objects.filter(project=project).select_related("department")
    return [Row(post, [(day, cells[post.pk, day.date]) for day in days]) for post in posts]
