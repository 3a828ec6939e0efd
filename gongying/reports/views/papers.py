"""Papers of a period: the monthly service report (E-048)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.improvements.models import ImprovementItem
from gongying.reports.forms import ScopeForm
from gongying.reports.monthly import Month, improvements_of, report_of
from gongying.reports.views.figures import VIEW
from gongying.servicedesk.models import QualitySample


@require_safe
def monthly(request: SignedInRequest) -> HttpResponse:
    """A month for the owners' notice board: figures, subjects, causes, what was improved."""
    authorize(request.user, VIEW)
    month = Month.read(request.GET["month"]) if request.GET.get("month") else Month.of(timezone.localdate())
    if month is None:
        raise Http404
    form, earlier = _scope(request, month), _scope(request, month.before)
    context: dict[str, Any] = {"form": form, "month": month, "back": reverse("reports:figure-index")}
    if not (form.is_valid() and earlier.is_valid()):
        return render(request, "reports/monthly.html", context, status=422)
    context["project"] = project = form.cleaned_data["project"]
    requests = form.requests()
    context["report"] = report_of(
        requests,
        earlier.requests(),
        improvements=improvements_of(ImprovementItem.objects.visible_to(request.user), month, project),
        samples=QualitySample.objects.visible_to(request.user).filter(service_request__in=requests),
    )
    return render(request, "reports/monthly.html", context)


def _scope(request: SignedInRequest, month: Month) -> ScopeForm:
    given = {"since": month.first, "until": month.last, "project": request.GET.get("project", "")}
    return ScopeForm(given, user=request.user)
