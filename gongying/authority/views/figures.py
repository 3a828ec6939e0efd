from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.authority.enums import Subject
from gongying.authority.figures import ALONE, FIGURES, USUAL_DAYS, LimitKey, days_before, figures_of, rows_behind
from gongying.authority.models import AuthorityUse
from gongying.authority.rules import MANAGE_GRANTS, VIEW_FIGURES
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.events.subjects import find_kind

PERIODS = (7, 30, 90, 365)


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    """Per subject: decided alone, asked for, how long it waited; and which limit it was asked for."""
    authorize(request.user, VIEW_FIGURES)
    days = _days(request)
    context = {
        "figures": figures_of(request.user, since=days_before(days)),
        "days": days,
        "periods": PERIODS,
        "may_change": may(request.user, MANAGE_GRANTS),
    }
    return render(request, "authority/figures.html", context)


@require_safe
def rows(request: SignedInRequest) -> HttpResponse:
    """What one number counts, row by row."""
    authorize(request.user, VIEW_FIGURES)
    figure, subject = request.GET.get("figure", ""), request.GET.get("subject", "")
    limit = None
    if grant := request.GET.get("grant"):
        limit = LimitKey.read(grant, request.GET.get("limit", ""))
    if figure not in FIGURES or subject not in Subject.values or (grant and limit is None):
        raise Http404
    found = rows_behind(figure, request.user, since=days_before(_days(request)), subject=subject, limit=limit)
    is_alone = figure == ALONE
    found = found.select_related("project", *(["by"] if is_alone else ["asked_by", "decided_by"]))
    page = paginate(found, order=("-at" if is_alone else "-asked_at", "-id"), cursor=request.GET.get("cursor"))
    context: dict[str, Any] = {
        "page": page,
        "count": bounded_count(found),
        "is_alone": is_alone,
        "title": FIGURES[figure],
        "subject": Subject(subject).label,
    }
    for row in page.rows:
        row.url = _url_of_thing(row) if is_alone else reverse("authority:approval-show", args=[row.pk])
    return render(request, "authority/figure_rows.html", context)


def _url_of_thing(use: AuthorityUse) -> str:
    kind = find_kind(use.about_kind)
    return kind.url_of(use.about_id) if kind else ""


def _days(request: SignedInRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, PERIODS) else USUAL_DAYS
