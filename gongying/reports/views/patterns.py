from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.reports.demand import MOST_PER_PERSON, demand_of
from gongying.reports.forms import ScopeForm
from gongying.reports.spread import FEWEST, spreads_of
from gongying.reports.views.figures import VIEW
from gongying.schedule.models import DutyShift


@require_safe
def spread(request: SignedInRequest) -> HttpResponse:
    """Whether the same service is as good whoever gives it."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form, "fewest": FEWEST}
    if form.is_valid():
        context["spreads"] = spreads_of(form.requests())
    return render(request, "reports/spread.html", context, status=200 if form.is_valid() else 422)


@require_safe
def demand(request: SignedInRequest) -> HttpResponse:
    """Requests by weekday and hour beside the people on duty."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form, "limit": formats.localize(MOST_PER_PERSON), "hours": range(24)}
    if form.is_valid():
        chosen = form.cleaned_data
        shifts = DutyShift.objects.visible_to(request.user)
        if chosen["project"]:
            shifts = shifts.filter(post__project=chosen["project"])
        week = demand_of(form.requests(), shifts=shifts, since=chosen["since"], until=chosen["until"])
        context["week"] = list(zip(WEEKDAYS.values(), week, strict=True))
        context["has_roster"] = week[0][0].people is not None
    return render(request, "reports/demand.html", context, status=200 if form.is_valid() else 422)
