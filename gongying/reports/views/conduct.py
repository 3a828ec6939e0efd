"""Conduct by post and month; each number opens its checks."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.rules import INSPECT
from gongying.common.inputs import id_in
from gongying.common.paging import count_of, paginate
from gongying.common.permissions import authorize
from gongying.reports.conduct import conduct_by_post, months_of
from gongying.reports.forms import ConductForm
from gongying.reports.monthly import Month

PAGE = "reports/conduct.html"


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, INSPECT)
    form = ConductForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        chosen = form.cleaned_data
        months = months_of(chosen["since"], chosen["until"])
        context |= {"months": months, "lines": conduct_by_post(form.runs(), months, item=chosen["item"])}
    return render(request, PAGE, context, status=200 if form.is_valid() else 422)


@require_safe
def rows(request: SignedInRequest) -> HttpResponse:
    """The checks behind one number."""
    authorize(request.user, INSPECT)
    form = ConductForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=422)
    found = form.runs().filter(post=id_in(request.GET.get("line", "")))
    if month := Month.read(request.GET.get("month", "")):
        found = found.filter(day__gte=month.first, day__lte=month.last)
    cursor = request.GET.get("cursor")
    shown = found.for_list().prefetch_related("check_list__items")
    page = paginate(shown, order=("-started_at", "-id"), cursor=cursor)
    return render(request, "reports/conduct_rows.html", {"page": page, "count": count_of(page, found, cursor=cursor)})
