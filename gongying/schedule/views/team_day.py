"""What was done in the team's day is shown there: at once, to be undone."""

import json
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import may
from gongying.schedule.models import CalendarEvent
from gongying.schedule.rules import VIEW_PLANS


def drawn_anew(request: SignedInRequest, team: str) -> HttpResponse:
    """Only the day comes again, with what is said: the rest of the page stays as it is, and so does the keys' place."""
    if request.headers.get("HX-Request") != "true":
        return redirect(team)
    # What is said comes along with every answer (`messages_with_fragments`): taken from the page, too, it is said twice.
    part = {"target": "#planner", "select": "#planner", "swap": "outerHTML", "push": "false"}
    return HttpResponse(status=204, headers={"HX-Location": json.dumps({"path": team, **part})})


def looked_at(request: SignedInRequest, event: CalendarEvent) -> str:
    """The team's day from which it was dragged, with its filters; else that day."""
    day = f"{timezone.localtime(event.starts_at):%Y-%m-%d}"
    if not may(request.user, VIEW_PLANS):
        return f"{reverse('schedule:agenda-show')}?since={day}"
    team = reverse("schedule:team-show")
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    return f"{team}?{page.query if page.path == team else f'day={day}'}"


def in_its_time(event: CalendarEvent, said: str) -> str:
    start, end = (f"{timezone.localtime(moment):%H:%M}" for moment in (event.starts_at, event.ends_at))
    words = {"title": event.title, "start": start, "end": end, "said": said}
    return _("%(title)s: %(start)s–%(end)s. %(said)s") % words
