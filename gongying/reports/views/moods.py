"""The mood of the staff by week: never a figure of fewer than five."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.moods.models import FEWEST
from gongying.moods.rules import SEE_TREND
from gongying.reports.forms import MoodForm
from gongying.reports.moods import mood_of_departments, mood_of_projects, weeks_of


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, SEE_TREND)
    form = MoodForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form, "fewest": FEWEST}
    if form.is_valid():
        chosen = form.cleaned_data
        weeks, project = weeks_of(chosen["since"], chosen["until"]), chosen["project"]
        lines = mood_of_departments(project, request.user, weeks) if project else mood_of_projects(request.user, weeks)
        context |= {"weeks": weeks, "lines": lines, "project": project}
    return render(request, "reports/moods.html", context, status=200 if form.is_valid() else 422)
