from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.enums import EscalationGround
from gongying.servicedesk.models import Escalation, ServiceRequest
from gongying.servicedesk.operations.stages import lock_request, tell
from gongying.servicedesk.routing import supervisor_for


@transaction.atomic
def escalate_request(service_request: ServiceRequest, *, by: User | None, ground: str, note: str = "") -> Escalation:
    """Call for the supervisor of the place; once per ground as long as it is not settled."""
    service_request = lock_request(service_request)
    if not service_request.is_open:
        raise Refused(_("This matter is finished."))
    if ground == EscalationGround.ASKED and not note.strip():
        raise Refused(_("Say what help is needed."))
    now = timezone.now()
    escalation, is_new = Escalation.objects.get_or_create(
        service_request=service_request,
        ground=ground,
        settled_at=None,
        defaults={
            "to": supervisor_for(service_request.place, department=service_request.department),
            "note": note.strip(),
            "by": by,
            "at": now,
        },
    )
    if is_new:
        tell(
            "request.escalated",
            service_request,
            by=by,
            at=now,
            told=(escalation.to,),
            ground=str(ground),
            to=str(escalation.to or ""),
            note=escalation.note,
        )
    return escalation


@transaction.atomic
def settle_escalation(escalation: Escalation, *, by: User) -> Escalation:
    service_request = lock_request(escalation.service_request)
    escalation = Escalation.objects.select_for_update(no_key=True).get(pk=escalation.pk)
    if escalation.settled_at is not None:
        raise Refused(_("Somebody has dealt with this already."))
    if escalation.ground == EscalationGround.SCORE:
        raise Refused(_("Decide about the follow-up: that settles it."))
    settle_all(service_request, grounds=[escalation.ground], by=by)
    escalation.refresh_from_db()
    return escalation


def settle_all(service_request: ServiceRequest, *, by: User | None, grounds: list[str] | None = None) -> None:
    rows = service_request.escalations.filter(settled_at=None)
    if grounds is not None:
        rows = rows.filter(ground__in=grounds)
    now = timezone.now()
    settled = list(rows.values_list("ground", flat=True))
    if rows.update(settled_by=by, settled_at=now):
        tell("request.escalation_settled", service_request, by=by, at=now, grounds=settled)
