"""A time in the calendar for what somebody has to do."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.organization.models import StaffMember
from gongying.schedule.enums import EventKind
from gongying.schedule.models import CalendarEvent, Task
from gongying.schedule.operations.calendar_events import cancel_event, plan_event
from gongying.schedule.operations.event_plans import Plan
from gongying.schedule.operations.tasks import locked_task, pass_on_task

USUAL_TIME = timedelta(minutes=30)


def plan_for(task: Task, people: Sequence[StaffMember], *, starts_at: datetime, ends_at: datetime) -> Plan:
    """A time for `task`, linked as it is."""
    return Plan(
        task.title,
        starts_at,
        ends_at,
        people,
        kind=EventKind.APPOINTMENT if task.customer_id or task.unit_id else EventKind.ACTIVITY,
        note=task.note,
        is_private=task.is_private,
        customer=task.customer,
        unit=task.unit,
        about=task.about_key,
        task=task,
    )


@transaction.atomic
def plan_task(task: Task, plan: Plan, *, by: User, despite_clashes: bool = False) -> CalendarEvent:
    """Keep the time of `plan` for it. Where who does it does not take part, the first who does takes it over."""
    task = locked_task(task)
    present = task.planned_time
    if present is not None:
        when = f"{timezone.localtime(present.starts_at):%Y-%m-%d %H:%M}"
        raise Refused(_("A time is kept for this task already: %(time)s.") % {"time": when})
    if plan.people and all(staff.user_id != task.assignee_id for staff in plan.people):
        task = pass_on_task(task, to=plan.people[0].user, by=by)
    return plan_event(plan, by=by, despite_clashes=despite_clashes)


@transaction.atomic
def take_back_time(event: CalendarEvent, *, by: User, to: User | None = None, seen: int | None = None) -> CalendarEvent:
    """No time is kept for the task after all; it goes back to who had it before (`to`)."""
    # The task first, as who finishes it does: two who do both at once must not wait for each other.
    if event.task_id is not None:
        Task.objects.select_for_update(no_key=True).filter(pk=event.task_id).first()
    event = cancel_event(event, by=by, seen=seen)
    task = event.task
    if task is not None and to is not None and task.assignee_id != to.pk:
        pass_on_task(task, to=to, by=by)
    return event
