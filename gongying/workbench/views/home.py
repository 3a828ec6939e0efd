from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.panels import panels_of
from gongying.moods.enums import Mood
from gongying.moods.rules import is_asked
from gongying.workbench.counter import live_for
from gongying.workbench.figures import figures_for
from gongying.workbench.home import sections_for


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    """The first page after log-in: what now?"""
    context = {
        "sections": sections_for(request.user),
        "figures": figures_for(request.user),
        "moods": list(Mood) if is_asked(request.user) else [],
        "shares": panels_of("home", request.user),
        "live": live_for(request.user),
    }
    return render(request, "workbench/home.html", context)
