from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.events.models import EventSubject
from gongying.events.presentation import reading_of
from gongying.files.models import Attachment
from gongying.servicedesk.case_page import facts_of
from gongying.servicedesk.complaint_paper import complaint_lines
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.named_prices import price_named_for
from gongying.servicedesk.progress import progress_of
from gongying.servicedesk.settlements import settlement_of
from gongying.servicedesk.stage_report import past_services, result_of, time_left

PAPERS = ("a5", "form")
COMPLAINT_PAPERS = ("a4", "a5")
MOST_ENTRIES = 500


@require_safe
def dispatch_slip(request: SignedInRequest, request_id: int) -> HttpResponse:
    """The paper a worker takes along: A5, or the three-part form of 241 × 140 mm."""
    service_request = _find(request, request_id)
    paper = request.GET.get("paper", PAPERS[0])
    context = {
        "service_request": service_request,
        "work_orders": service_request.work_orders.on_paper(),
        "settlement": settlement_of(service_request),
        "named": price_named_for(service_request),
        "ticks": Tick.labels,
        "paper": paper if paper in PAPERS else PAPERS[0],
        "back": reverse("servicedesk:request-show", args=[request_id]),
    }
    return render(request, "servicedesk/dispatch_slip.html", context)


@require_safe
def complaint_form(request: SignedInRequest, request_id: int) -> HttpResponse:
    """A complaint through its six stages on one page, A4 or A5; what is not done yet is left to the pen."""
    service_request = _find(request, request_id)
    authorize(request.user, "servicedesk.view_requests", service_request)
    if not service_request.is_complaint:
        raise Http404
    asked = request.GET.get("paper", COMPLAINT_PAPERS[0])
    paper = asked if asked in COMPLAINT_PAPERS else COMPLAINT_PAPERS[0]
    context = {
        "service_request": service_request,
        "lines": complaint_lines(service_request, paper=paper),
        "paper": paper,
        "back": reverse("servicedesk:request-show", args=[request_id]),
    }
    return render(request, "servicedesk/complaint_form.html", context)


@require_safe
def incident_report(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Facts, times, people, result and photos of a matter, dated (R-190)."""
    service_request = _find(request, request_id)
    authorize(request.user, "servicedesk.view_requests", service_request)
    rows = EventSubject.objects.of(service_request).select_related("event__actor").order_by("at", "pk")[:MOST_ENTRIES]
    entries = [(row.event, reading_of(row.event.verb)) for row in rows]
    context = {
        "service_request": service_request,
        "facts": facts_of(service_request),
        "steps": progress_of(service_request),
        "entries": [
            (event, reading.title_of(event.details), reading.text(event.details)) for event, reading in entries
        ],
        "result": result_of(service_request),
        "notice": service_request.resultnotices.last(),
        "follow_up": service_request.followups.last(),
        "photos": [file for file in Attachment.objects.of(service_request) if file.is_image],
        "back": reverse("servicedesk:request-show", args=[request_id]),
    }
    return render(request, "servicedesk/incident_report.html", context)


@require_safe
def stage_report(request: SignedInRequest, request_id: int) -> HttpResponse:
    """A running service on one page: its stages, the time it still takes, how the customer found earlier ones (R-193)."""
    service_request = _find(request, request_id)
    authorize(request.user, "servicedesk.view_requests", service_request)
    context = {
        "service_request": service_request,
        "steps": progress_of(service_request),
        "left": time_left(service_request),
        "past": past_services(service_request, request.user),
        "back": reverse("servicedesk:request-show", args=[request_id]),
    }
    return render(request, "servicedesk/stage_report.html", context)


def _find(request: SignedInRequest, request_id: int) -> ServiceRequest:
    rows = ServiceRequest.objects.visible_to(request.user).for_list()
    rows = rows.select_related("first_responder", "registered_by", "facility", "complaint")
    found: ServiceRequest = get_object_or_404(rows, pk=request_id)
    return found
