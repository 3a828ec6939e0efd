from django.db import transaction

from gongying.accounts.models import User
from gongying.servicedesk.enums import EscalationGround
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations.escalations import escalate_request
from gongying.servicedesk.operations.stages import step, tell

# From the second time on it is not the doer's matter alone (5.3).
REWORKS_BEFORE_ESCALATION = 2


@transaction.atomic
def send_back(service_request: ServiceRequest, *, by: User, reason: str) -> None:
    """Back to handling: it was not good enough. The second time the supervisor hears of it."""
    count = service_request.rework_count + 1
    now = step(service_request, "rework", by=by, rework_count=count)
    tell(
        "request.sent_back",
        service_request,
        by=by,
        at=now,
        told=(service_request.owner,),
        reason=reason.strip(),
        rework=count,
    )
    if count >= REWORKS_BEFORE_ESCALATION:
        escalate_request(service_request, by=by, ground=EscalationGround.REWORK, note=reason)
