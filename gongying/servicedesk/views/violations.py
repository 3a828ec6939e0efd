"""Illegal acts in the area: the list, a new one, what was done about it, and the paper for the authority (E-025)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count
from gongying.common.permissions import authorize, may
from gongying.files.models import Attachment
from gongying.servicedesk.forms.violations import ViolationForm
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.models.request_sets import NEWEST_FIRST
from gongying.servicedesk.operations import register_request
from gongying.servicedesk.request_rows import paginate_rows, words_for_rows
from gongying.servicedesk.rules import HANDLE_VIOLATIONS
from gongying.servicedesk.violation_page import panel_of


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    shows_all = request.GET.get("all") == "1"
    rows = ServiceRequest.objects.visible_to(request.user).violations()
    rows = rows if shows_all else rows.open()
    page = paginate_rows(rows, order=NEWEST_FIRST, cursor=request.GET.get("cursor"))
    words_for_rows(page.rows)
    can_handle = may(request.user, HANDLE_VIOLATIONS)
    context = {"page": page, "count": bounded_count(rows), "shows_all": shows_all, "can_handle": can_handle}
    return render(request, "servicedesk/violation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, HANDLE_VIOLATIONS)
    form = ViolationForm(sent_with(request), request.FILES or None, user=request.user)
    back = reverse("servicedesk:violation-index")
    if form.is_valid():
        service_request = register_request(by=request.user, **form.arguments())
        tell(request, _("Registered: %(number)s") % {"number": service_request})
        # Whoever serves a few buildings may find something in the grounds: others see to it.
        is_in_sight = ServiceRequest.objects.visible_to(request.user).filter(pk=service_request.pk).exists()
        return done(request, reverse("servicedesk:request-show", args=[service_request.pk]) if is_in_sight else back)
    return show_form(request, form, title=_("New violation"), submit=_("Enter it"), back=back)


@require_safe
def panel(request: SignedInRequest, request_id: int) -> HttpResponse:
    """What was done about it so far; fetched by the page of the request."""
    service_request = _find(request, request_id)
    context = {"service_request": service_request, "panel": panel_of(service_request)}
    return render(request, "servicedesk/_violation.html", context)


@require_safe
def report(request: SignedInRequest, request_id: int) -> HttpResponse:
    """The paper for the authority: what, where, who, how it was dissuaded, with the photos."""
    service_request = _find(request, request_id)
    context = {
        "service_request": service_request,
        "panel": panel_of(service_request),
        "photos": [file for file in Attachment.objects.of(service_request) if file.is_image],
        "back": reverse("servicedesk:request-show", args=[request_id]),
    }
    return render(request, "servicedesk/violation_report.html", context)


def _find(request: SignedInRequest, request_id: int) -> ServiceRequest:
    rows = ServiceRequest.objects.visible_to(request.user).violations().select_related("violation__recurrence_of")
    found: ServiceRequest = get_object_or_404(rows.for_list(), pk=request_id)
    return found
