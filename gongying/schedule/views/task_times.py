"""A task is put into the day: dragged there, at the next free time with one tap, or by the form; and taken out again."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.errors import Refused
from gongying.common.form_pages import done, sent_with
from gongying.common.messages import tell
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.organization.models import StaffMember
from gongying.schedule.models import CalendarEvent, Task
from gongying.schedule.operations import USUAL_TIME, Clash, Plan, plan_for, plan_task, take_back_time
from gongying.schedule.plan_forms import EventForm, NewEventForm, next_free
from gongying.schedule.views.calendar_events import answer_to_clash, find_own_event, said, show_event_form
from gongying.schedule.views.tasks import find_own_task
from gongying.schedule.views.team_day import drawn_anew, in_its_time, looked_at


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedInRequest, task_id: int) -> HttpResponse:
    """At the time and for whom the address says, as it was dragged there: at once. Without a time, or where somebody is busy
    then, the form asks.
    """
    task = find_own_task(request, task_id)
    wanted = _wanted(task, request)
    is_dragged = request.method == "POST" and "start" in request.GET
    typed = None if is_dragged else sent_with(request)
    form = EventForm(typed, user=request.user, about=task.about(request.user), initial=_as_typed(wanted, request))
    clash = None
    if is_dragged or form.is_valid():
        answer = answer_to_clash(request)
        planned = wanted if is_dragged else answer.moved(replace(form.plan(), task=task))
        try:
            event = plan_task(task, planned, by=request.user, despite_clashes=answer.cleaned_data["despite_clashes"])
        except Clash as refused:
            clash = refused
        else:
            tell(request, in_its_time(event, said(event, request.user)), undo=_undo(task, event))
            there = looked_at(request, event)
            return drawn_anew(request, there) if is_dragged else done(request, there)
    title, action = _("A time for: %(task)s") % {"task": task}, reverse("schedule:task-plan", args=[task.pk])
    back = reverse("schedule:task-show", args=[task.pk])
    return show_event_form(request, form, clash, title=title, back=back, action=action)


@require_POST
def take_back(request: SignedInRequest, event_id: int) -> HttpResponse:
    """What was planned a moment ago; a task that went to a colleague with it comes back."""
    event = find_own_event(request, event_id)
    if event.task is None:
        return redirect("schedule:calendar-event-show", event_id)
    asked = NewEventForm(request.GET, user=request.user).cleaned_data
    to = request.user if asked.get("back") else None
    take_back_time(event, by=request.user, to=to, seen=asked.get("seen"))
    tell(request, _("No time is kept for this any more: %(task)s") % {"task": event.task})
    return drawn_anew(request, looked_at(request, event))


def _wanted(task: Task, request: SignedInRequest) -> Plan:
    asked = NewEventForm(request.GET, user=request.user)
    if request.GET.get("staff") and asked.cleaned_data.get("staff") is None:
        raise Refused(_("There is no such colleague, or you may not give her a task."))
    staff = asked.cleaned_data.get("staff") or StaffMember.objects.filter(user=task.assignee_id).first()
    people = [staff] if staff else []
    times = asked.times(USUAL_TIME) or next_free(people, USUAL_TIME)
    start = times.get("starts_at") or times["ends_at"] - USUAL_TIME
    return plan_for(task, people, starts_at=start, ends_at=times["ends_at"])


def _as_typed(wanted: Plan, request: SignedInRequest) -> dict[str, Any]:
    """What it is linked to comes along where the reader may see it; else the colleagues who take part may not either."""
    linked = {"customer": _seen(Party, wanted.customer, request), "unit": _seen(Unit, wanted.unit, request)}
    shown = ("title", "kind", "starts_at", "ends_at", "note", "is_private")
    return {
        **{name: getattr(wanted, name) for name in shown},
        "people": [staff.pk for staff in wanted.people],
        **linked,
    }


def _seen(model: Any, row: Party | Unit | None, request: SignedInRequest) -> int | None:
    return row.pk if row and model.objects.visible_to(request.user).filter(pk=row.pk).exists() else None


def _undo(task: Task, event: CalendarEvent) -> str:
    is_passed_on = not event.attendees.filter(staff__user=task.assignee_id).exists()
    query = {"seen": event.version, **({"back": "1"} if is_passed_on else {})}
    return f"{reverse('schedule:calendar-event-take-back', args=[event.pk])}?{urlencode(query)}"
