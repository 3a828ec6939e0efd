"""Calls for help: asked at the counter, shown on every page of those who may help, withdrawn."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.reception.machines import RECEIVE, TAKE_OVER
from gongying.reception.models import AssistanceRequest
from gongying.reception.operations import ask_for_help, withdraw_help
from gongying.reception.views.desk import redirect_to_desk
from gongying.reception.views.visits import find_ticket


@require_POST
def create(request: SignedInRequest, ticket_id: int) -> HttpResponse:
    ticket = find_ticket(request, ticket_id)
    ask_for_help(ticket, by=request.user)
    tell(request, _("Help is called for visitor %(number)s.") % {"number": ticket.number})
    return redirect_to_desk(ticket.project)


@require_POST
def withdraw(request: SignedInRequest, call_id: int) -> HttpResponse:
    authorize(request.user, RECEIVE)
    calls = AssistanceRequest.objects.visible_to(request.user).select_related("ticket__project")
    call = get_object_or_404(calls, pk=call_id)
    withdraw_help(call, by=request.user)
    return redirect_to_desk(call.ticket.project)


@require_safe
def strip(request: SignedInRequest) -> HttpResponse:
    """The strip above every page of a helper: fetched again whenever somebody calls."""
    authorize(request.user, TAKE_OVER)
    calls = AssistanceRequest.objects.visible_to(request.user).open().exclude(asked_by=request.user)
    return render(request, "reception/calls.html", {"calls": calls.for_strip().order_by("asked_at", "pk")})
