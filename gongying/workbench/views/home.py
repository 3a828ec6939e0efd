from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.panels import panels_of
from gongying.workbench.counter import live_for
from gongying.workbench.figures import figures_of
from gongying.workbench.home import look_at, moods_of, sections_of


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    """The first page after log-in: what now?"""
    look = look_at(request.user)
    context = {
        "sections": sections_of(look),
        "figures": figures_of(look),
        "moods": moods_of(look),
        "shares": panels_of("home", request.user),
        "live": live_for(request.user),
    }
    return render(request, "workbench/home.html", context)
