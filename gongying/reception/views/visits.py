"""One visitor: received, named, noted about, parked, finished."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import stale_told, status_of, take_version
from gongying.common.errors import Stale, refusal_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.reception.forms import FinishForm, NotesForm, VisitorForm
from gongying.reception.front_desk import FrontDesk
from gongying.reception.machines import RECEIVE, TICKET
from gongying.reception.models import ReceptionTicket
from gongying.reception.operations import (
    ask_to_wait,
    attend_ticket,
    finish_ticket,
    identify_visitor,
    park_ticket,
    record_departure,
    resume_ticket,
    take_over_ticket,
    write_notes,
)
from gongying.reception.views.desk import redirect_to_desk, render_desk, visitor_form

STEPS: Mapping[str, Callable[..., ReceptionTicket]] = {
    "attend": attend_ticket,
    "resume": resume_ticket,
    "park": park_ticket,
    "take_over": take_over_ticket,
    "leave": record_departure,
    "wait": ask_to_wait,
}
# Who says goodbye to a visitor, or turns to another one, goes on at the desk; who turns to this one sees this one.
SHOWN_AFTER = ("attend", "resume", "take_over")


@require_safe
def show(request: SignedInRequest, ticket_id: int) -> HttpResponse:
    ticket = find_ticket(request, ticket_id)
    return render_desk(request, _desk(request, ticket))


@require_POST
def step(request: SignedInRequest, ticket_id: int, verb: str) -> HttpResponse:
    ticket = find_ticket(request, ticket_id)
    if verb not in STEPS:
        raise Http404
    authorize(request.user, next((t.permission for t in TICKET.transitions if t.verb == verb), RECEIVE))
    STEPS[verb](ticket, by=request.user)
    return redirect("reception:ticket-show", ticket.pk) if verb in SHOWN_AFTER else redirect_to_desk(ticket.project)


@require_POST
def identify(request: SignedInRequest, ticket_id: int) -> HttpResponse:
    ticket = find_ticket(request, ticket_id)
    form = visitor_form(request, ticket, request.POST)
    if form.is_valid():
        seen = take_version(form)
        with stale_told(form, stored=lambda: _stored(request, ticket_id)):
            identify_visitor(ticket, by=request.user, seen=seen, **form.arguments())
            return redirect("reception:ticket-show", ticket.pk)
    return render_desk(request, _desk(request, ticket), visitor_form=form, status=status_of(form))


@require_POST
def note(request: SignedInRequest, ticket_id: int) -> HttpResponse:
    """Saved while one types (reception.js); what somebody wrote in another window comes back with 409.

    What collided with a step of somebody else (503) the page saves again by itself.
    """
    ticket = find_ticket(request, ticket_id)
    form = NotesForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        saved = write_notes(ticket, by=request.user, **form.cleaned_data)
    except Stale as stale:
        return JsonResponse(dict(stale.current), status=409)
    except OperationalError as error:
        if refusal_in(error) is None:
            raise
        return JsonResponse({}, status=503)
    return JsonResponse({"version": saved.version, "text": saved.text})


@require_POST
def finish(request: SignedInRequest, ticket_id: int) -> HttpResponse:
    ticket = find_ticket(request, ticket_id)
    form = FinishForm(request.POST)
    if not form.is_valid():
        return render_desk(request, _desk(request, ticket), finish_form=form, status=422)
    _keep_notes(request, ticket, form.cleaned_data["notes"])
    finished = finish_ticket(ticket, by=request.user, **form.arguments())
    tell(request, _("Visitor %(ticket)s: finished.") % {"ticket": finished})
    return redirect_to_desk(ticket.project)


def find_ticket(request: SignedInRequest, ticket_id: int) -> ReceptionTicket:
    authorize(request.user, RECEIVE)
    rows: Any = ReceptionTicket.objects.visible_to(request.user)
    found: ReceptionTicket = get_object_or_404(rows.for_desk(), pk=ticket_id)
    return found


def _stored(request: SignedInRequest, ticket_id: int) -> VisitorForm:
    return visitor_form(request, find_ticket(request, ticket_id))


def _desk(request: SignedInRequest, ticket: ReceptionTicket) -> FrontDesk:
    return FrontDesk(request.user, ticket.project, asked=ticket)


def _keep_notes(request: SignedInRequest, ticket: ReceptionTicket, text: str) -> None:
    """What was typed last comes with the form itself: nothing depends on how quickly it was saved before."""
    if text.strip() and ticket.is_with(request.user) and ticket.is_open:
        write_notes(ticket, by=request.user, text=text)
