"""What the reader has to do that day and for which no time is kept: beside the day of her team."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from gongying.organization.models import StaffMember
from gongying.schedule.calendars import midnight
from gongying.schedule.models import Task
from gongying.schedule.operations import USUAL_TIME, free_from, next_quarter

MOST = 30
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayTasks:
    tasks: list[Task]
    has_more: bool
    free_from: datetime | None  # when she has half an hour that day

    @property
    def minutes(self) -> int:
        return USUAL_TIME // timedelta(minutes=1)


def tasks_beside(day: date, *, of: StaffMember | None) -> DayTasks | None:
    """Due that day or before. A day that is over takes nothing any more."""
    if of is None or day < timezone.localdate():
        return None
    due = Task.objects.of_assignee(of.user).unplanned().filter(due_at__lt=midnight(day + ONE_DAY))
    tasks = list(due.for_list(of.user).order_by("due_at", "priority", "pk")[: MOST + 1])
    return DayTasks(tasks[:MOST], len(tasks) > MOST, _next_free(of, day) if tasks else None)


def _next_free(staff: StaffMember, day: date) -> datetime | None:
    start = max(midnight(day), next_quarter(timezone.localtime()))
    found = free_from([staff], (), start, start + USUAL_TIME)
    return found if found and timezone.localtime(found).date() == day else None
