from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.common.navigation import Menu, entries_for


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One card for each area of settings that the person's roles open."""
    entries = entries_for(request.user, Menu.SETTINGS)
    if not entries:
        raise Http404
    return render(request, "workbench/settings.html", {"entries": entries})
