"""Hours of business: the company's, and those of projects that have their own."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.schedule.forms import EndForm, HoursForm
from gongying.schedule.models import WorkingWeek
from gongying.schedule.models.hours import in_words
from gongying.schedule.operations import end_working_week, set_working_week
from gongying.schedule.rules import MANAGE_HOURS


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    weeks = list(
        WorkingWeek.objects.visible_to(request.user).lasting().prefetch_related("hours").order_by("project", "during")
    )
    projects = Project.objects.visible_to(request.user).order_by("code")
    context = {
        "company": _told(weeks, None, today),
        "rows": [(project, *_told(weeks, project.pk, today)) for project in projects],
    }
    return render(request, "schedule/hours_index.html", context)


def _told(weeks: list[WorkingWeek], project_id: int | None, today: date) -> tuple[Any, list[Any]]:
    """The week in force of a project, with its hours in words, and those that will come."""
    own = [(week, in_words(week.shifts)) for week in weeks if week.project_id == project_id]
    present = next((row for row in own if row[0].holds_on(today)), None)
    return present, [row for row in own if not row[0].holds_on(today)]


@require_http_methods(["GET", "HEAD", "POST"])
def set_company(request: SignedInRequest) -> HttpResponse:
    """Only who sees all projects sets the hours of all."""
    authorize(request.user, SEE_ALL_PROJECTS)
    authorize(request.user, MANAGE_HOURS)
    return _set(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def set_project(request: SignedInRequest, project_id: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    authorize(request.user, MANAGE_HOURS, project)
    return _set(request, project)


def _set(request: SignedInRequest, project: Project | None) -> HttpResponse:
    form = _form_of(request, project, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, project)):
            seen = take_version(form)
            starts_on = form.cleaned_data["starts_on"]
            set_working_week(project, shifts=form.shifts, starts_on=starts_on, by=request.user, seen=seen)
            tell(request, _("The hours are saved."))
            return done(request, reverse("schedule:hours-index"))
    title = _("Working hours of %(project)s") % {"project": project} if project else _("Working hours of the company")
    return show_form(request, form, title=title, submit=_("Save"), back=reverse("schedule:hours-index"))


def _form_of(request: SignedInRequest, project: Project | None, data: Any = None) -> HoursForm:
    """With the present hours; a project without its own begins with the company's."""
    weeks = WorkingWeek.objects.visible_to(request.user)
    own = weeks.present(project.pk if project else None)
    form = HoursForm(data, week=own or weeks.present(None))
    return carrying_version(form, own) if own else form


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, week_id: int) -> HttpResponse:
    weeks = WorkingWeek.objects.visible_to(request.user).select_related("project")
    week = get_object_or_404(weeks, pk=week_id)
    authorize(request.user, MANAGE_HOURS, week.project)
    form = carrying_version(EndForm(sent_with(request)), week)
    back = reverse("schedule:hours-index")
    if form.is_valid():
        with stale_told(form, stored=lambda: carrying_version(EndForm(), weeks.get(pk=week.pk))):
            seen = take_version(form)
            end_working_week(week, by=request.user, seen=seen, **form.cleaned_data)
            return done(request, back)
    title = _("%(project)s has the company's hours again") % {"project": week.project}
    return show_form(request, form, title=title, submit=_("Save"), back=back)
