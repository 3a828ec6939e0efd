from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.common.standing import present_standing
from gongying.organization.rules import MANAGE_ROLES
from gongying.workbench.upkeep import checks, versions


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    """Whether everything runs that must run, and what to do when it does not."""
    authorize(request.user, MANAGE_ROLES)
    now = present_standing()
    found = sorted(checks(now), key=lambda check: not check.is_wrong)
    context = {
        "checks": found,
        "wrong": sum(check.is_wrong for check in found),
        "versions": versions(now),
        "years_url": reverse("schedule:year-index"),
        "at": now.at,
    }
    return render(request, "workbench/state.html", context)
