"""Something planned: look at it, plan it, move it, cancel it, answer to it."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.checklists.enums import Situation
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.customers.audiences import hints_query
from gongying.schedule.enums import Answer, EventKind, Scope
from gongying.schedule.models import CalendarEvent, ScheduleConflict, Task, seen_links
from gongying.schedule.operations import (
    Clash,
    answer_invitation,
    cancel_event,
    change_event,
    move_event,
    plan_event,
)
from gongying.schedule.plan_forms import AnswerForm, CancelForm, ClashAnswerForm, EventForm, NewEventForm
from gongying.schedule.recurrence_words import in_words
from gongying.schedule.views.team_day import drawn_anew, in_its_time, looked_at

FORM = "schedule/calendar_event_form.html"


def _find(request: SignedInRequest, event_id: int) -> CalendarEvent:
    rows = CalendarEvent.objects.visible_to(request.user).select_related("organizer", "customer", "unit", "series")
    found: CalendarEvent = get_object_or_404(rows.annotate(**seen_links(request.user)), pk=event_id)
    return found


def find_own_event(request: SignedInRequest, event_id: int) -> CalendarEvent:
    event = _find(request, event_id)
    if not event.is_arranged_by(request.user):
        raise PermissionDenied(_("Only who has arranged it changes it, or her deputy."))
    return event


def _day_url(event: CalendarEvent) -> str:
    day = timezone.localtime(event.starts_at).date()
    return f"{reverse('schedule:agenda-show')}?since={day:%Y-%m-%d}"


@require_safe
def show(request: SignedInRequest, event_id: int) -> HttpResponse:
    return _show(request, _find(request, event_id))


def _show(request: SignedInRequest, event: CalendarEvent, status: int = 200) -> HttpResponse:
    attendees = list(event.attendees.select_related("staff__user"))
    context = {
        "event": event,
        "about": event.about(request.user),
        "task": event.task_id and Task.objects.visible_to(request.user).filter(pk=event.task_id).first(),
        "attendees": attendees,
        "waiting": sum(attendee.answer == Answer.NONE for attendee in attendees),
        "bookings": event.bookings.select_related("resource"),
        "clashing": set(ScheduleConflict.objects.between_it_and_others(event).values_list("staff", flat=True)),
        "mine": next((each for each in attendees if each.staff.user_id == request.user.pk), None),
        "answers": [choice for choice in Answer.choices if choice[0] != Answer.NONE],
        "repeats": in_words(event.series.parsed) if event.series else "",
        "scopes": Scope.choices if event.series else [],
        "is_own": event.is_arranged_by(request.user),
        "day_url": _day_url(event),
        "hints": _hints(event),
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(
        request, f"schedule/calendar_event_show.html{'#drawer' if is_fragment else ''}", context, status=status
    )


def _hints(event: CalendarEvent) -> str:
    """What to say on a call that is planned with somebody."""
    unit, party = event.shown_unit, event.shown_customer
    is_call = event.kind == EventKind.CALL and (unit or party) and not event.is_cancelled
    return hints_query(Situation.CALL, unit=unit, party=party) if is_call else ""


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """The time, whose row it was and what it is linked to may come along in the address."""
    asked = NewEventForm(request.GET, user=request.user)
    first, about = asked.first_values(), asked.about_thing()
    form = EventForm(sent_with(request), user=request.user, about=about, initial=first)
    clash = None
    if form.is_valid():
        answer = answer_to_clash(request)
        try:
            plan = answer.moved(form.plan())
            event = plan_event(plan, by=request.user, despite_clashes=answer.cleaned_data["despite_clashes"])
        except Clash as refused:
            clash = refused
        else:
            tell(request, said(event, request.user))
            return done(request, event.linked_url or _day_url(event))
    return show_event_form(request, form, clash, title=_("New in the calendar"), back=reverse("schedule:agenda-show"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, event_id: int) -> HttpResponse:
    """Another time may come along in the address: it was dragged there."""
    event = find_own_event(request, event_id)
    form = _form_of(request, event, sent_with(request))
    clash = None
    if form.is_valid():
        answer = answer_to_clash(request)
        with stale_told(form, stored=lambda: _form_of(request, find_own_event(request, event_id))):
            seen = take_version(form)
            plan = answer.moved(form.plan())
            despite = answer.cleaned_data["despite_clashes"]
            try:
                scope = form.cleaned_data["scope"]
                changed = change_event(event, plan, by=request.user, scope=scope, despite_clashes=despite, seen=seen)
            except Clash as refused:
                clash = refused
            else:
                tell(request, said(changed, request.user, before=event))
                return done(request, _day_url(changed))
    back = reverse("schedule:calendar-event-show", args=[event.pk])
    return show_event_form(request, form, clash, title=_("Change: %(title)s") % {"title": event.title}, back=back)


@require_POST
def move(request: SignedInRequest, event_id: int) -> HttpResponse:
    """To the time in the address, as it was dragged there: at once, to be undone. What has to be answered first the form asks."""
    event = find_own_event(request, event_id)
    asked = NewEventForm(request.GET, user=request.user)
    times, edit_url = asked.times(), reverse("schedule:calendar-event-edit", args=[event.pk])
    if event.series or "starts_at" not in times:
        return redirect(f"{edit_url}?{request.GET.urlencode()}")
    before = {"start": event.starts_at, "end": event.ends_at}
    try:
        seen = asked.cleaned_data.get("seen")
        moved = move_event(event, starts_at=times["starts_at"], ends_at=times["ends_at"], by=request.user, seen=seen)
    except Clash as clash:
        title = _("Change: %(title)s") % {"title": event.title}
        back = reverse("schedule:calendar-event-show", args=[event.pk])
        return show_event_form(request, _form_of(request, event), clash, title=title, back=back, action=edit_url)
    there = {name: f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}" for name, moment in before.items()}
    query = urlencode({**there, "seen": moved.version})
    undo = f"{reverse('schedule:calendar-event-move', args=[event.pk])}?{query}"
    tell(request, in_its_time(moved, said(moved, request.user, before=event)), undo=undo)
    return drawn_anew(request, looked_at(request, moved))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, event_id: int) -> HttpResponse:
    event = find_own_event(request, event_id)
    form = _cancel_form_of(event, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _cancel_form_of(find_own_event(request, event_id))):
            seen = take_version(form)
            cancel_event(event, by=request.user, seen=seen, **form.cleaned_data)
            tell(request, _("Cancelled, and those who take part are told."))
            return done(request, _day_url(event))
    back = reverse("schedule:calendar-event-show", args=[event.pk])
    title = _("Cancel: %(title)s") % {"title": event.title}
    return show_form(request, form, title=title, submit=_("It does not take place"), back=back)


@require_POST
def answer(request: SignedInRequest, event_id: int) -> HttpResponse:
    event = _find(request, event_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, event, status=422)
    answer_invitation(event, by=request.user, **form.cleaned_data)
    tell(request, _("Your answer is saved."))
    return redirect("schedule:calendar-event-show", event_id)


def _form_of(request: SignedInRequest, event: CalendarEvent, data: Any = None) -> EventForm:
    moved = NewEventForm(request.GET, user=request.user).times() if data is None else {}
    return carrying_version(EventForm(data, user=request.user, event=event, initial=moved), event)


def _cancel_form_of(event: CalendarEvent, data: Any = None) -> CancelForm:
    return carrying_version(CancelForm(data, event=event), event)


def answer_to_clash(request: SignedInRequest) -> ClashAnswerForm:
    """What makes no sense is no answer: the clash is shown again."""
    form = ClashAnswerForm(request.POST)
    form.is_valid()
    form.cleaned_data.setdefault("despite_clashes", False)
    return form


def said(event: CalendarEvent, by: User, *, before: CalendarEvent | None = None) -> str:
    """Nobody is told of what one does alone. What others answered held for the time that it had `before`."""
    if not event.attendees.exclude(staff__user=by).exists():
        return _("Saved.")
    if before is not None and before.during != event.during:
        return _("Saved. The time is another: those who take part are told, and asked again whether they come.")
    return _("Saved, and those who take part are told.")


def show_event_form(
    request: SignedInRequest, form: EventForm, clash: Clash | None, *, title: str, back: str, action: str = ""
) -> HttpResponse:
    """`action`: where it is sent to, if not to the address that showed it."""
    words = {"title": title, "submit": _("Save"), "note": form.links}
    response = show_form(request, form, back=back, template=FORM, clash=clash, action=action, **words)
    if clash is not None:
        response.status_code = 409
    return response
