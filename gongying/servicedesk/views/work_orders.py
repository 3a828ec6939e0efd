from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.editions import fill_from_memory
from gongying.common.permissions import authorize
from gongying.common.qr import qr_code
from gongying.common.statements import statement_of
from gongying.customers.masking import masked_phone
from gongying.customers.models.warnings import AT_THE_DOOR
from gongying.servicedesk.enums import Payer, WorkState
from gongying.servicedesk.job_rows import job_rows
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.models.ratings import rating_token
from gongying.servicedesk.named_prices import price_named_for
from gongying.servicedesk.operations.calls import number_of
from gongying.servicedesk.operations.ratings import RATED_IN
from gongying.servicedesk.phone_bar import STEPS, PhoneStep, bar_state, phone_bars, phone_step, sheets
from gongying.servicedesk.rules import DO_WORK, may_call
from gongying.servicedesk.settlements import settlement_of
from gongying.servicedesk.work_card import ATTACHMENTS_OF_JOB, RATING_OF_JOB, card_of, last_jobs_at

MOST_JOBS = 100


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """A worker's jobs: newly given ones above, then in the order of their times, then what he may claim."""
    authorize(request.user, DO_WORK)
    user, now = request.user, timezone.now()
    mine = job_rows(user, "jobs of hers", lambda rows: rows.of_doer(user)[:MOST_JOBS])
    mine.sort(key=lambda job: (job["planned_from"] or now, job["pk"]))
    taken = [job for job in mine if job["state"] != WorkState.ASSIGNED]
    context = {
        "new_jobs": [job for job in mine if job["state"] == WorkState.ASSIGNED],
        "jobs": [job for job in taken if not _is_for_later(job)],
        "later_jobs": [job for job in taken if _is_for_later(job)],
        "to_claim": job_rows(user, "jobs to claim", lambda rows: rows.to_claim(user).order_by("pk")[:MOST_JOBS]),
        # Who may open this page may answer what is given or offered to her.
        "accept": phone_step("accept"),
        "decline": STEPS["decline"],
        "claim": STEPS["claim"],
    }
    return render(request, "servicedesk/work_order_list.html", context)


def _is_for_later(job: dict[str, Any]) -> bool:
    """Planned for another day, and he has not set out for it."""
    at = job["planned_from"]
    return job["state"] == WorkState.ACCEPTED and at is not None and timezone.localdate(at) > timezone.localdate()


@require_safe
def show(request: SignedInRequest, work_order_id: int) -> HttpResponse:
    job = _job_or_404(request.user, work_order_id)
    service_request = job.service_request
    is_my_job = job.doer_id == request.user.pk
    rating = RATING_OF_JOB.first(job=job.pk)
    rating_url = ""
    if rating is None and job.state in RATED_IN:
        rating_url = request.build_absolute_uri(reverse("servicedesk:door-rating", args=[rating_token(job)]))
    card = card_of(job, service_request, request.user)
    offered = [step for step in (card.primary, *card.others) if step is not None]
    settlement = settlement_of(service_request) if _has_money(job) else None
    context = {
        "card": card,
        "price_step": next((step for step in offered if step.key == "price"), None),
        "price": phone_step("price", unpriced=job.waits_for_price) if is_my_job else None,
        "named": price_named_for(service_request) if service_request.payer == Payer.OWNER else None,
        "settlement": settlement,
        "rating": rating,
        "rating_url": rating_url,
        "qr": qr_code(rating_url) if rating_url else None,
        "bars": phone_bars(job, is_paid=settlement is not None and settlement.is_paid) if is_my_job else [],
        "bar_state": bar_state(job),
        "sheets": [(sheet, _form_of(sheet, job, request)) for sheet in sheets(job)] if is_my_job else [],
        "service_request": service_request,
        "warnings": _warnings_for(job) if is_my_job else [],
        "attachments": ATTACHMENTS_OF_JOB.rows(request=service_request.pk, job=job.pk),
        "last_jobs": last_jobs_at(job),
        "phone": masked_phone(service_request.caller_phone) if service_request.caller_phone else "",
        "is_my_job": is_my_job,
        "can_call": may_call(request.user, service_request) and bool(number_of(service_request)),
    }
    return render(request, "servicedesk/work_order_detail.html", context)


@require_safe
def service_worker(request: SignedInRequest) -> HttpResponse:
    """Keeps a worker's pages on his phone. It lies here because a worker's power ends where its own address does."""
    return render(request, "servicedesk/jobs_worker.js", content_type="text/javascript")


def _job_or_404(user: User, pk: int) -> WorkOrder:
    def rows(pk: int) -> Any:
        return WorkOrder.objects.visible_to(user).select_related("service_request__unit", "doer").filter(pk=pk)

    job: WorkOrder | None = statement_of(user, "a job on its page", rows, pk=int).first(pk=pk)
    if job is None:
        raise Http404
    fill_from_memory(job.service_request, "category", "project")
    if job.service_request.unit is not None:
        fill_from_memory(job.service_request.unit, "project")
    return job


def _warnings_for(job: WorkOrder) -> Any:
    """What to mind at this door: for who has to go there, and as long as he has."""
    unit = job.service_request.unit_id
    return AT_THE_DOOR.rows(unit=unit, on=timezone.localdate()) if unit and job.is_unfinished else []


def _has_money(job: WorkOrder) -> bool:
    """What the job cost is known when it is done; what the owner pays is asked before."""
    return job.service_request.payer == Payer.OWNER or job.state in (WorkState.DONE, WorkState.CHECKED)


def _form_of(sheet: PhoneStep, job: WorkOrder, request: SignedInRequest) -> Any:
    form = sheet.step.form
    return form(case=job, user=request.user, auto_id=f"{sheet.step.key}_%s") if form is not None else None
