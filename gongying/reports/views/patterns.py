from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.paging import count_of, paginate
from gongying.common.permissions import authorize
from gongying.reports.answers import SHOWN, answers_by_post
from gongying.reports.demand import MOST_PER_PERSON, demand_of
from gongying.reports.forms import ScopeForm
from gongying.reports.qualities import marked_of, radars_of
from gongying.reports.spread import FEWEST, SORTS, scored_of, spreads_by_category, spreads_of
from gongying.reports.views.figures import VIEW
from gongying.schedule.models import DutyShift
from gongying.servicedesk.models.request_sets import NEWEST_FIRST, ServiceRequestQuerySet


@require_safe
def spread(request: SignedInRequest) -> HttpResponse:
    """Whether the same service is as good whoever gives it."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form, "fewest": FEWEST}
    if form.is_valid():
        requests = form.requests()
        context["workers"], context["categories"] = spreads_of(requests), spreads_by_category(requests)
    return render(request, "reports/spread.html", context, status=200 if form.is_valid() else 422)


@require_safe
def scores(request: SignedInRequest) -> HttpResponse:
    """The requests whose scores one box is made of."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    sort = request.GET.get("sort", "")
    if sort not in SORTS:
        raise Http404
    if not form.is_valid():
        return render(request, "reports/spread.html", {"form": form, "fewest": FEWEST}, status=422)
    found = scored_of(form.requests(), sort, request.GET.get("line", ""))
    return _rows(request, form, found, label=_("Requests with a score"))


def _rows(request: SignedInRequest, form: ScopeForm, found: ServiceRequestQuerySet, *, label: str) -> HttpResponse:
    cursor = request.GET.get("cursor")
    page = paginate(found.for_list(), order=NEWEST_FIRST, cursor=cursor)
    context = {
        "form": form,
        "measure": {"label": label, "formula": ""},
        "page": page,
        "count": count_of(page, found, cursor=cursor),
    }
    return render(request, "reports/row_list.html", context)


@require_safe
def answers(request: SignedInRequest) -> HttpResponse:
    """How those of each post answer: explained, settled within authority, put off to an appointment (R-012)."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form, "kinds": [kind.label for kind in SHOWN]}
    if form.is_valid():
        context["lines"] = answers_by_post(form.touches(), form.period())
    return render(request, "reports/answers.html", context, status=200 if form.is_valid() else 422)


@require_safe
def qualities(request: SignedInRequest) -> HttpResponse:
    """How fast, simple, reliable and valuable customers find the service of each project."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context["radars"] = radars_of(form.requests())
    return render(request, "reports/qualities.html", context, status=200 if form.is_valid() else 422)


@require_safe
def marks(request: SignedInRequest) -> HttpResponse:
    """The requests that one shape of the qualities is made of."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "reports/qualities.html", {"form": form}, status=422)
    found = marked_of(form.requests(), request.GET.get("line", ""))
    return _rows(request, form, found, label=_("Requests with marks"))


@require_safe
def demand(request: SignedInRequest) -> HttpResponse:
    """Requests by weekday and hour beside the people on duty."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form, "limit": formats.localize(MOST_PER_PERSON), "hours": range(24)}
    if form.is_valid():
        chosen = form.cleaned_data
        shifts = DutyShift.objects.visible_to(request.user)
        if chosen["project"]:
            shifts = shifts.filter(post__project=chosen["project"])
        week = demand_of(form.requests(), shifts=shifts, since=chosen["since"], until=chosen["until"])
        context["week"] = list(zip(WEEKDAYS.values(), week, strict=True))
        context["has_roster"] = week[0][0].people is not None
    return render(request, "reports/demand.html", context, status=200 if form.is_valid() else 422)
