from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongying.common.inputs import id_in
from gongying.common.permissions import authorize
from gongying.events.models import subject_key
from gongying.events.presentation import all_filters, find_filter
from gongying.events.subjects import find_kind
from gongying.events.timelines import read_newer, read_timeline

PAGE = "events/timeline.html"


@require_GET
def index(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The timeline of one thing: a page, a fragment for other pages, older entries, or only what is new."""
    subject_kind = find_kind(kind)
    if subject_kind is None:
        raise Http404
    thing = subject_kind.seen(request.user, pk)
    if thing is None:
        raise Http404
    if subject_kind.permission:
        authorize(request.user, subject_kind.permission, thing)

    chip = find_filter(request.GET.get("show", ""))
    since = id_in(request.GET.get("since", ""))
    cursor = request.GET.get("cursor") or None
    if since is not None:
        timeline = read_newer(thing, subject_kind, user=request.user, since=since, chip=chip)
    else:
        timeline = read_timeline(thing, subject_kind, user=request.user, chip=chip, cursor=cursor)
    is_thread = request.GET.get("order") == "thread"
    if is_thread:
        timeline.entries.reverse()  # the newest stands at the bottom
    context = {
        "thing": thing,
        "thing_url": subject_kind.url_of(thing.pk),
        "kind": kind,
        "key": subject_key(thing),
        "timeline": timeline,
        "filters": [] if subject_kind.is_short else all_filters(),
        "chip": chip,
        "is_thread": is_thread,
    }
    return render(request, _template(request, since=since, cursor=cursor), context)


def _template(request: HttpRequest, *, since: int | None, cursor: str | None) -> str:
    if request.headers.get("HX-Request") != "true":
        return PAGE
    if since is not None:
        return f"{PAGE}#newer"
    return f"{PAGE}#older" if cursor else f"{PAGE}#timeline"
