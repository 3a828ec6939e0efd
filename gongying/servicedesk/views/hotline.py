"""Orders of 12345 and other offices: the list by deadline, the three rates, and what is done about each (E-022, E-023)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.common.templatetags.formats import moment
from gongying.servicedesk.forms.hotline import (
    CallbackForm,
    ContactForm,
    ObjectionDecisionForm,
    ObjectionForm,
    OrderForm,
)
from gongying.servicedesk.forms.matters import ReasonOnlyForm
from gongying.servicedesk.hotline_rates import FIGURES, counted_in, orders_of_month, rates_of
from gongying.servicedesk.models import HotlineOrder
from gongying.servicedesk.operations import (
    decide_objection,
    raise_objection,
    receive_order,
    record_callback,
    record_contact,
    take_back_order,
)
from gongying.servicedesk.rules import HANDLE_ORDERS

VIEW = "servicedesk.view_requests"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What is open by its deadline; or what one number of the month counts, row by row."""
    authorize(request.user, VIEW)
    visible = HotlineOrder.objects.visible_to(request.user)
    month = _month(request)
    figure = request.GET.get("figure", "")
    shown = "all" if request.GET.get("all") == "1" else "due" if request.GET.get("due") == "today" else "open"
    of_month = orders_of_month(visible, month)
    if figure in FIGURES:
        rows = counted_in(figure, of_month)
    else:
        rows = visible if shown == "all" else visible.due_today() if shown == "due" else visible.open()
    context = {
        "page": paginate(rows.for_list(), order=("deadline_at", "id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "rates": rates_of(of_month),
        "month": month,
        "figure": FIGURES[figure][0] if figure in FIGURES else "",
        "shown": "" if figure in FIGURES else shown,
        "can_handle": may(request.user, HANDLE_ORDERS),
    }
    return render(request, "servicedesk/order_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, HANDLE_ORDERS)
    form = OrderForm(sent_with(request), user=request.user)
    if form.is_valid():
        order = receive_order(by=request.user, **form.arguments())
        linked = _("Linked to %(number)s: the matter is open already.") % {"number": order.service_request}
        tell(request, linked if order.service_request.interaction_id != order.interaction_id else _("Registered."))
        return done(request, _url_of(order))
    back = reverse("servicedesk:order-index")
    return show_form(request, form, title=_("New outside order"), submit=_("Enter it"), back=back)


@require_safe
def show(request: SignedInRequest, order_id: int) -> HttpResponse:
    order = _find(request, order_id)
    objection, callback = getattr(order, "objection", None), getattr(order, "callback", None)
    can_handle = may(request.user, HANDLE_ORDERS) and order.withdrawn_at is None
    context = {
        "order": order,
        "facts": _facts(order),
        "contacts": order.contacts.select_related("by"),
        "objection": objection,
        "callback": callback,
        "can_handle": can_handle,
        "can_object": can_handle and objection is None,
        "can_decide": can_handle and objection is not None and not objection.outcome,
        "can_call_back": can_handle and callback is None,
    }
    return render(request, "servicedesk/order_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: SignedInRequest, order_id: int) -> HttpResponse:
    return _act(request, order_id, ContactForm, record_contact, _("Person contacted"))


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: SignedInRequest, order_id: int) -> HttpResponse:
    return _act(request, order_id, ObjectionForm, raise_objection, _("Object to the order"))


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: SignedInRequest, order_id: int) -> HttpResponse:
    return _act(request, order_id, ObjectionDecisionForm, decide_objection, _("Objection decided"))


@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: SignedInRequest, order_id: int) -> HttpResponse:
    return _act(request, order_id, CallbackForm, record_callback, _("The office called back"))


@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: SignedInRequest, order_id: int) -> HttpResponse:
    return _act(request, order_id, ReasonOnlyForm, take_back_order, _("Entered by mistake"))


def _act(
    request: SignedInRequest, order_id: int, form_type: type[forms.Form], act: Callable[..., Any], title: str
) -> HttpResponse:
    order = _find(request, order_id)
    authorize(request.user, HANDLE_ORDERS, order.service_request)
    form = form_type(sent_with(request))
    if form.is_valid():
        act(order, by=request.user, **form.cleaned_data)
        tell(request, _("Written down."))
        return done(request, _url_of(order))
    return show_form(request, form, title=f"{title} · {order}", submit=_("Save"), back=_url_of(order))


def _find(request: SignedInRequest, order_id: int) -> HotlineOrder:
    rows = (
        HotlineOrder.objects.visible_to(request.user)
        .for_list()
        .select_related("first_receiver", "repeat_of", "withdrawn_by")
    )
    found: HotlineOrder = get_object_or_404(rows, pk=order_id)
    return found


def _facts(order: HotlineOrder) -> list[tuple[Any, Any]]:
    kind = _("as printed on the order") if order.is_deadline_printed else _("five working days")
    return [
        (_("Source"), order.get_source_display()),
        (_("Received"), moment(order.received_at)),
        (_("Deadline"), format_html("{} · {}", moment(order.deadline_at), kind)),
        (_("First receiver"), order.first_receiver),
        (_("In charge"), order.service_request.owner),
        (_("Repeat of"), order.repeat_of or ""),
        (_("What is new"), order.new_facts),
    ]


def _month(request: SignedInRequest) -> date:
    """The month that the figures are of; this one where the address names none that can be read."""
    try:
        given = parse_date(f"{request.GET.get('month', '')}-01")
    except ValueError:
        given = None
    return given if given and given.year in range(1900, 2200) else timezone.localdate().replace(day=1)


def _url_of(order: HotlineOrder) -> str:
    return reverse("servicedesk:order-show", args=[order.pk])
