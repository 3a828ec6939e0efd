from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import sent_with
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.servicedesk.forms.categories import ResponsibilityRuleForm
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory
from gongying.servicedesk.operations.categories import remove_rule, save_rule
from gongying.servicedesk.views.categories import MANAGE


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE)
    category = id_in(request.GET.get("category", ""))
    rule = ResponsibilityRule()
    if category is not None:
        rule.category = get_object_or_404(ServiceCategory, pk=category)
    return _edit(request, rule, title=_("Who answers"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, rule_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    rule = get_object_or_404(ResponsibilityRule.objects.visible_to(request.user), pk=rule_id)
    return _edit(request, rule, title=str(rule))


@require_POST
def destroy(request: SignedInRequest, rule_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    remove_rule(get_object_or_404(ResponsibilityRule.objects.visible_to(request.user), pk=rule_id), by=request.user)
    tell(request, _("Removed: the next rule up the tree answers now."))
    return redirect("servicedesk:category-index")


def _edit(request: SignedInRequest, rule: ResponsibilityRule, *, title: str) -> HttpResponse:
    def form_of(rule: ResponsibilityRule, data: Any = None) -> ResponsibilityRuleForm:
        return carrying_version(ResponsibilityRuleForm(data, instance=rule, user=request.user), rule)

    form = form_of(rule, sent_with(request))
    if form.is_valid():
        chosen = {"supporting": form.cleaned_data["supporting"], "seen": take_version(form)}
        with stale_told(
            form, stored=lambda: form_of(ResponsibilityRule.objects.visible_to(request.user).get(pk=rule.pk))
        ):
            save_rule(form.save(commit=False), by=request.user, **chosen)
            tell(request, _("Saved."))
            return redirect("servicedesk:category-index")
    context = {"form": form, "title": title, "rule": rule if rule.pk else None}
    return render(request, "servicedesk/settings_form.html", context, status=status_of(form))
