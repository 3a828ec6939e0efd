from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import status_of
from gongying.common.form_pages import sent_with
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.servicedesk.forms.amounts import LabourRateForm
from gongying.servicedesk.forms.costs import TakeBackForm
from gongying.servicedesk.models import Payment, ServiceRequest
from gongying.servicedesk.operations.costs import set_labour_rate, take_back_payment
from gongying.servicedesk.rules import MANAGE_CATALOGUE, RECEIVE_PAYMENT
from gongying.servicedesk.settlements import settlement_of
from gongying.servicedesk.views.lookups import request_or_404

FORM = "servicedesk/catalogue_form.html"


@require_safe
def index(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Cost, price and payments; fetched by the page of the request that is open already."""
    service_request = request_or_404(request.user, request_id)
    context = {
        "settlement": settlement_of(service_request),
        "service_request": service_request,
        "may_take_back": may(request.user, RECEIVE_PAYMENT),
    }
    return render(request, "servicedesk/_settlement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: SignedInRequest, payment_id: int) -> HttpResponse:
    """A payment that was entered wrongly, or given back to the customer."""
    rows = Payment.objects.filter(service_request__in=ServiceRequest.objects.visible_to(request.user))
    payment = get_object_or_404(rows.select_related("service_request", "by", "work_order"), pk=payment_id)
    authorize(request.user, RECEIVE_PAYMENT, payment.service_request)
    form = TakeBackForm(sent_with(request))
    if form.is_valid():
        reversal = take_back_payment(payment, by=request.user, **form.cleaned_data)
        tell(request, _("Taken back, receipt %(number)s.") % {"number": reversal.receipt_no})
        return redirect("servicedesk:request-show", payment.service_request_id)
    context = {"form": form, "title": _("Take back %(payment)s") % {"payment": payment}}
    return render(request, FORM, context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: SignedInRequest) -> HttpResponse:
    """What an hour of work costs from a day on."""
    authorize(request.user, MANAGE_CATALOGUE)
    form = LabourRateForm(sent_with(request), user=request.user)
    if form.is_valid():
        set_labour_rate(by=request.user, **form.cleaned_data)
        tell(request, _("The rate is entered. What was reckoned before stays."))
        return redirect("servicedesk:service-index")
    context = {"form": form, "title": _("What an hour of work costs")}
    return render(request, FORM, context, status=status_of(form))
