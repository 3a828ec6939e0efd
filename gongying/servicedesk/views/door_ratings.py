"""The page behind the QR code at the door: no log-in, one job, once. It shows nothing about the household but the price of the job."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongying.accounts.pacing import pace
from gongying.accounts.requests import address_of
from gongying.common.error_pages import error_page
from gongying.common.problems import Problem
from gongying.servicedesk.forms.ratings import DoorRatingForm
from gongying.servicedesk.models import DoorRating, WorkOrder
from gongying.servicedesk.models.ratings import job_of_token
from gongying.servicedesk.operations.costs import final_price_of
from gongying.servicedesk.operations.ratings import RATED_IN, rate_work

# Of one address: a household behind one router, not a script that tries links.
CALLS_PER_MINUTE = 20
TEMPLATE = "servicedesk/door_rating.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    try:
        pace(f"rating:{address_of(request)}", per_minute=CALLS_PER_MINUTE)
    except Problem as problem:
        return error_page(request, problem.status, sentence=problem.detail)
    job = job_of_token(token)
    if job is None:
        raise Http404(_("This link does not hold any more."))
    rating = DoorRating.objects.filter(work_order=job).first()
    if rating is not None or job.state not in RATED_IN:
        return render(request, TEMPLATE, {**_shown(job), "rating": rating, "form": None})
    form = DoorRatingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        rating = rate_work(job, **form.cleaned_data)
        return render(request, TEMPLATE, {**_shown(job), "rating": rating, "form": None})
    return render(request, TEMPLATE, {**_shown(job), "form": form}, status=422 if request.method == "POST" else 200)


def _shown(job: WorkOrder) -> dict[str, Any]:
    """The end of the unit's number, the kind of work, who did it: enough to know it is the right job."""
    service_request = job.service_request
    final = final_price_of(service_request)
    unit = str(service_request.unit or "").rpartition("-")[2]
    return {
        "unit": unit,
        "category": service_request.category,
        "doer": job.doer_name,
        "tail": service_request.number_tail,
        # What she agreed to, and what it came to: for her to compare with what is asked of her.
        "agreed": service_request.agreed_amount,
        "final": final,
    }
