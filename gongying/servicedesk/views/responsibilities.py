from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
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
    form = ResponsibilityRuleForm(request.POST if request.method == "POST" else None, instance=rule, user=request.user)
    if request.method == "POST" and form.is_valid():
        save_rule(form.save(commit=False), supporting=form.cleaned_data["supporting"], by=request.user)
        tell(request, _("Saved."))
        return redirect("servicedesk:category-index")
    context = {"form": form, "title": title, "rule": rule if rule.pk else None}
    return render(request, "servicedesk/settings_form.html", context, status=422 if form.errors else 200)
