from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import sent_with
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.servicedesk.enums import ItemKind
from gongying.servicedesk.forms.amounts import PriceForm
from gongying.servicedesk.forms.catalogue import ItemForm
from gongying.servicedesk.models import LabourRate, ServiceItem, ServicePrice
from gongying.servicedesk.operations.catalogue import save_item, set_price
from gongying.servicedesk.rules import MANAGE_CATALOGUE

VIEW = "servicedesk.view_requests"
FORM = "servicedesk/catalogue_form.html"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What can be ordered, what it costs today and since when, how soon, and who does it (R-448)."""
    authorize(request.user, VIEW)
    items = ServiceItem.objects.select_related("category", "department")
    prices: dict[int, list[ServicePrice]] = {}
    for price in ServicePrice.objects.visible_to(request.user).current().select_related("project", "item"):
        prices.setdefault(price.item_id, []).append(price)
    context = {
        "rows": [(item, prices.get(item.pk, [])) for item in items if item.kind == ItemKind.SERVICE],
        "materials": [(item, prices.get(item.pk, [])) for item in items if item.kind == ItemKind.MATERIAL],
        "rates": LabourRate.objects.visible_to(request.user).lasting().select_related("project"),
        "may_manage": may(request.user, MANAGE_CATALOGUE),
    }
    return render(request, "servicedesk/catalogue.html", context)


@require_safe
def show(request: SignedInRequest, item_id: int) -> HttpResponse:
    authorize(request.user, VIEW)
    item = get_object_or_404(ServiceItem.objects.select_related("category", "department"), pk=item_id)
    prices = ServicePrice.objects.visible_to(request.user).filter(item=item).select_related("project", "item")
    context = {
        "item": item,
        "prices": prices.order_by("project", "-during"),
        "today": timezone.localdate(),
        "may_manage": may(request.user, MANAGE_CATALOGUE),
    }
    return render(request, "servicedesk/catalogue_item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_CATALOGUE)
    return _edit(request, ServiceItem(), title=_("New service"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, item_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_CATALOGUE)
    item = get_object_or_404(ServiceItem, pk=item_id)
    return _edit(request, item, title=item.name)


@require_http_methods(["GET", "HEAD", "POST"])
def price(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Another price from a day on; the earlier one ends the day before."""
    authorize(request.user, MANAGE_CATALOGUE)
    item = get_object_or_404(ServiceItem, pk=item_id)
    form = PriceForm(sent_with(request), user=request.user)
    if form.is_valid():
        set_price(item, by=request.user, **form.cleaned_data)
        tell(request, _("The price is entered. What was quoted before stays."))
        return redirect("servicedesk:service-show", item_id)
    context = {"form": form, "title": item.name}
    return render(request, FORM, context, status=status_of(form))


def _edit(request: SignedInRequest, item: ServiceItem, *, title: str) -> HttpResponse:
    form = _form_of(item, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(ServiceItem.objects.get(pk=item.pk))):
            saved = save_item(form.save(commit=False), by=request.user, seen=take_version(form))
            tell(request, _("Saved."))
            return redirect("servicedesk:service-show", saved.pk)
    return render(request, FORM, {"form": form, "title": title}, status=status_of(form))


def _form_of(item: ServiceItem, data: Any = None) -> ItemForm:
    return carrying_version(ItemForm(data, instance=item), item)
