from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations import dial_customer
from gongying.servicedesk.rules import may_call


@require_POST
def create(request: SignedInRequest, request_id: int) -> HttpResponse:
    """The number goes to the dialler and not into the page."""
    rows = ServiceRequest.objects.visible_to(request.user).select_related("unit", "party")
    service_request = get_object_or_404(rows, pk=request_id)
    if not may_call(request.user, service_request):
        raise PermissionDenied(_("Your role does not allow this."))
    address = dial_customer(service_request, by=request.user)
    return HttpResponse(status=204, headers={"HX-Redirect": address, "Location": address})
