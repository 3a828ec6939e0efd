from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import sent_with
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.servicedesk.forms.categories import CategoryForm
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory
from gongying.servicedesk.operations.categories import save_category

MANAGE = "servicedesk.manage_categories"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The tree with who answers for what (R-004)."""
    authorize(request.user, MANAGE)
    categories = list(ServiceCategory.objects.select_related("parent__parent__parent"))
    rules = ResponsibilityRule.objects.visible_to(request.user).select_related("department", "project")
    rules = rules.prefetch_related("supporting")
    by_category: dict[int, list[ResponsibilityRule]] = {}
    for rule in rules:
        by_category.setdefault(rule.category_id, []).append(rule)
    rows = [(category, len(category.lineage()) - 1, by_category.get(category.pk, [])) for category in categories]
    return render(request, "servicedesk/category_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE)
    return _edit(request, ServiceCategory(), title=_("New category"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, category_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    category = get_object_or_404(ServiceCategory, pk=category_id)
    return _edit(request, category, title=category.path)


def _edit(request: SignedInRequest, category: ServiceCategory, *, title: str) -> HttpResponse:
    form = _form_of(category, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(ServiceCategory.objects.get(pk=category.pk))):
            save_category(form.instance, by=request.user, seen=take_version(form))
            tell(request, _("Saved."))
            return redirect("servicedesk:category-index")
    context = {"form": form, "title": title}
    return render(request, "servicedesk/settings_form.html", context, status=status_of(form))


def _form_of(category: ServiceCategory, data: Any = None) -> CategoryForm:
    return carrying_version(CategoryForm(data, instance=category), category)
