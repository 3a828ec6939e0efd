"""The calendar pages: a day of the team with people as rows, and one's own next days."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.schedule.plan_forms import BoardForm, SinceForm
from gongying.schedule.plans import board_of, days_of
from gongying.schedule.rules import VIEW_PLANS

ONE_DAY = timedelta(days=1)
SHOWN_DAYS = 14


@require_safe
def team(request: SignedInRequest) -> HttpResponse:
    """The day and project that the address names; without, today and the first project."""
    authorize(request.user, VIEW_PLANS)
    projects = Project.objects.visible_to(request.user).order_by("code")
    form = BoardForm(request.GET, projects=projects)
    chosen = form.cleaned_data if form.is_valid() else {}
    project = chosen.get("project") or projects.first()
    if project is None:
        raise Http404
    day = chosen.get("day") or timezone.localdate()
    board = board_of(project, day, user=request.user)
    address = f"{reverse('schedule:team-show')}?project={project.pk}&day="
    context = {
        "board": board,
        "projects": projects,
        "before": f"{address}{day - ONE_DAY:%Y-%m-%d}",
        "after": f"{address}{day + ONE_DAY:%Y-%m-%d}",
        "today": f"{address}{timezone.localdate():%Y-%m-%d}",
    }
    return render(request, "schedule/team_show.html", context)


@require_safe
def agenda(request: SignedInRequest) -> HttpResponse:
    form = SinceForm(request.GET)
    since = (form.is_valid() and form.cleaned_data["since"]) or timezone.localdate()
    address = f"{reverse('schedule:agenda-show')}?since="
    staff = getattr(request.user, "staff", None)
    context = {
        "days": days_of(request.user, since, SHOWN_DAYS),
        "since": since,
        "until": since + timedelta(days=SHOWN_DAYS - 1),
        "before": f"{address}{since - timedelta(days=SHOWN_DAYS):%Y-%m-%d}",
        "after": f"{address}{since + timedelta(days=SHOWN_DAYS):%Y-%m-%d}",
        "live": f"plans-{staff.pk}" if staff else "",
    }
    return render(request, "schedule/agenda_show.html", context)
