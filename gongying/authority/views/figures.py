from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.authority.figures import USUAL_DAYS, figures_of
from gongying.authority.rules import MANAGE_GRANTS, VIEW_FIGURES
from gongying.common.permissions import authorize, may

PERIODS = (7, 30, 90, 365)


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    """Per subject: decided alone, asked for, how long it waited; and which limit it was asked for."""
    authorize(request.user, VIEW_FIGURES)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else USUAL_DAYS
    context = {
        "figures": figures_of(request.user, since=timezone.now() - timedelta(days=days)),
        "days": days,
        "periods": PERIODS,
        "may_change": may(request.user, MANAGE_GRANTS),
    }
    return render(request, "authority/figures.html", context)
