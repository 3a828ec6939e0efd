"""What jobs of a category must prove and how they are followed up, in versions (R-197, R-208)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import sent_with
from gongying.common.permissions import authorize, may
from gongying.servicedesk.forms.category_rules import CategoryRulesForm, initial_of
from gongying.servicedesk.models import CategoryRules, ServiceCategory
from gongying.servicedesk.operations.category_rules import end_category_rules, set_category_rules
from gongying.servicedesk.policy_choice import rules_for
from gongying.servicedesk.service_time_page import versions_of
from gongying.servicedesk.views.categories import MANAGE
from gongying.servicedesk.views.rule_versions import last_version, seen_version, tell_ended, tell_saved

FORM = "servicedesk/category_rules_form.html"


@require_safe
def index(request: SignedInRequest, category_id: int) -> HttpResponse:
    """What holds for a category everywhere, and each of its own rules with all versions."""
    category = get_object_or_404(ServiceCategory, pk=category_id)
    visible: Any = CategoryRules.objects.visible_to(request.user).select_related("project", "category", "created_by")
    by_project: dict[int | None, list[Any]] = {}
    for rules in visible.of_category(category):
        by_project.setdefault(rules.project_id, []).append(rules)
    may_manage = may(request.user, MANAGE)
    changeable = set(
        CategoryRules.objects.visible_to(request.user).changeable_by(request.user).values_list("pk", flat=True)
    )
    context = {
        "category": category,
        "holding": rules_for(category, 0, at=timezone.now()),
        "scopes": [
            (versions[0], versions_of(versions[0], versions), may_manage and versions[0].pk in changeable)
            for versions in by_project.values()
        ],
        "may_manage": may_manage,
    }
    return render(request, "servicedesk/category_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, category_id: int) -> HttpResponse:
    """Rules of its own; they begin with what holds for the category so far."""
    authorize(request.user, MANAGE)
    category = get_object_or_404(ServiceCategory, pk=category_id)
    holding = rules_for(category, 0, at=timezone.now())
    initial = initial_of(holding) if holding else {}
    form = CategoryRulesForm(sent_with(request), category=category, user=request.user, initial=initial)
    if form.is_valid():
        set_category_rules(**form.scope, by=request.user, **form.arguments())
        return _saved(request, category_id)
    return render(request, FORM, {"form": form, "category": category}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: SignedInRequest, rules_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    last = _last(request, rules_id)
    form = _form_of(request, last, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, _last(request, rules_id))):
            seen = take_version(form)
            set_category_rules(**form.scope, by=request.user, seen=seen, **form.arguments())
            return _saved(request, last.category_id)
    return render(request, FORM, {"form": form, "category": last.category}, status=status_of(form))


@require_POST
def end(request: SignedInRequest, rules_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    last = _last(request, rules_id)
    end_category_rules(last, by=request.user, seen=seen_version(request))
    tell_ended(request)
    return redirect("servicedesk:category-rules", last.category_id)


def _saved(request: SignedInRequest, category_id: int) -> HttpResponse:
    tell_saved(request)
    return redirect("servicedesk:category-rules", category_id)


def _last(request: SignedInRequest, rules_id: int) -> CategoryRules:
    visible = CategoryRules.objects.visible_to(request.user).select_related("project", "category")
    last: CategoryRules = last_version(request, visible, rules_id)
    return last


def _form_of(request: SignedInRequest, last: CategoryRules, data: Any = None) -> CategoryRulesForm:
    form = CategoryRulesForm(data, category=last.category, user=request.user, last=last, initial=initial_of(last))
    return carrying_version(form, last)
