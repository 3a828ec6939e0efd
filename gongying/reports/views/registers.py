from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize, may
from gongying.reports.forms import RegisterForm
from gongying.reports.registers import REGISTERS, find_register
from gongying.reports.registers.shape import MOST_LINES


@require_safe
def show(request: SignedInRequest, key: str) -> HttpResponse:
    """A register as it is kept in a ring binder, a line for each entry of the period (E-048)."""
    register = find_register(key)
    if register is None:
        raise Http404
    authorize(request.user, register.permission)
    form = RegisterForm(request.GET, user=request.user, register=register)
    context: dict[str, Any] = {
        "register": register,
        "registers": [each for each in REGISTERS if may(request.user, each.permission)],
        "form": form,
        "paper": "a4-landscape",
    }
    if not form.is_valid():
        return render(request, "reports/register.html", context, status=422)
    rows = list(form.rows()[: MOST_LINES + 1])
    context["lines"] = [register.line_of(row) for row in rows[:MOST_LINES]]
    context |= {"is_cut": len(rows) > MOST_LINES, "most": MOST_LINES, **form.cleaned_data}
    return render(request, "reports/register.html", context)
