"""My day: what is to be done today, of every kind, in one list by time (ux.md 2.9); and its numbers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongying.accounts.models import User
from gongying.common.paging import bounded_counts
from gongying.common.permissions import may
from gongying.improvements.models import ImprovementItem
from gongying.interactions.models import Promise
from gongying.schedule.models import CalendarEvent, Task, seen_links
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.models import ServiceRequest
from gongying.visits.models import HomeVisit
from gongying.visits.models.visits import start_of
from gongying.visits.rules import MAKE
from gongying.workbench.sections import Figure, Row, Section

MOST = 24
MY_DAY = "my-day"
VISIT = pgettext_lazy("of a day", "visit")
PROMISE = pgettext_lazy("of a day", "promise")
TASK = pgettext_lazy("of a day", "task")
IMPROVEMENT = pgettext_lazy("of a day", "improvement")
CALL = pgettext_lazy("of a day", "follow-up call")


def my_day(user: User) -> Section | None:
    """What is late first, then hour by hour; who has nothing today and goes to nobody sees no list."""
    kinds = (_visits, _promises, _calls, _tasks, _improvements, _events)
    found = [row for rows_of in kinds for row in rows_of(user)]
    if not found and not may(user, MAKE):
        return None
    found.sort(key=lambda row: (not row.is_late, row.at or row.due_at))
    return Section(MY_DAY, _("My day"), _("Nothing is planned for today."), found[:MOST])


def day_figures(user: User) -> list[Figure]:
    """Each opens exactly the rows that it counts; what somebody has nothing of is left out."""
    today = f"{timezone.localdate():%Y-%m-%d}"
    visits = reverse("visits:visit-index")
    tasks, promises = reverse("schedule:task-index"), reverse("interactions:promise-index")
    whose = f"steward={user.pk}"
    counted: list[tuple[Any, Any, str, bool]] = [
        (gettext_lazy("visits today"), _visits_of(user).to_go().on(timezone.localdate()),
         f"{visits}?list=to_go&{whose}&day={today}", False),
        (gettext_lazy("visits not made"), _visits_of(user).overdue(), f"{visits}?list=overdue&{whose}", True),
        (gettext_lazy("my promises"), _promises_of(user).in_time(), f"{promises}?outcome=open&whose=mine", False),
        (gettext_lazy("my promises, overdue"), _promises_of(user).overdue(),
         f"{promises}?outcome=broken&whose=mine", True),
        (gettext_lazy("tasks due today"), _tasks_of(user),
         f"{tasks}?list=today", False),
    ]  # fmt: skip
    counts = bounded_counts([rows for _label, rows, _url, _late in counted])
    return [
        Figure(label, count, url, is_late=is_late)
        for (label, _rows, url, is_late), count in zip(counted, counts, strict=True)
        if count.number
    ]


def _tomorrow() -> datetime:
    return start_of(timezone.localdate() + timedelta(days=1))


def _visits_of(user: User) -> Any:
    return HomeVisit.objects.visible_to(user).of_steward(user)


def _promises_of(user: User) -> Any:
    return Promise.objects.visible_to(user).of_owner(user)


def _visits(user: User) -> Iterator[Row]:
    rows = _visits_of(user).open().filter(planned_for__lt=_tomorrow()).for_list()
    for visit in rows.order_by("planned_for", "pk")[:MOST]:
        yield Row(
            title=f"{visit.unit.full_name} {visit.party or ''}".strip(),
            url=reverse("visits:visit-show", args=[visit.pk]),
            subtitle=" \u00b7 ".join(filter(None, (str(visit.get_reason_display()), visit.subject))),
            tag=VISIT if visit.state == "planned" else visit.get_state_display(),
            **({"due_at": visit.planned_for} if visit.is_overdue else {"at": visit.planned_for}),
            is_late=visit.is_overdue,
        )


def _promises(user: User) -> Iterator[Row]:
    rows = _promises_of(user).open().filter(due_at__lt=_tomorrow()).select_related("unit", "party")
    for promise in rows.order_by("due_at", "pk")[:MOST]:
        yield Row(
            title=promise.text,
            url=reverse("interactions:promise-show", args=[promise.pk]),
            subtitle=_where(promise.unit, promise.party),
            tag=PROMISE,
            due_at=promise.due_at,
            is_late=promise.is_late,
        )


def _calls(user: User) -> Iterator[Row]:
    """Whom she has to ask today whether it is well now: of the matters in her charge."""
    if not may(user, "servicedesk.follow_up"):
        return
    waiting = ServiceRequest.objects.visible_to(user).mine(user).waiting_for_follow_up()
    rows = waiting.filter(next_due_metric=Metric.FOLLOW_UP, next_due_at__lt=_tomorrow())
    for request in rows.select_related("unit", "party").order_by("next_due_at", "pk")[:MOST]:
        yield Row(
            title=request.one_line,
            url=reverse("servicedesk:request-show", args=[request.pk]),
            subtitle=_where(request.unit, request.party),
            tag=CALL,
            due_at=request.next_due_at,
            is_late=request.next_due_at < timezone.now(),
        )


def _tasks(user: User) -> Iterator[Row]:
    """Where a time of today is kept for one it stands there."""
    times = CalendarEvent.objects.to_come().filter(task=OuterRef("pk"), during__startswith__lt=_tomorrow())
    kept = Subquery(times.order_by("during").values("during")[:1])
    rows = _tasks_of(user).annotate(kept=kept, **seen_links(user)).select_related("unit", "customer")
    for task in rows.order_by("due_at", "pk")[:MOST]:
        yield Row(
            title=task.title,
            url=reverse("schedule:task-show", args=[task.pk]),
            subtitle=_where(task.shown_unit, task.shown_customer),
            tag=task.get_priority_display() if task.is_high else TASK,
            **({"at": task.kept.lower} if task.kept and not task.is_late else {"due_at": task.due_at}),
            is_late=task.is_late,
        )


def _tasks_of(user: User) -> Any:
    return Task.objects.of_assignee(user).due_before(_tomorrow())


def _improvements(user: User) -> Iterator[Row]:
    """What she is to have changed by today."""
    due = ImprovementItem.objects.visible_to(user).of_owner(user).open().filter(due_on__lte=timezone.localdate())
    for item in due.select_related("project").order_by("due_on", "pk")[:MOST]:
        end = start_of(item.due_on + timedelta(days=1))
        yield Row(
            title=item.title,
            url=reverse("improvements:item-show", args=[item.pk]),
            subtitle=str(item.project),
            tag=IMPROVEMENT,
            due_at=end,
            is_late=end < timezone.now(),
        )


def _events(user: User) -> Iterator[Row]:
    """What is not over yet; the time of a task that is due today stands as the task."""
    now = timezone.now()
    coming = CalendarEvent.objects.planned().between(now, _tomorrow()).coming(user)
    rows = coming.exclude(task__in=_tasks_of(user)).annotate(**seen_links(user)).select_related("unit", "customer")
    for event in rows.order_by("during", "pk")[:MOST]:
        yield Row(
            title=event.title,
            url=reverse("schedule:calendar-event-show", args=[event.pk]),
            subtitle=" \u00b7 ".join(filter(None, (event.location, _where(event.shown_unit, event.shown_customer)))),
            tag=event.get_kind_display(),
            at=event.starts_at,
        )


def _where(*parts: Any) -> str:
    return " ".join(str(part) for part in parts if part)
