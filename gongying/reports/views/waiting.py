"""The report of the counter: waiting and handling times, who left unseen; each number opens its visits."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.paging import count_of, paginate
from gongying.common.permissions import authorize
from gongying.reports.forms import WaitingForm
from gongying.reports.views.figures import VIEW
from gongying.reports.waiting import SORTS, tickets_of, waiting_by

PAGE = "reports/waiting.html"


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW)
    form = WaitingForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        by = form.cleaned_data["by"]
        context |= {"by": by, "sort_label": SORTS[by].label, "lines": waiting_by(form.tickets(), by)}
    return render(request, PAGE, context, status=200 if form.is_valid() else 422)


@require_safe
def rows(request: SignedInRequest) -> HttpResponse:
    """The visits behind one number."""
    authorize(request.user, VIEW)
    form = WaitingForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=422)
    unseen = request.GET.get("part") == "unseen"
    found = tickets_of(form.tickets(), form.cleaned_data["by"], request.GET.get("line", ""), unseen=unseen)
    cursor = request.GET.get("cursor")
    page = paginate(found.select_related("purpose", "unit", "handler"), order=("-arrived_at", "-id"), cursor=cursor)
    context = {"page": page, "count": count_of(page, found, cursor=cursor)}
    return render(request, "reports/waiting_rows.html", context)
