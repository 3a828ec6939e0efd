from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.customers.masking import masked_phone
from gongying.files.models import Attachment
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.operations.calls import number_of
from gongying.servicedesk.rules import DO_WORK, may_call
from gongying.servicedesk.work_card import card_of

MOST_JOBS = 100
LAST_JOBS = 3


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """A worker's jobs: newly given ones above, then in the order of their times, then what he may claim."""
    authorize(request.user, DO_WORK)
    rows = (
        WorkOrder.objects.visible_to(request.user)
        .select_related("service_request__unit", "service_request__category", "service_request__project", "doer")
        .prefetch_related("workcompletions", "workpauses")
    )
    mine = list(rows.of_doer(request.user)[:MOST_JOBS])
    mine.sort(key=lambda job: (job.state != "assigned", job.planned_from or timezone.now(), job.pk))
    to_claim = rows.to_claim(request.user).order_by("pk")[:MOST_JOBS]
    context = {
        "jobs": [card_of(job, job.service_request, request.user) for job in mine],
        "to_claim": [card_of(job, job.service_request, request.user) for job in to_claim],
    }
    return render(request, "servicedesk/work_order_list.html", context)


@require_safe
def show(request: SignedInRequest, work_order_id: int) -> HttpResponse:
    rows = WorkOrder.objects.visible_to(request.user).select_related(
        "service_request__unit__project", "service_request__category", "service_request__project", "doer"
    )
    job = get_object_or_404(rows, pk=work_order_id)
    service_request = job.service_request
    context = {
        "card": card_of(job, service_request, request.user),
        "service_request": service_request,
        "attachments": Attachment.objects.of(service_request, job),
        "last_jobs": job.last_jobs_here(LAST_JOBS),
        "phone": masked_phone(service_request.caller_phone) if service_request.caller_phone else "",
        "is_my_job": job.doer_id == request.user.pk,
        "can_call": may_call(request.user, service_request) and bool(number_of(service_request)),
    }
    return render(request, "servicedesk/work_order_detail.html", context)
