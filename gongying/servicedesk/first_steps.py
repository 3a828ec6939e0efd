"""The one button of a row on the first page: what its state alone calls for (ux.md T10). What needs a closer look is found on its page."""

from gongying.accounts.models import User
from gongying.servicedesk.case_page import may_take
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.steps import Step, find_step, is_possible

__all__ = ["Step", "first_step"]

STEP_OF_STATE = {
    "registered": "accept",
    "received": "acknowledge",
    "reported": "follow_up",
    "feedback_given": "follow_up",
    "following_up": "follow_up",
}


def first_step(
    service_request: ServiceRequest,
    user: User,
    *,
    wants_doer: bool = False,
    waits_for_doer: bool = False,
    is_late: bool = False,
) -> Step | None:
    """`is_late`: whoever has it is urged where nothing else is called for; one's own is gone on with."""
    key = "urge" if waits_for_doer else "dispatch" if wants_doer else STEP_OF_STATE.get(service_request.state, "")
    further = ("dispatch",) if service_request.owner_id == user.pk else ("urge",)
    for wanted in (key, *further) if is_late else (key,):
        step = find_step(service_request, wanted)
        if (
            step is not None
            and may_take(step, service_request, user)
            and (wanted == key or is_possible(step, service_request))
        ):
            return step
    return None
