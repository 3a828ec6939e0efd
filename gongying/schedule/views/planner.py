"""The calendar pages: a day, a week and a month of the team with people as rows; one's own next days and month."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.common.permissions import authorize, may
from gongying.estates.models import Project
from gongying.schedule.day_tasks import tasks_beside
from gongying.schedule.operations import tasks_key
from gongying.schedule.plan_forms import BusyForm, OneDayForm, SinceForm
from gongying.schedule.plans import board_of, busy_times, days_of
from gongying.schedule.rules import VIEW_PLANS
from gongying.schedule.wide_plans import WEEK, heads, monday_of, month_of, month_rows, own_weeks, week_rows

ONE_DAY = timedelta(days=1)
SHOWN_DAYS = 14
OWN, OF_TEAM = ("agenda", "month"), ("team", "team-week", "team-month")
LAST_SHOWN = "calendar"


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The page of the calendar on which she was last."""
    sees_plans = may(request.user, VIEW_PLANS)
    known = OWN + OF_TEAM if sees_plans else OWN
    last = request.session.get(LAST_SHOWN)
    shown = last if last in known else OF_TEAM[0] if sees_plans else OWN[0]
    return redirect(f"schedule:{shown}-show")


@require_safe
def team(request: SignedInRequest) -> HttpResponse:
    """The day and project that the address names; without, today and the first project."""
    context, project, day = _of_team(request, "team")
    context |= _steps(context, day, day - ONE_DAY, day + ONE_DAY)
    board = board_of(project, day, user=request.user)
    reader = next((row.staff for row in board.rows if row.is_reader), None)
    context |= {
        "board": board,
        "unplanned": tasks_beside(day, of=reader),
        "tasks_live": tasks_key(request.user.pk),
    }
    return render(request, "schedule/team_show.html", context)


@require_safe
def team_week(request: SignedInRequest) -> HttpResponse:
    context, project, day = _of_team(request, "team-week")
    monday = monday_of(day)
    context |= _steps(context, monday, monday - WEEK * ONE_DAY, monday + WEEK * ONE_DAY)
    rows = week_rows(project, monday, user=request.user)
    context |= {"rows": rows, "heads": heads(project, monday, WEEK), "live": _live(rows)}
    return render(request, "schedule/team_week.html", context)


@require_safe
def team_month(request: SignedInRequest) -> HttpResponse:
    context, project, day = _of_team(request, "team-month")
    first, days = month_of(day)
    context |= _steps(context, first, first - ONE_DAY, first + days * ONE_DAY)
    rows = month_rows(project, first, days, user=request.user)
    context |= {"rows": rows, "heads": heads(project, first, days), "live": _live(rows), "first": first}
    context["weekdays"] = [monday_of(first) + number * ONE_DAY for number in range(WEEK)]
    context["drawn"] = {row.staff.pk: row.drawn for row in rows}
    return render(request, "schedule/team_month.html", context)


@require_safe
def agenda(request: SignedInRequest) -> HttpResponse:
    _remember(request, "agenda")
    form = SinceForm(request.GET)
    since = (form.is_valid() and form.cleaned_data["since"]) or timezone.localdate()
    address = f"{reverse('schedule:agenda-show')}?since="
    context = {
        "days": days_of(request.user, since, SHOWN_DAYS),
        "since": since,
        "until": since + timedelta(days=SHOWN_DAYS - 1),
        "before": f"{address}{since - timedelta(days=SHOWN_DAYS):%Y-%m-%d}",
        "after": f"{address}{since + timedelta(days=SHOWN_DAYS):%Y-%m-%d}",
        "live": _own_live(request),
        "here": "agenda",
    }
    return render(request, "schedule/agenda_show.html", context)


@require_safe
def month(request: SignedInRequest) -> HttpResponse:
    _remember(request, "month")
    day = _day_in(request)
    first, days = month_of(day)
    context = {"here": "month", "weeks": own_weeks(request.user, day), "live": _own_live(request), "first": first}
    context |= _steps(
        {"address": f"{reverse('schedule:month-show')}?day="}, day, first - ONE_DAY, first + days * ONE_DAY
    )
    return render(request, "schedule/month_show.html", context)


@require_safe
def busy(request: SignedInRequest) -> HttpResponse:
    """Beside the form of an event: when those who are chosen are busy that day, and when all of them are free next."""
    authorize(request.user, VIEW_PLANS)
    form = BusyForm(request.GET, user=request.user)
    times = busy_times(form.cleaned_data, user=request.user) if form.is_valid() else None
    return render(request, "schedule/_busy_times.html", {"times": times})


def _of_team(request: SignedInRequest, here: str) -> tuple[dict[str, Any], Project, date]:
    authorize(request.user, VIEW_PLANS)
    _remember(request, here)
    projects = list(Project.objects.visible_to(request.user).order_by("code"))
    if not projects:
        raise Http404
    asked = id_in(request.GET.get("project", ""))
    project = next((each for each in projects if each.pk == asked), projects[0])
    day = _day_in(request)
    address = f"{reverse(f'schedule:{here}-show')}?project={project.pk}&day="
    return {"here": here, "projects": projects, "project": project, "address": address}, project, day


def _day_in(request: SignedInRequest) -> date:
    """The day that the address names; without, today."""
    form = OneDayForm(request.GET)
    return (form.is_valid() and form.cleaned_data["day"]) or timezone.localdate()


def _steps(context: dict[str, Any], day: date, before: date, after: date) -> dict[str, Any]:
    address = context["address"]
    days = {"before": before, "after": after, "today": timezone.localdate()}
    return {"day": day, **{name: f"{address}{value:%Y-%m-%d}" for name, value in days.items()}}


def _remember(request: SignedInRequest, shown: str) -> None:
    if request.session.get(LAST_SHOWN) != shown:
        request.session[LAST_SHOWN] = shown


def _live(rows: Any) -> str:
    return " ".join(f"plans-{row.staff.pk}" for row in rows)


def _own_live(request: SignedInRequest) -> str:
    staff = getattr(request.user, "staff", None)
    return f"plans-{staff.pk}" if staff else ""
