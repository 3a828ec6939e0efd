"""What is planned for a household, a customer, a request, a visit: beside it on its page, and put into the calendar from there."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.customers.models import Party
from gongying.estates.asked import unit_or_404
from gongying.events.models import subject_key
from gongying.schedule.models import CalendarEvent, is_about, thing_named
from gongying.schedule.planned import events_about, tasks_about

MOST_SHOWN = 5
# Of an event that repeats only the next time shows; so many are looked at.
MOST_READ = 40


@require_safe
def of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    unit = unit_or_404(request.user, unit_id)
    return _show(request, Q(unit=unit), {"unit": unit.pk})


@require_safe
def of_customer(request: SignedInRequest, party_id: int) -> HttpResponse:
    party = get_object_or_404(Party.objects.visible_to(request.user), pk=party_id)
    return _show(request, Q(customer=party), {"customer": party.pk})


@require_safe
def of_thing(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    """Of a request, a visit, a promise."""
    thing = thing_named(f"{kind}-{pk}", request.user)
    if thing is None:
        raise Http404
    linked = {"about": subject_key(thing), "unit": getattr(thing, "unit_id", None)}
    return _show(request, is_about(thing), {name: value for name, value in linked.items() if value})


def _show(request: SignedInRequest, about: Q, linked: dict[str, Any]) -> HttpResponse:
    context = {
        "events": _next_of_each(events_about(about, request.user)[:MOST_READ]),
        "tasks": tasks_about(about, request.user)[:MOST_SHOWN],
        "linked": urlencode(linked),
    }
    return render(request, "schedule/_planned.html", context)


def _next_of_each(events: Iterable[CalendarEvent]) -> list[CalendarEvent]:
    found: dict[object, CalendarEvent] = {}
    for event in events:
        found.setdefault(event.series_id or event.uid, event)
    return list(found.values())[:MOST_SHOWN]
