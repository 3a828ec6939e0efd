"""Service times to look at and to change; a change is a further version for new requests (R-022, R-205, R-206)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import sent_with
from gongying.common.inputs import id_in
from gongying.common.permissions import authorize, may
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.forms.service_times import ServiceTimesForm, initial_of
from gongying.servicedesk.forms.service_times_asked import HoldingForm
from gongying.servicedesk.models import ServiceTimePolicy
from gongying.servicedesk.operations.service_times import end_service_times, set_service_times
from gongying.servicedesk.policy_choice import policy_for, why
from gongying.servicedesk.rules import MANAGE_SERVICE_TIMES
from gongying.servicedesk.service_time_outlook import outlook
from gongying.servicedesk.service_time_page import (
    ladder_shown,
    may_change,
    origin_of,
    pauses_shown,
    policies,
    policies_shown,
    promise_of,
    versions_of,
)
from gongying.servicedesk.views.rule_versions import last_version, seen_version, tell_ended, tell_saved

FORM = "servicedesk/service_times_form.html"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What holds in a project, where it comes from, and which rule holds for a matter one asks about."""
    form = HoldingForm(request.GET or None, user=request.user)
    project = form.chosen_project
    ladder = ladder_shown(request.user, project)
    context = {
        "form": form,
        "project": project,
        "rows": policies_shown(request.user, project),
        "metrics": [metric.label for metric in Metric],
        "answer": _answer(form),
        "ladder": ladder,
        "ladder_origin": origin_of(ladder) if ladder else "",
        "pauses": pauses_shown(project),
        "may_manage": may(request.user, MANAGE_SERVICE_TIMES),
    }
    return render(request, "servicedesk/service_time_list.html", context, status=422 if form.errors else 200)


def _answer(form: HoldingForm) -> dict[str, Any] | None:
    """The rule that holds for the matter that was asked about."""
    if not form.matter:
        return None
    policy = policy_for(form.matter, at=timezone.now())
    if policy is None:
        return {"policy": None}
    promises = [(target.get_metric_display(), promise_of(target)) for target in policy.targets.values()]
    return {"policy": policy, "why": why(policy), "promises": promises}


@require_safe
def show(request: SignedInRequest, policy_id: int) -> HttpResponse:
    """A rule with all its versions."""
    visible: Any = policies()
    policy = get_object_or_404(visible.visible_to(request.user), pk=policy_id)
    versions = versions_of(policy, visible.visible_to(request.user).of_scope(policy.scope))
    context = {
        "policy": policy,
        "last": versions[0],
        "versions": [
            (row, [(target.get_metric_display(), promise_of(target)) for target in row.targets.values()])
            for row in versions
        ],
        "origin": origin_of(policy),
        "may_change": may_change(request.user, versions[0]),
        "may_own": policy.project_id is None and may(request.user, MANAGE_SERVICE_TIMES),
    }
    return render(request, "servicedesk/service_time_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Times for something that has none of its own; `like` names a rule that they begin with."""
    authorize(request.user, MANAGE_SERVICE_TIMES)
    like_id = id_in(request.GET.get("like", ""))
    like = policies().visible_to(request.user).filter(pk=like_id).first()  # type: ignore[attr-defined]
    initial = initial_of(like) if like else {}
    form = ServiceTimesForm(sent_with(request), user=request.user, initial=initial)
    if form.is_valid() and not _is_preview(request):
        policy = set_service_times(form.scope, by=request.user, **form.arguments())
        tell_saved(request)
        return redirect("servicedesk:service-time-show", policy.pk)
    return _show_form(request, form, title=_("New service times"))


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: SignedInRequest, policy_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_SERVICE_TIMES)
    last = _last(request, policy_id)
    form = _version_form(request, last, sent_with(request))
    if form.is_valid() and not _is_preview(request):
        with stale_told(form, stored=lambda: _version_form(request, _last(request, policy_id))):
            seen = take_version(form)
            policy = set_service_times(form.scope, by=request.user, seen=seen, **form.arguments())
            tell_saved(request)
            return redirect("servicedesk:service-time-show", policy.pk)
    return _show_form(request, form, title=str(last))


@require_POST
def end(request: SignedInRequest, policy_id: int) -> HttpResponse:
    """The next wider rule holds again, for requests that are registered from now on."""
    authorize(request.user, MANAGE_SERVICE_TIMES)
    ended = end_service_times(_last(request, policy_id), by=request.user, seen=seen_version(request))
    tell_ended(request)
    return redirect("servicedesk:service-time-show", ended.pk)


def _last(request: SignedInRequest, policy_id: int) -> ServiceTimePolicy:
    visible: Any = policies()
    last: ServiceTimePolicy = last_version(request, visible.visible_to(request.user), policy_id)
    return last


def _version_form(request: SignedInRequest, last: ServiceTimePolicy, data: Any = None) -> ServiceTimesForm:
    form = ServiceTimesForm(data, user=request.user, last=last, initial=initial_of(last))
    return carrying_version(form, last)


def _is_preview(request: SignedInRequest) -> bool:
    return "preview" in request.POST


def _show_form(request: SignedInRequest, form: ServiceTimesForm, *, title: str) -> HttpResponse:
    is_looked_at = _is_preview(request) and form.is_valid()
    found = outlook(form.scope, form.cleaned_data["targets"], user=request.user) if is_looked_at else None
    context = {"form": form, "title": title, "outlook": found}
    return render(request, FORM, context, status=status_of(form))
