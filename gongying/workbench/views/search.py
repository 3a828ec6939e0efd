from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.common.navigation import Menu, entries_for
from gongying.common.search import Query, Shape
from gongying.workbench.search import find


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Hits under the search box; as a page for browsers without scripts and for "show all"."""
    query = Query(request.GET.get("q", ""))
    groups = find(request.user, query)
    context = {"query": query, "groups": groups, "entry_urls": _entry_urls(request, query)}
    template = "workbench/search.html"
    if request.headers.get("HX-Request") == "true":
        return render(request, f"{template}#results", context)
    if len(groups) == 1 and len(groups[0].hits) == 1:
        return HttpResponseRedirect(groups[0].hits[0].url)
    return render(request, template, context)


def _entry_urls(request: HttpRequest, query: Query) -> list[tuple[str, str]]:
    """Nothing found: where a new contact is entered, with what was typed already filled in."""
    field = "phone" if Shape.PHONE in query else "name" if Shape.NAME in query else "text"
    value = query.compact if field == "phone" else query.typed.strip()
    parameters = urlencode({field: value})
    return [(str(entry.label), f"{entry.url}?{parameters}") for entry in entries_for(request.user, Menu.ENTRY)[:1]]
