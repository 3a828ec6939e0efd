"""What somebody has to do: entered, given to a colleague, moved in the list, done, and taken back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.events.models import Event, subject_key
from gongying.events.operations import push_on_commit, record_event
from gongying.notifications.operations import notify
from gongying.schedule.enums import TaskPriority
from gongying.schedule.models import Attendee, CalendarEvent, Task
from gongying.schedule.operations.calendar_events import cancel_event
from gongying.schedule.operations.reminders import set_reminder

CHANGEABLE = (
    "title",
    "note",
    "priority",
    "due_at",
    "is_whole_day",
    "is_private",
    "assignee",
    "customer",
    "unit",
)


def end_of_day(moment: datetime) -> datetime:
    """By when a task for the whole day is due."""
    return timezone.localtime(moment).replace(hour=23, minute=59, second=0, microsecond=0)


@transaction.atomic
def create_task(
    *, by: User, title: str, about: models.Model | None = None, remind_at: datetime | None = None, **facts: Any
) -> Task:
    """Put a task on the list of `assignee` (default: who enters it): an important one on top, others at the end."""
    task = Task(created_by=by, assignee=by)
    if about is not None:
        task.about_key = subject_key(about)
    _write(task, {"title": title, **facts})
    task.position = _place_for(task)
    task.save()
    if remind_at is not None:
        set_reminder(task, at=remind_at, by=by)
    _tell("task.created", task, by=by, to=[task.assignee])
    return task


@transaction.atomic
def change_task(
    task: Task, *, by: User, seen: int | None = None, remind_at: datetime | None = None, **changes: Any
) -> Task:
    """What is named is changed; `remind_at` is as it is to be (None: no reminder). A new assignee is told."""
    task = locked_task(task, seen=seen)
    before, was_high = task.assignee, task.is_high
    links_before = (task.customer, task.unit)
    _write(task, changes)
    if task.assignee_id != before.pk:
        _free_times(task, before, by=by)
    if task.assignee_id != before.pk or (task.is_high and not was_high):
        task.position = _place_for(task)
    task.version += 1
    task.save()
    set_reminder(task, at=remind_at, by=by)
    to = [task.assignee, before, task.created_by] if task.assignee_id != before.pk else [task.assignee]
    _tell("task.changed", task, by=by, to=to, links=(*links_before, task.customer, task.unit))
    return task


@transaction.atomic
def pass_on_task(task: Task, *, to: User, by: User, note: str = "") -> Task:
    """Somebody else does it; what, and by when, stays."""
    task = locked_task(task)
    if task.assignee_id == to.pk:
        raise Refused(_("%(name)s is in charge already.") % {"name": to})
    before = task.assignee
    _write(task, {"assignee": to})
    _free_times(task, before, by=by)
    task.position = _place_for(task)
    task.version += 1
    task.save()
    _tell("task.passed_on", task, by=by, to=[to], before=str(before), to_name=str(to), note=note.strip())
    return task


@transaction.atomic
def move_task(task: Task, *, before: Task | None, by: User) -> Task:
    """To the place before another one of the same list, or to its end. Its own order is nobody's business: no entry."""
    rows = list(
        Task.objects.select_for_update(of=["self"], no_key=True)
        .filter(assignee=task.assignee_id)
        .open()
        .order_by("position", "pk")
    )
    moved = next((row for row in rows if row.pk == task.pk), None)
    if moved is None:
        raise Refused(_("This task is done. Take that back first."))
    rows.remove(moved)
    at = next((index for index, row in enumerate(rows) if before is not None and row.pk == before.pk), len(rows))
    rows.insert(at, moved)
    out_of_place = [row for index, row in enumerate(rows) if row.position != index]
    for index, row in enumerate(rows):
        row.position = index
    Task.objects.bulk_update(out_of_place, ["position"])
    push_on_commit([tasks_key(task.assignee_id)])
    return moved


@transaction.atomic
def finish_task(task: Task, *, by: User) -> Task:
    """It is done; who had wanted it is told."""
    task = _locked(task)
    if task.is_done:
        raise Refused(_("This task is done already."))
    task.done_by, task.done_at = by, timezone.now()
    task.version += 1
    task.save(update_fields=["done_by", "done_at", "version"])
    _free_times(task, task.assignee, by=by)
    _tell("task.done", task, by=by, to=[task.created_by, task.assignee])
    return task


@transaction.atomic
def reopen_task(task: Task, *, by: User) -> Task:
    """It was not done after all."""
    task = _locked(task)
    if not task.is_done:
        raise Refused(_("This task is not done yet."))
    task.done_by = task.done_at = None
    task.version += 1
    task.save(update_fields=["done_by", "done_at", "version"])
    _tell("task.reopened", task, by=by, to=[task.created_by, task.assignee])
    return task


