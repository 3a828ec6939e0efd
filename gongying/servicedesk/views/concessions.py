from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.statements import statement_of
from gongying.servicedesk.concessions import concessions_of
from gongying.servicedesk.models import CompensationClaim
from gongying.servicedesk.views.lookups import request_or_404


@require_safe
def index(request: SignedInRequest, request_id: int) -> HttpResponse:
    """What the customer was given; fetched by the page of the request that is open already."""
    service_request = request_or_404(request.user, request_id)
    user = request.user

    def claims(request: int) -> Any:
        rows = CompensationClaim.objects.visible_to(user).with_decisions()
        return rows.filter(service_request=request).order_by("pk")

    context = {
        "concessions": concessions_of(service_request),
        "claims": statement_of(user, "claims of a request", claims, request=int).rows(request=request_id),
    }
    return render(request, "servicedesk/_concessions.html", context)
