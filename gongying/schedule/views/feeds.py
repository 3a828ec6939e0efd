"""The calendar for other programs: an event as a file, and the secret address that a phone reads."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.pacing import pace
from gongying.accounts.requests import SignedInRequest, address_of
from gongying.common.error_pages import error_page
from gongying.common.messages import tell
from gongying.common.problems import Problem
from gongying.schedule.ics import CONTENT_TYPE, calendar_file, with_all_it_tells
from gongying.schedule.models import CalendarEvent, CalendarFeed, feed_of
from gongying.schedule.operations import close_feed, open_feed

# Of one address: the phones of an office behind one router, not a script that tries secrets.
CALLS_PER_MINUTE = 60
BACK = timedelta(days=90)
AHEAD = timedelta(days=400)


@require_safe
def event(request: SignedInRequest, event_id: int) -> HttpResponse:
    """Of something that repeats all times that she may see."""
    visible = CalendarEvent.objects.visible_to(request.user)
    found = get_object_or_404(visible, pk=event_id)
    headers = {"Content-Disposition": f'attachment; filename="event-{found.pk}.ics"'}
    return HttpResponse(
        calendar_file(with_all_it_tells(visible.in_series(found))), content_type=CONTENT_TYPE, headers=headers
    )


@never_cache
@require_safe
def read(request: HttpRequest, secret: str) -> HttpResponse:
    """What its owner takes part in and has not declined, from three months back to a year ahead."""
    try:
        pace(f"feed:{address_of(request)}", per_minute=CALLS_PER_MINUTE)
    except Problem as problem:
        return error_page(request, problem.status, sentence=problem.detail)
    feed = feed_of(secret)
    if feed is None:
        raise Http404(_("This address does not hold any more."))
    now = timezone.now()
    rows = with_all_it_tells(feed.events(now - BACK, now + AHEAD))
    return HttpResponse(calendar_file(rows, name=str(feed.user)), content_type=CONTENT_TYPE)


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    return _page(request)


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    # Not a redirect: this answer is the only place where the secret ever stands.
    address = reverse("schedule:feed-read", args=[open_feed(by=request.user)])
    return _page(request, request.build_absolute_uri(address))


@require_POST
def destroy(request: SignedInRequest) -> HttpResponse:
    feed = CalendarFeed.objects.visible_to(request.user).first()
    if feed is not None:
        close_feed(feed, by=request.user)
        tell(request, _("The address opens nothing any more."))
    return redirect("schedule:feed-show")


def _page(request: SignedInRequest, address: str = "") -> HttpResponse:
    feed = CalendarFeed.objects.visible_to(request.user).first()
    response = render(request, "schedule/feed_show.html", {"feed": feed, "address": address})
    response.headers["Cache-Control"] = "no-store"
    return response
