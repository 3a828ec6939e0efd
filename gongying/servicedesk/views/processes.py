from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.machines import Machine
from gongying.common.permissions import authorize
from gongying.servicedesk.enums import ComplaintState, RequestState, WorkState
from gongying.servicedesk.machines import COMPLAINT, PROCESS_VERSION, REQUEST, WORK
from gongying.servicedesk.rules import PERMISSIONS


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    """The steps in force, read from the very tables that operations and database go by (R-195, R-196)."""
    authorize(request.user, "servicedesk.view_requests")
    machines = [
        (_("Request"), _rows(REQUEST, RequestState)),
        (_("Complaint"), _rows(COMPLAINT, ComplaintState)),
        (_("Work order"), _rows(WORK, WorkState)),
    ]
    return render(request, "servicedesk/process.html", {"machines": machines, "version": PROCESS_VERSION})


def _rows(machine: Machine, states: Any) -> list[tuple[str, Any, str, Any]]:
    words = dict(states.choices)
    return [
        (
            " · ".join(str(words[source]) for source in transition.sources),
            transition.label,
            str(words[transition.target]),
            PERMISSIONS.get(transition.permission, ""),
        )
        for transition in machine.transitions
        # A change of kind crosses from one machine into the other: it is no step of either.
        if transition.label and set(transition.sources) <= set(words)
    ]
