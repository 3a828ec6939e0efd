"""The ladder of escalation and the longest pauses of a project, or of the company."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import sent_with
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.estates.models import Project
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.servicedesk.forms.service_times import LadderForm, PausesForm
from gongying.servicedesk.models import EscalationLadder
from gongying.servicedesk.operations.service_times import end_ladder, set_ladder, set_longest_pauses
from gongying.servicedesk.rules import MANAGE_SERVICE_TIMES
from gongying.servicedesk.service_time_page import limits_of, may_change, origin_of, versions_of
from gongying.servicedesk.views.rule_versions import last_version, seen_version, tell_ended, tell_saved

FORM = "servicedesk/service_times_form.html"


@require_safe
def show(request: SignedInRequest, ladder_id: int) -> HttpResponse:
    """A ladder with all its versions."""
    visible = EscalationLadder.objects.visible_to(request.user).select_related("project", "created_by")
    ladder = get_object_or_404(visible, pk=ladder_id)
    versions = versions_of(ladder, visible.of_scope(ladder.scope))
    context = {
        "ladder": ladder,
        "last": versions[0],
        "versions": versions,
        "origin": origin_of(ladder),
        "may_change": may_change(request.user, versions[0]),
        "may_own": ladder.project_id is None and may(request.user, MANAGE_SERVICE_TIMES),
    }
    return render(request, "servicedesk/ladder_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """A ladder of a project's own; it begins with the company's steps."""
    authorize(request.user, MANAGE_SERVICE_TIMES)
    like = EscalationLadder.objects.visible_to(request.user).in_force().filter(project=None).first()
    form = LadderForm(sent_with(request), user=request.user, like=like)
    if form.is_valid():
        data = form.cleaned_data
        ladder = set_ladder(data["project"], rungs=data["rungs"], valid_from=data["valid_from"], by=request.user)
        tell_saved(request)
        return redirect("servicedesk:ladder-show", ladder.pk)
    context = {"form": form, "title": _("New escalation ladder")}
    return render(request, FORM, context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: SignedInRequest, ladder_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_SERVICE_TIMES)
    last = _last(request, ladder_id)
    form = _version_form(request, last, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _version_form(request, _last(request, ladder_id))):
            seen, data = take_version(form), form.cleaned_data
            given = {"rungs": data["rungs"], "valid_from": data["valid_from"]}
            ladder = set_ladder(last.project, by=request.user, seen=seen, **given)
            tell_saved(request)
            return redirect("servicedesk:ladder-show", ladder.pk)
    context = {"form": form, "title": _("Escalation ladder")}
    return render(request, FORM, context, status=status_of(form))


@require_POST
def end(request: SignedInRequest, ladder_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_SERVICE_TIMES)
    ended = end_ladder(_last(request, ladder_id), by=request.user, seen=seen_version(request))
    tell_ended(request)
    return redirect("servicedesk:ladder-show", ended.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def pauses(request: SignedInRequest) -> HttpResponse:
    """The longest pauses of the company, or of the project that the address names."""
    authorize(request.user, MANAGE_SERVICE_TIMES)
    project = _project(request)
    own, company = limits_of(project), limits_of(None)
    form = PausesForm(sent_with(request), present=own, company=company if project else {})
    back = reverse("servicedesk:service-time-index") + (f"?project={project.pk}" if project else "")
    if form.is_valid():
        set_longest_pauses(project, working_days=form.cleaned_data, by=request.user)
        tell(request, _("Saved. It counts for pauses that begin from now on."))
        return redirect(back)
    context = {"form": form, "title": project.name if project else _("all projects"), "back": back}
    return render(request, "servicedesk/pauses_form.html", context, status=status_of(form))


def _project(request: SignedInRequest) -> Project | None:
    named = request.GET.get("project", "")
    if not named and may(request.user, SEE_ALL_PROJECTS):
        return None
    visible: Any = Project.objects.visible_to(request.user)
    project: Project | None = visible.filter(pk=id_in(named)).first() if named else visible.first()
    if project is None:
        raise Http404
    return project


def _last(request: SignedInRequest, ladder_id: int) -> EscalationLadder:
    visible = EscalationLadder.objects.visible_to(request.user).select_related("project")
    last: EscalationLadder = last_version(request, visible, ladder_id)
    return last


def _version_form(request: SignedInRequest, last: EscalationLadder, data: Any = None) -> LadderForm:
    return carrying_version(LadderForm(data, user=request.user, last=last, like=last), last)
