"""Another due moment than policy and pauses give: asked for with a reason, decided by somebody else (invariant 12)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.models import ClockAdjustment, ServiceClock, ServiceRequest
from gongying.servicedesk.operations.pausing import move_due
from gongying.servicedesk.operations.stages import lock_request, tell
from gongying.servicedesk.routing import supervisor_for

APPROVED, DECLINED = "approved", "declined"


@transaction.atomic
def ask_adjustment(
    service_request: ServiceRequest, *, by: User, metric: str, new_due: datetime, reason: str, seen: int | None = None
) -> ClockAdjustment:
    """Ask for another due moment; nothing moves until somebody else has agreed."""
    service_request = lock_request(service_request, seen=seen)
    clock = service_request.clocks.running().of_metric(metric).first()
    if clock is None:
        raise Refused(_("No such clock runs for this matter."))
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    if new_due <= timezone.now():
        raise Refused(_("The new time lies in the past."))
    if new_due == clock.due_at:
        raise Refused(_("It is due then already."))
    if clock.adjustments.filter(approved_by=None).exists():
        raise Refused(_("Another due time is asked for already: it has to be decided first."))
    adjustment: ClockAdjustment = ClockAdjustment.objects.create(
        clock=clock, old_due=clock.due_at, new_due=new_due, reason=reason.strip(), requested_by=by
    )
    tell(
        "clock.adjustment_asked",
        service_request,
        by=by,
        at=adjustment.requested_at,
        told=[supervisor_for(service_request.place, department=service_request.department)],
        metric=metric,
        before=clock.due_at,
        due_at=new_due,
        reason=adjustment.reason,
    )
    return adjustment


@transaction.atomic
def decide_adjustment(
    service_request: ServiceRequest, *, by: User, outcome: str, answer: str = "", seen: int | None = None
) -> ClockAdjustment:
    """Agree or decline; never about one's own wish, and not where the due moment has moved since it was asked."""
    service_request = lock_request(service_request, seen=seen)
    waiting = ClockAdjustment.objects.select_related("clock__policy", "clock__ladder", "requested_by")
    adjustment = waiting.filter(clock__service_request=service_request, approved_by=None).first()
    if adjustment is None:
        raise Refused(_("No other due time is asked for."))
    if adjustment.requested_by == by:
        raise Refused(_("Nobody decides about her own wish: ask a colleague."))
    if outcome not in (APPROVED, DECLINED) or (outcome == DECLINED and not answer.strip()):
        raise Refused(_("Agree, or decline and say why."))
    clock: ServiceClock = adjustment.clock
    clock.service_request = service_request
    if outcome == APPROVED:
        _check_unmoved(clock, adjustment)
    now = timezone.now()
    adjustment.approved_by, adjustment.answer = by, answer.strip()
    if outcome == APPROVED:
        adjustment.approved_at = now
    else:
        adjustment.declined_at = now
    adjustment.save(update_fields=["approved_by", "approved_at", "declined_at", "answer"])
    if outcome == APPROVED:
        move_due(clock, adjustment.new_due)
    tell(
        "clock.adjusted" if outcome == APPROVED else "clock.adjustment_declined",
        service_request,
        by=by,
        at=now,
        told=[adjustment.requested_by],
        metric=clock.metric,
        before=adjustment.old_due,
        due_at=clock.due_at,
        reason=adjustment.reason,
        answer=adjustment.answer,
    )
    return adjustment


def _check_unmoved(clock: ServiceClock, adjustment: ClockAdjustment) -> None:
    if not clock.is_running:
        raise Refused(_("The clock runs no more: decline what was asked for."))
    if clock.due_at != adjustment.old_due:
        raise Refused(_("The due time has moved since then: decline, and let it be asked anew."))
    if adjustment.new_due < clock.started_at:
        raise Refused(_("The new time lies in the past."))
