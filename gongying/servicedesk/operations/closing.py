from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.enums import ClosureGround, DecisionOutcome, WorkState
from gongying.servicedesk.models import Closure, Reopening, ServiceRequest, StageEntry, WorkCheck, WorkOrder
from gongying.servicedesk.operations.escalations import settle_all
from gongying.servicedesk.operations.stages import lock_request, open_stage, step, tell, tell_work
from gongying.servicedesk.routing import owner_for

ATTEMPTS, ATTEMPT_DAYS = 3, 2
REOPENING_DAYS = 30
COMPLAINT_REOPENING_DAYS = 60


@transaction.atomic
def close_request(
    service_request: ServiceRequest, *, by: User, note: str = "", seen: int | None = None
) -> ServiceRequest:
    """Close on the ground that holds (content, exempt, anonymous, not reached); refuse with what is missing."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("close", service_request.state, label=service_request.state_label)
    ground = ground_for_closing(service_request)
    if ground is None:
        raise Refused(_("Still missing: the follow-up."))
    if work_to_check(service_request).exists():
        raise Refused(_("Still missing: the check of the finished work."))
    return write_closure(service_request, by=by, ground=ground, note=note)


def close_if_settled(service_request: ServiceRequest, *, by: User | None) -> None:
    """Close at once where nothing is left to ask: no follow-up needed, or content, and all work checked."""
    ground = ground_for_closing(service_request)
    if ground in (ClosureGround.EXEMPT, ClosureGround.SATISFIED) and not work_to_check(service_request).exists():
        write_closure(service_request, by=by, ground=ground)


def write_closure(service_request: ServiceRequest, *, by: User | None, ground: str, note: str = "") -> ServiceRequest:
    now = timezone.now()
    stage = open_stage(service_request)
    Closure.objects.create(
        service_request=service_request, stage=stage, by=by, at=now, ground=ground, note=note.strip()
    )
    step(service_request, "close", by=by)
    tell("request.closed", service_request, by=by, at=now, ground=str(ground), note=note.strip())
    settle_all(service_request, by=by)
    return service_request


def ground_for_closing(service_request: ServiceRequest) -> str | None:
    stage = open_stage(service_request)
    attempts = list(service_request.followups.filter(stage=stage).select_related("decision"))
    for attempt in attempts:
        decision = getattr(attempt, "decision", None)
        if attempt.is_content or (decision is not None and decision.outcome == DecisionOutcome.ACCEPTED):
            return ClosureGround.SATISFIED
    if service_request.is_anonymous:
        return ClosureGround.ANONYMOUS
    if not service_request.needs_follow_up:
        return ClosureGround.EXEMPT
    return ClosureGround.UNREACHED if has_tried_enough(service_request, stage=stage) else None


def has_tried_enough(service_request: ServiceRequest, *, stage: StageEntry) -> bool:
    """Three attempts on at least two days; three within one hour are not enough (scenario A-03)."""
    missed = service_request.followups.filter(stage=stage, reached=False).values_list("at", flat=True)
    days = {timezone.localtime(at).date() for at in missed}
    return len(missed) >= ATTEMPTS and len(days) >= ATTEMPT_DAYS


def work_to_check(service_request: ServiceRequest) -> QuerySet[WorkOrder]:
    return service_request.work_orders.filter(state=WorkState.DONE)


def check_remaining_work(service_request: ServiceRequest, *, by: User | None, method: str, note: str = "") -> None:
    """A satisfied follow-up checks what is still unchecked (5.3)."""
    for work_order in work_to_check(service_request).select_for_update(of=("self",), no_key=True):
        work_order.service_request = service_request
        now = timezone.now()
        WorkCheck.objects.create(
            work_order=work_order,
            stage=open_stage(work_order),
            by=by,
            at=now,
            passed=True,
            method=method,
            note=note,
        )
        step(work_order, "check", by=by)
        tell_work("work.checked", work_order, by=by, at=now, method=method)


@transaction.atomic
def reopen_request(
    service_request: ServiceRequest, *, by: User, reason: str, seen: int | None = None
) -> ServiceRequest:
    """Back to handling within 30 days; a complaint on new facts within 60."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("reopen", service_request.state, label=service_request.state_label)
    if not reason.strip():
        raise Refused(_("Say why it is taken up again."))
    stage = open_stage(service_request)
    days = COMPLAINT_REOPENING_DAYS if service_request.is_complaint else REOPENING_DAYS
    if timezone.now() - stage.entered_at > timedelta(days=days):
        raise Refused(_("Closed more than %(days)s days ago: register it anew.") % {"days": days})
    Reopening.objects.create(
        service_request=service_request, stage=stage, by=by, at=timezone.now(), reason=reason.strip()
    )
    owner = service_request.owner
    staff = getattr(owner, "staff", None)
    if staff is None or staff.has_left:
        owner = owner_for(service_request.place, service_request.department, by=by)
    now = step(service_request, "reopen", by=by, owner=owner)
    tell("request.reopened", service_request, by=by, at=now, told=(service_request.owner,), reason=reason.strip())
    return service_request
