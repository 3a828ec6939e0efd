"""Taking a step: one resource for requests, one for work orders; what a step asks and does is said in `steps`."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import mark_stale, status_of
from gongying.common.errors import Stale
from gongying.common.form_pages import is_in_drawer
from gongying.common.messages import tell
from gongying.servicedesk.case_page import may_take
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.operations.price_agreements import BelowTheList
from gongying.servicedesk.operations.slots import SlotTaken
from gongying.servicedesk.steps import Case, Step, find_step, is_possible

FORM = "servicedesk/step_form.html"
LONGEST_VERSION = 9
UNREADABLE = 422
CHANGED = gettext_lazy("Somebody else has changed this matter meanwhile. Look at it, then send what you wrote again.")


@require_http_methods(["GET", "HEAD", "POST"])
def of_request(request: SignedInRequest, request_id: int, step: str) -> HttpResponse:
    rows = ServiceRequest.objects.visible_to(request.user).for_list()
    return _take(request, get_object_or_404(rows, pk=request_id), step)


@require_http_methods(["GET", "HEAD", "POST"])
def of_work_order(request: SignedInRequest, work_order_id: int, step: str) -> HttpResponse:
    seen = WorkOrder.objects.visible_to(request.user, claiming=step == "claim")
    rows = seen.select_related("service_request__unit", "doer")
    return _take(request, get_object_or_404(rows, pk=work_order_id), step)


def _take(request: SignedInRequest, case: Case, key: str) -> HttpResponse:
    step = find_step(case, key)
    if step is None:
        raise Http404
    if not may_take(step, case, request.user):
        raise PermissionDenied(_("Your role does not allow this."))
    if request.method != "POST":
        if step.form is None:
            return redirect(_page_of(case, request))
        return _ask(request, case, step, step.form(case=case, user=request.user))
    form = step.form(request.POST, request.FILES, case=case, user=request.user) if step.form else None
    if form is not None and not form.is_valid():
        return _ask(request, case, step, form)
    given: dict[str, Any] = form.arguments() if form is not None else {}
    if step.takes_version:
        given["seen"] = _version_seen(request)
    reworked = case.rework_count if isinstance(case, ServiceRequest) else None
    try:
        outcome = step.act(case, by=request.user, **given)
    except (Stale, SlotTaken, BelowTheList) as refusal:
        case.refresh_from_db()
        if form is None or not is_possible(step, case):
            raise
        mark_stale(form, str(CHANGED) if isinstance(refusal, Stale) else str(refusal))
        return _ask(request, case, step, form)
    tell(request, _said(step, case, reworked, outcome), undo=_way_back(request, case, step))
    if request.POST.get("from") == "preview" and isinstance(case, ServiceRequest):
        # Its drawer shows what came of it; the list behind stays as it is.
        return redirect("servicedesk:request-preview", case.pk)
    return _go(request, _page_of(case, request))


def _said(step: Step, case: Case, reworked: int | None, outcome: Any) -> Any:
    """The step's own sentence; whoever hears "not solved" is told that the matter went back, and to whom."""
    if isinstance(case, ServiceRequest) and step.key == "follow_up":
        case.refresh_from_db(fields=["rework_count", "owner"])
        if case.rework_count != reworked:
            return _("Not solved: it is being worked on again, %(owner)s answers for it.") % {"owner": case.owner}
    return step.said_of(outcome) if step.said_of is not None else step.said


def _way_back(request: SignedInRequest, case: Case, step: Step) -> str:
    if not step.undo:
        return ""
    kind = "work-order" if isinstance(case, WorkOrder) else "request"
    address = reverse(f"servicedesk:{kind}-step", args=[case.pk, step.undo])
    return f"{address}?from=job" if _is_on_job(request) else address


def _ask(request: SignedInRequest, case: Case, step: Step, form: Any) -> HttpResponse:
    template = f"{FORM}#drawer_form" if is_in_drawer(request) else FORM
    status = status_of(form)
    context = {
        "case": case,
        "step": step,
        "form": form,
        "action": request.path,
        "back": _page_of(case, request),
        # What is only typed wrongly was seen when the form was opened, not now.
        "version": _version_seen(request) if status == UNREADABLE else case.version,
    }
    return render(request, template, context, status=status)


def _version_seen(request: SignedInRequest) -> int | None:
    seen = request.POST.get("version", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) <= LONGEST_VERSION else None


def _page_of(case: Case, request: SignedInRequest) -> str:
    """Workers stay on their job's page, who works off the first page stays there, everybody else goes to the request."""
    if "home" in (request.GET.get("from"), request.POST.get("from")):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    if isinstance(case, WorkOrder):
        if "board" in (request.GET.get("from"), request.POST.get("from")):
            return f"{reverse('servicedesk:dispatch-index')}?project={case.service_request.project_id}"
        if _is_on_job(request):
            return reverse("servicedesk:work-order-show", args=[case.pk])
        return reverse("servicedesk:request-show", args=[case.service_request_id])
    return reverse("servicedesk:request-show", args=[case.pk])


def _is_on_job(request: SignedInRequest) -> bool:
    return "job" in (request.GET.get("from"), request.POST.get("from"))


def _go(request: SignedInRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
