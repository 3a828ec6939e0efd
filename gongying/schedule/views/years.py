"""The calendar of a year: which days are free, which are worked against their weekday."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.schedule.calendars import calendar_of, missing_year
from gongying.schedule.enums import Weekday
from gongying.schedule.forms import DayForm, YearForm, initial_of_day
from gongying.schedule.models import CalendarDay, CalendarYear
from gongying.schedule.models.days import FIRST_YEAR, LAST_YEAR
from gongying.schedule.operations import clear_day, complete_year, name_day, reopen_year
from gongying.schedule.rules import MANAGE_CALENDAR


@dataclass(frozen=True)
class Cell:
    day: date
    named: CalendarDay | None
    is_working: bool
    is_of_month: bool


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The year that needs somebody's eyes: the one whose table is missing, else this one."""
    return redirect("schedule:year-show", missing_year() or timezone.localdate().year)


@require_safe
def show(request: SignedInRequest, year: int) -> HttpResponse:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    days = {day.date: day for day in CalendarDay.objects.filter(date__year=year)}
    context = {
        "year": year,
        "known": CalendarYear.objects.filter(year=year).select_related("known_by").first(),
        "is_missing": missing_year() == year,
        "months": [(date(year, month, 1), _weeks(year, month, days)) for month in range(1, 13)],
        "weekdays": Weekday.labels,
        "days": sorted(days.values(), key=lambda day: day.date),
        "today": timezone.localdate(),
        "counts": _counts(days),
    }
    return render(request, "schedule/year_show.html", context)


def _weeks(year: int, month: int, days: dict[date, CalendarDay]) -> list[list[Cell]]:
    calendar = calendar_of()
    return [
        [Cell(day, days.get(day), calendar.is_working_day(day), day.month == month) for day in week]
        for week in Calendar().monthdatescalendar(year, month)
    ]


def _counts(days: dict[date, CalendarDay]) -> dict[str, int]:
    return {
        "free": sum(not day.is_working for day in days.values()),
        "worked": sum(day.is_working for day in days.values()),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def show_day(request: SignedInRequest, year: int, month: int, day: int) -> HttpResponse:
    authorize(request.user, MANAGE_CALENDAR)
    on = _date(year, month, day)
    form = _day_form(on, sent_with(request))
    back = reverse("schedule:year-show", args=[year])
    if form.is_valid():
        with stale_told(form, stored=lambda: _day_form(on)):
            _keep_day(request, on, form)
            tell(request, _("Saved."))
            return done(request, back)
    title = f"{on:%Y-%m-%d} {Weekday(on.weekday()).label}"
    return show_form(request, form, title=title, submit=_("Save"), back=back)


def _date(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Http404
    return found


def _day_form(on: date, data: Any = None) -> DayForm:
    present = CalendarDay.objects.filter(date=on).first()
    form = DayForm(data, initial=initial_of_day(present))
    return carrying_version(form, present) if present else form


def _keep_day(request: SignedInRequest, on: date, form: DayForm) -> None:
    seen, values = take_version(form), form.cleaned_data
    if values["kind"]:
        name_day(on, by=request.user, seen=seen, **values)
    elif present := CalendarDay.objects.filter(date=on).first():
        clear_day(present, by=request.user, seen=seen)


@require_http_methods(["GET", "HEAD", "POST"])
def complete(request: SignedInRequest, year: int) -> HttpResponse:
    authorize(request.user, MANAGE_CALENDAR)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    form = YearForm(sent_with(request))
    back = reverse("schedule:year-show", args=[year])
    if form.is_valid():
        complete_year(year, by=request.user, **form.cleaned_data)
        tell(request, _("The holidays of %(year)s are complete.") % {"year": year})
        return done(request, back)
    title = _("All holidays of %(year)s are entered") % {"year": year}
    return show_form(request, form, title=title, submit=_("The table is complete"), back=back)


@require_POST
def reopen(request: SignedInRequest, year: int) -> HttpResponse:
    authorize(request.user, MANAGE_CALENDAR)
    reopen_year(get_object_or_404(CalendarYear, year=year), by=request.user)
    return redirect("schedule:year-show", year)
