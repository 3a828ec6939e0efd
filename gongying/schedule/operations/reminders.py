"""What rings in time: for a task, or for a memo of one's own."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.models import still_there
from gongying.common.sweeps import once_for_each
from gongying.events.operations import record_event
from gongying.notifications.operations import notify
from gongying.schedule.models import Memo, Reminder, Task


def set_reminder(thing: Task | Memo, *, at: datetime | None, by: User) -> None:
    """Ring at `at`, or not at all (None). What is to ring at the same time as before has rung, or will."""
    present = Reminder.objects.select_for_update(no_key=True).filter(**_of(thing)).first()
    if at is None:
        if present is not None:
            present.delete()
    elif present is None or present.at != at:
        if at <= timezone.now():
            raise Refused(_("A reminder needs a time that is still to come."))
        Reminder.objects.update_or_create(defaults={"at": at, "rung_at": None}, **_of(thing))
    thing._state.fields_cache.pop("reminder", None)


@transaction.atomic
def snooze_reminder(reminder: Reminder, *, until: datetime, by: User) -> Reminder:
    """Ring again later."""
    reminder = still_there(Reminder.objects.select_for_update(no_key=True), reminder.pk)
    if until <= timezone.now():
        raise Refused(_("A reminder needs a time that is still to come."))
    reminder.at, reminder.rung_at = until, None
    reminder.save(update_fields=["at", "rung_at"])
    return reminder


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="ring_reminders", pass_context=False)
def ring_reminders_later(timestamp: int) -> None:
    ring_reminders()


def ring_reminders() -> int:
    """Ring every reminder whose time has come, once, however many workers ask. How many rang."""
    return once_for_each(_due, "rung_at", _ring)


def _due() -> QuerySet[Reminder]:
    return (
        Reminder.objects.waiting(at=timezone.now())
        .select_related("task__assignee", "memo__writer")
        .order_by("at", "pk")
    )


def _ring(reminder: Reminder) -> None:
    thing = reminder.task or reminder.memo
    person = reminder.task.assignee if reminder.task else reminder.memo.writer if reminder.memo else None
    # No words: what it is about is read from the thing itself, by who may see it, as long as it is there.
    event = record_event("reminder.rang", by=None, subjects=[], at=reminder.rung_at)
    notify(event, to=[person], about=thing)


def _of(thing: Task | Memo) -> dict[str, Any]:
    return {"task" if isinstance(thing, Task) else "memo": thing}
