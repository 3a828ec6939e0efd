"""A request as one line of the first page, with its one button."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.servicedesk.first_steps import first_step
from gongying.servicedesk.models import ServiceRequest
from gongying.workbench.sections import Row

WAITS_FOR_DOER = gettext_lazy("for a doer")


def request_row(request: ServiceRequest, **more: Any) -> Row:
    url = reverse("servicedesk:request-show", args=[request.pk])
    return Row(title=request.one_line, url=url, subtitle=f"{request.where} · {request.owner}", **more)


def button(
    request: ServiceRequest,
    user: User,
    *,
    what: str | LazyText = "",
    waits_for_doer: bool = False,
    is_late: bool = False,
) -> dict[str, Any]:
    wants_doer = what == WAITS_FOR_DOER
    step = first_step(request, user, wants_doer=wants_doer, waits_for_doer=waits_for_doer, is_late=is_late)
    return {"case": request, "step": step} if step is not None else {}
