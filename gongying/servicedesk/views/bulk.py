"""Several marked requests at once: all of them or, where one refuses, none."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.errors import Refused
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.servicedesk.forms.planning import PlanForm
from gongying.servicedesk.forms.steps import StepForm, TransferForm
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations import dispatch_work, transfer_request
from gongying.servicedesk.operations.bulk import change_all

MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, "servicedesk.dispatch_work")
    return _change_all(request, PlanForm, dispatch_work, _("Dispatch"))


@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, "servicedesk.transfer_request")
    return _change_all(request, TransferForm, transfer_request, _("Pass on"))


def _change_all(request: SignedInRequest, form_type: type[StepForm], change: Any, title: str) -> HttpResponse:
    authorize(request.user, "servicedesk.bulk_change")
    given = request.POST if request.method == "POST" else request.GET
    ids = [pk for value in given.getlist("marked") if (pk := id_in(value)) is not None]
    rows = list(ServiceRequest.objects.visible_to(request.user).for_list().filter(pk__in=ids[:MOST]).order_by("pk"))
    if not rows:
        raise Refused(_("Mark some requests first."))
    is_sent = request.method == "POST" and "confirmed" in request.POST
    form = form_type(request.POST if is_sent else None, case=rows[0], user=request.user)
    if not is_sent or not form.is_valid():
        context = {"rows": rows, "form": form, "title": title, "action": request.path}
        return render(request, "servicedesk/bulk_form.html", context, status=422 if is_sent else 200)
    change_all(rows, change, by=request.user, **form.arguments())
    tell(request, ngettext("%(n)d request changed.", "%(n)d requests changed.", len(rows)) % {"n": len(rows)})
    return redirect(reverse("servicedesk:request-index"))
