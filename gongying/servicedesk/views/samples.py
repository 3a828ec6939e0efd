"""The quality sample: orders drawn by lot, looked at by somebody who did not do them (R-228)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import sent_with
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize
from gongying.servicedesk.forms.samples import InspectionForm
from gongying.servicedesk.models import QualitySample
from gongying.servicedesk.operations import inspect_sample
from gongying.servicedesk.rules import INSPECT_SAMPLES

ROWS = ("service_request__category", "service_request__unit", "service_request__building", "service_request__project")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What waits to be looked at, the oldest first; or what was found, the newest first."""
    authorize(request.user, INSPECT_SAMPLES)
    shows_inspected = request.GET.get("inspected") == "1"
    samples = QualitySample.objects.visible_to(request.user)
    rows = samples.filter(inspected_at__isnull=False) if shows_inspected else samples.waiting()
    order = ("-inspected_at", "-id") if shows_inspected else ("id",)
    shown = rows.select_related("draw", "inspector", *ROWS)
    context = {
        "page": paginate(shown, order=order, cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shows_inspected": shows_inspected,
    }
    return render(request, "servicedesk/sample_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def inspect(request: SignedInRequest, sample_id: int) -> HttpResponse:
    rows = QualitySample.objects.visible_to(request.user).select_related("draw", "inspector", *ROWS)
    sample = get_object_or_404(rows, pk=sample_id)
    authorize(request.user, INSPECT_SAMPLES, sample.service_request)
    form = InspectionForm(sent_with(request))
    if form.is_valid():
        inspect_sample(sample, by=request.user, **form.cleaned_data)
        tell(request, _("The finding is kept."))
        return redirect("servicedesk:sample-index")
    doers = sample.service_request.work_orders.select_related("doer").order_by("position")
    context = {"sample": sample, "form": form, "doers": [job.doer_name for job in doers if job.doer_name]}
    return render(request, "servicedesk/sample_form.html", context, status=422 if form.is_bound else 200)
