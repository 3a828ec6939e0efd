from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.interactions.forms import InteractionFilterForm, RegisterForm

MOST_LINES = 2000


@require_GET
def show(request: SignedInRequest) -> HttpResponse:
    """The paper register of calls and visits of a period, as it is kept in a ring binder (E-048)."""
    authorize(request.user, "interactions.view_interactions")
    today = timezone.localdate().isoformat()
    given = {"since": today, "until": today, **request.GET.dict()}
    form = RegisterForm(given, user=request.user)
    if not form.is_valid():
        return render(request, "interactions/register.html", {"form": form}, status=422)
    rows: Any = InteractionFilterForm(given, user=request.user).rows_with_words()
    lines = list(
        rows.select_related("unit", "project", "party", "entered_by").order_by("occurred_at", "id")[: MOST_LINES + 1]
    )
    context = {
        "form": form,
        "lines": lines[:MOST_LINES],
        "is_cut": len(lines) > MOST_LINES,
        "most": MOST_LINES,
        "project": form.cleaned_data["project"],
        "since": form.cleaned_data["since"],
        "until": form.cleaned_data["until"],
    }
    return render(request, "interactions/register.html", context)
