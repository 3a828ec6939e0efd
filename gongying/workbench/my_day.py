"""My day: what is to be done today, of every kind, in one list by time (ux.md 2.9); and its numbers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongying.accounts.models import User
from gongying.common.editions import fill_all_from_memory
from gongying.common.paging import COUNT_BOUND, Count, bounded_count
from gongying.common.permissions import may
from gongying.improvements.models import ImprovementItem
from gongying.interactions.models import Promise
from gongying.schedule.models import CalendarEvent, Task, seen_links
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.models import ServiceRequest
from gongying.visits.enums import TO_GO
from gongying.visits.models import HomeVisit
from gongying.visits.models.visits import start_of
from gongying.visits.rules import MAKE
from gongying.workbench.look import COUNTED, Look, asked
from gongying.workbench.sections import Figure, Row, Section

MOST = 24
MY_DAY = "my-day"
VISIT = pgettext_lazy("of a day", "visit")
PROMISE = pgettext_lazy("of a day", "promise")
TASK = pgettext_lazy("of a day", "task")
IMPROVEMENT = pgettext_lazy("of a day", "improvement")
CALL = pgettext_lazy("of a day", "follow-up call")


@asked()
def open_visits(user: User) -> Any:
    """Those of today, and what is left of earlier days."""
    rows = _visits_of(user).open().filter(planned_for__lt=_tomorrow())
    return rows.order_by("planned_for", "pk").values_list("pk", "planned_for", "state")


@asked()
def open_promises(user: User) -> Any:
    return _promises_of(user).open().order_by("due_at", "pk").values_list("pk", "due_at")


@asked(most=MOST)
def calls_due(user: User) -> Any:
    """Whom she has to ask today whether it is well now: of the matters in her charge."""
    if not may(user, "servicedesk.follow_up"):
        return ServiceRequest.objects.none()
    waiting = ServiceRequest.objects.visible_to(user).mine(user).waiting_for_follow_up()
    rows = waiting.filter(next_due_metric=Metric.FOLLOW_UP, next_due_at__lt=_tomorrow())
    return rows.order_by("next_due_at", "pk")


@asked()
def tasks_due(user: User) -> Any:
    return _tasks_of(user).order_by("due_at", "pk")


@asked(most=MOST)
def improvements_due(user: User) -> Any:
    """What she is to have changed by today."""
    due = ImprovementItem.objects.visible_to(user).of_owner(user).open().filter(due_on__lte=timezone.localdate())
    return due.order_by("due_on", "pk")


@asked()
def events_of_today(user: User) -> Any:
    return CalendarEvent.objects.planned().between(start_of(timezone.localdate()), _tomorrow()).coming(user)


LISTS_OF_DAY = (open_visits, open_promises, calls_due, tasks_due, improvements_due, events_of_today)


def my_day(look: Look) -> Section | None:
    """What is late first, then hour by hour; who has nothing today and goes to nobody sees no list."""
    kinds = (_visits, _promises, _calls, _tasks, _improvements, _events)
    found = [row for rows_of in kinds for row in rows_of(look)]
    if not found and not may(look.user, MAKE):
        return None
    found.sort(key=lambda row: (not row.is_late, row.at or row.due_at))
    return Section(MY_DAY, _("My day"), _("Nothing is planned for today."), found[:MOST])


def day_figures(look: Look) -> list[Figure]:
    """Each opens exactly the rows that it counts; what somebody has nothing of is left out."""
    day = timezone.localdate()
    visits = reverse("visits:visit-index")
    tasks, promises = reverse("schedule:task-index"), reverse("interactions:promise-index")
    whose = f"steward={look.user.pk}"
    today, earlier = _visits_to_go(look)
    in_time, overdue = _promises_by_time(look)
    counted = [
        (gettext_lazy("visits today"), today, f"{visits}?list=to_go&{whose}&day={day:%Y-%m-%d}", False),
        (gettext_lazy("visits not made"), earlier, f"{visits}?list=overdue&{whose}", True),
        (gettext_lazy("my promises"), in_time, f"{promises}?outcome=open&whose=mine", False),
        (gettext_lazy("my promises, overdue"), overdue, f"{promises}?outcome=broken&whose=mine", True),
        (gettext_lazy("tasks due today"), look.count(tasks_due), f"{tasks}?list=today", False),
    ]
    return [Figure(label, count, url, is_late=is_late) for label, count, url, is_late in counted if count.number]


def _visits_to_go(look: Look) -> tuple[Count, Count]:
    """Those of today, and those of earlier days."""
    found = look.found(open_visits)
    visits = _visits_of(look.user)
    if len(found) == COUNTED:
        return bounded_count(visits.to_go().on(timezone.localdate())), bounded_count(visits.overdue())
    midnight = start_of(timezone.localdate())
    earlier = [datetime.fromisoformat(at) < midnight for _pk, at, state in found if state in TO_GO]
    return _exact(len(earlier) - sum(earlier)), _exact(sum(earlier))


def _promises_by_time(look: Look) -> tuple[Count, Count]:
    """Those that can still be kept in time, and those that are overdue."""
    found = look.found(open_promises)
    promises = _promises_of(look.user)
    if len(found) == COUNTED:
        return bounded_count(promises.in_time()), bounded_count(promises.overdue())
    now = timezone.now()
    late = sum(datetime.fromisoformat(due_at) < now for _pk, due_at in found)
    return _exact(len(found) - late), _exact(late)


def _exact(number: int) -> Count:
    return Count(number, is_exact=number <= COUNT_BOUND)


def _tomorrow() -> datetime:
    return start_of(timezone.localdate() + timedelta(days=1))


def _visits_of(user: User) -> Any:
    return HomeVisit.objects.visible_to(user).of_steward(user)


def _promises_of(user: User) -> Any:
    return Promise.objects.visible_to(user).of_owner(user)


def _visits(look: Look) -> Iterator[Row]:
    found = look.read(open_visits, lambda: HomeVisit.objects.select_related("unit", "party"), first=MOST)
    fill_all_from_memory([visit.unit for visit in found], "project")
    for visit in found:
        yield Row(
            title=f"{visit.unit.full_name} {visit.party or ''}".strip(),
            url=reverse("visits:visit-show", args=[visit.pk]),
            subtitle=" \u00b7 ".join(filter(None, (str(visit.get_reason_display()), visit.subject))),
            tag=VISIT if visit.state == "planned" else visit.get_state_display(),
            **({"due_at": visit.planned_for} if visit.is_overdue else {"at": visit.planned_for}),
            is_late=visit.is_overdue,
        )


def promises_read(look: Look) -> list[Any]:
    """The first ones, for the day and for later ones."""
    return look.read(open_promises, lambda: Promise.objects.select_related("unit", "party"), first=MOST)


def _promises(look: Look) -> Iterator[Row]:
    for promise in promises_read(look):
        if promise.due_at >= _tomorrow():
            return
        yield Row(
            title=promise.text,
            url=reverse("interactions:promise-show", args=[promise.pk]),
            subtitle=_where(promise.unit, promise.party),
            tag=PROMISE,
            due_at=promise.due_at,
            is_late=promise.is_late,
        )


def _calls(look: Look) -> Iterator[Row]:
    found = look.requests(look.found(calls_due))
    prefetch_related_objects(found, "party")
    for request in found:
        yield Row(
            title=request.one_line,
            url=reverse("servicedesk:request-show", args=[request.pk]),
            subtitle=_where(request.unit, request.party),
            tag=CALL,
            due_at=request.next_due_at,
            is_late=request.next_due_at is not None and request.next_due_at < timezone.now(),
        )


def _tasks(look: Look) -> Iterator[Row]:
    """Where a time of today is kept for one it stands there."""
    for task in look.read(tasks_due, lambda: _with_kept_time(look.user), first=MOST):
        yield Row(
            title=task.title,
            url=reverse("schedule:task-show", args=[task.pk]),
            subtitle=_where(task.shown_unit, task.shown_customer),
            tag=task.get_priority_display() if task.is_high else TASK,
            **({"at": task.kept.lower} if task.kept and not task.is_late else {"due_at": task.due_at}),
            is_late=task.is_late,
        )


def _with_kept_time(user: User) -> Any:
    times = CalendarEvent.objects.to_come().filter(task=OuterRef("pk"), during__startswith__lt=_tomorrow())
    kept = Subquery(times.order_by("during").values("during")[:1])
    return Task.objects.annotate(kept=kept, **seen_links(user)).select_related("unit", "customer")


def _tasks_of(user: User) -> Any:
    return Task.objects.of_assignee(user).due_before(_tomorrow())


def _improvements(look: Look) -> Iterator[Row]:
    found = look.read(improvements_due, ImprovementItem.objects.all, first=MOST)
    fill_all_from_memory(found, "project")
    for item in found:
        end = start_of(item.due_on + timedelta(days=1))
        yield Row(
            title=item.title,
            url=reverse("improvements:item-show", args=[item.pk]),
            subtitle=str(item.project),
            tag=IMPROVEMENT,
            due_at=end,
            is_late=end < timezone.now(),
        )


def _events(look: Look) -> Iterator[Row]:
    """What is not over yet; the time of a task that is due today stands as the task."""
    pks = look.found(events_of_today)
    if not pks:
        return
    coming = CalendarEvent.objects.between(timezone.now(), _tomorrow()).filter(pk__in=pks)
    rows = coming.exclude(task__in=_tasks_of(look.user)).annotate(**seen_links(look.user))
    for event in rows.select_related("unit", "customer").order_by("during", "pk")[:MOST]:
        yield Row(
            title=event.title,
            url=reverse("schedule:calendar-event-show", args=[event.pk]),
            subtitle=" \u00b7 ".join(filter(None, (event.location, _where(event.shown_unit, event.shown_customer)))),
            tag=event.get_kind_display(),
            at=event.starts_at,
        )


def _where(*parts: Any) -> str:
    return " ".join(str(part) for part in parts if part)
