from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.servicedesk.concessions import concessions_of
from gongying.servicedesk.models import CompensationClaim, ServiceRequest


@require_safe
def index(request: SignedInRequest, request_id: int) -> HttpResponse:
    """What the customer was given; fetched by the page of the request that is open already."""
    service_request = get_object_or_404(ServiceRequest.objects.visible_to(request.user), pk=request_id)
    claims = CompensationClaim.objects.visible_to(request.user).with_decisions()
    context = {
        "concessions": concessions_of(service_request),
        "claims": claims.filter(service_request=service_request).order_by("pk"),
    }
    return render(request, "servicedesk/_concessions.html", context)
