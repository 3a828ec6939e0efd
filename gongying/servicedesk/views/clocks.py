from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.servicedesk.clock_page import clocks_shown, standing_before
from gongying.servicedesk.models import ServiceRequest


@require_safe
def index(request: SignedInRequest, request_id: int) -> HttpResponse:
    """What a due time is made of: policy with version and source, pauses, adjustments, the ladder, what is due before."""
    rows = ServiceRequest.objects.visible_to(request.user).prefetch_related(
        "clocks__pauses", "clocks__adjustments__requested_by", "clocks__adjustments__approved_by"
    )
    service_request = get_object_or_404(rows, pk=request_id)
    context = {
        "service_request": service_request,
        "clocks": clocks_shown(service_request),
        "before": standing_before(service_request, request.user),
    }
    part = "#drawer" if request.headers.get("HX-Request") == "true" else ""
    return render(request, f"servicedesk/clock_list.html{part}", context)
