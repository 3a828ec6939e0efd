"""The duty roster: a week of a project, who is on duty now, the week on paper."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.asked import unit_or_404
from gongying.estates.models import Project
from gongying.schedule.forms import RosterForm
from gongying.schedule.models import on_duty
from gongying.schedule.operations import copy_duty_week
from gongying.schedule.roster import days_of, monday_of, rows_of
from gongying.schedule.rules import MANAGE_DUTY, VIEW_DUTY

ONE_WEEK = timedelta(days=7)


def roster_url(project: Project, day: date) -> str:
    return f"{reverse('schedule:roster-show')}?project={project.pk}&week={monday_of(day):%Y-%m-%d}"


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW_DUTY)
    return render(request, "schedule/roster_show.html", _week(request))


@require_safe
def paper(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW_DUTY)
    return render(request, "schedule/roster_paper.html", _week(request))


def _week(request: SignedInRequest) -> dict[str, Any]:
    """The week and project that the address names; without, this week and the first project."""
    projects = Project.objects.visible_to(request.user).order_by("code")
    form = RosterForm(request.GET, projects=projects)
    chosen = form.cleaned_data if form.is_valid() else {}
    project = chosen.get("project") or projects.first()
    if project is None:
        raise Http404
    monday = monday_of(chosen.get("week") or timezone.localdate())
    return {
        "project": project,
        "projects": projects,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": roster_url(project, monday - ONE_WEEK),
        "after": roster_url(project, monday + ONE_WEEK),
        "here": roster_url(project, monday),
        "days": days_of(monday, project),
        "rows": rows_of(project, monday, now=timezone.now()),
    }


@require_POST
def copy(request: SignedInRequest, project_id: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    authorize(request.user, MANAGE_DUTY, project)
    form = RosterForm(request.POST, projects=Project.objects.visible_to(request.user))
    monday = monday_of((form.is_valid() and form.cleaned_data["week"]) or timezone.localdate())
    copied = len(copy_duty_week(project, monday=monday, by=request.user))
    tell(request, ngettext("%(n)s shift copied.", "%(n)s shifts copied.", copied) % {"n": copied})
    return redirect(roster_url(project, monday))


@require_safe
def now(request: SignedInRequest) -> HttpResponse:
    """For the first page of who answers people: one line for each of her projects."""
    authorize(request.user, VIEW_DUTY)
    projects = Project.objects.visible_to(request.user).order_by("code")
    lines = [(project, on_duty(project)) for project in projects[:MOST_PROJECTS]]
    return render(request, "schedule/_on_duty.html", {"lines": lines})


MOST_PROJECTS = 3


@require_safe
def unit_panel(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Who is on duty where this household lives."""
    authorize(request.user, VIEW_DUTY)
    unit = unit_or_404(request.user, unit_id)
    context = {
        "unit": unit,
        "there": on_duty(unit.project_id),
        "roster": roster_url(unit.project, timezone.localdate()),
    }
    return render(request, "schedule/_unit_panel.html", context)