@transaction.atomic
def delete_task(task: Task, *, by: User, seen: int | None = None) -> None:
    """Only who entered it takes it away; who was to do it is told."""
    task = _locked(task, seen=seen)
    if task.created_by_id != by.pk:
        raise Refused(_("Only %(name)s, who entered this task, deletes it.") % {"name": task.created_by})
    _free_times(task, task.assignee, by=by)
    event = _record("task.deleted", task, by=by, links=())
    notify(event, to=[task.assignee])
    push_on_commit([tasks_key(task.assignee_id), tasks_key(task.created_by_id)])
    task.delete()


def tasks_key(user_id: int) -> str:
    """What a page with somebody's tasks listens to."""
    return f"tasks-{user_id}"


def locked_task(task: Task, *, seen: int | None = None) -> Task:
    """To be changed, which what is done is not."""
    task = _locked(task, seen=seen)
    if task.is_done:
        raise Refused(_("This task is done. Take that back first."))
    return task


def _free_times(task: Task, person: User, *, by: User) -> None:
    """What this person alone had kept free for it, and has not begun, is free again."""
    times = CalendarEvent.objects.planned().filter(task=task, during__startswith__gt=timezone.now())
    with_others = Attendee.objects.filter(event=models.OuterRef("pk")).exclude(staff__user=person)
    for event in times.filter(~models.Exists(with_others)):
        cancel_event(event, by=by)


def _locked(task: Task, *, seen: int | None = None) -> Task:
    rows = Task.objects.select_for_update(of=["self"], no_key=True).select_related(
        "assignee", "created_by", "customer", "unit"
    )
    found = rows.filter(pk=task.pk).first()
    if found is None:
        raise Refused(_("Somebody else has deleted this meanwhile."))
    found.check_version(seen=seen)
    return found


def _write(task: Task, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        if name not in CHANGEABLE:
            raise TypeError(f"a task has no {name!r} that could be changed")
        setattr(task, name, value.strip() if isinstance(value, str) else value)
    task.assignee = task.assignee or task.created_by
    if not task.title:
        raise Refused(_("Say what is to be done."))
    if task.due_at is None:
        task.is_whole_day = False
    elif task.is_whole_day:
        task.due_at = end_of_day(task.due_at)
    _check_assignee(task)


def _check_assignee(task: Task) -> None:
    """Who is to do it sees what it is about, so it must be hers to see."""
    person = task.assignee
    if task.is_private and person != task.created_by:
        raise Refused(_("A private task is one's own: it cannot be given to somebody else."))
    if not person.is_active:
        raise Refused(_("%(name)s no longer works here.") % {"name": person})
    if task.customer and not Party.objects.visible_to(person).filter(pk=task.customer.pk).exists():
        raise Refused(_("%(name)s may not see the file of this customer, and cannot do this.") % {"name": person})
    if task.unit and not Unit.objects.visible_to(person).filter(pk=task.unit.pk).exists():
        raise Refused(_("%(name)s does not serve this unit, and cannot do this.") % {"name": person})
    if task.about_key and task.about(person) is None:
        raise Refused(_("%(name)s may not see what this is about, and cannot do this.") % {"name": person})


def _place_for(task: Task) -> int:
    rows = Task.objects.of_assignee(task.assignee).open().exclude(pk=task.pk)
    ends = rows.aggregate(first=models.Min("position"), last=models.Max("position"))
    if task.priority == TaskPriority.HIGH:
        return (ends["first"] or 0) - 1
    return (ends["last"] or 0) + 1


def _tell(
    verb: str,
    task: Task,
    *,
    by: User,
    to: Iterable[User],
    links: Iterable[models.Model | None] | None = None,
    **more: Any,
) -> None:
    linked = (task.customer, task.unit) if links is None else links
    told = _record(verb, task, by=by, links=(*linked, task.on_timeline_of()), **more)
    notify(told, to=to, about=task)
    push_on_commit([tasks_key(task.assignee_id), tasks_key(task.created_by_id)])


def _record(verb: str, task: Task, *, by: User, links: Iterable[models.Model | None], **more: Any) -> Event:
    """A private task stands on nobody's timeline, and its own does not repeat what it is about."""
    subjects = [task] if task.is_private else [task, *links]
    title = "" if task.is_private else task.title
    return record_event(
        verb, by=by, subjects=subjects, text=title, due_at=task.due_at, assignee=str(task.assignee), **more
    )
