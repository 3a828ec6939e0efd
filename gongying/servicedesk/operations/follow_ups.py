from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.enums import (
    CheckMethod,
    DecisionOutcome,
    EscalationGround,
    FollowUpBy,
    Metric,
    Quality,
    WorkState,
)
from gongying.servicedesk.models import FollowUp, FollowUpDecision, ServiceRequest
from gongying.servicedesk.models.evidence import BEST_SCORE, WORST_SCORE
from gongying.servicedesk.operations.clocks import meet
from gongying.servicedesk.operations.closing import check_remaining_work, ground_for_closing, write_closure
from gongying.servicedesk.operations.doing import return_work
from gongying.servicedesk.operations.escalations import escalate_request, settle_all
from gongying.servicedesk.operations.rework import send_back
from gongying.servicedesk.operations.stages import lock_request, open_stage, step, tell
from gongying.servicedesk.operations.work import create_work

STATES_TO_FOLLOW_UP = ("reported", "feedback_given", "following_up")


@transaction.atomic
def record_follow_up(
    service_request: ServiceRequest,
    *,
    by: User,
    reached: bool,
    solved: bool | None = None,
    score: int | None = None,
    comment: str = "",
    qualities: Mapping[str, int] | None = None,
    channel: str = "",
    seen: int | None = None,
) -> FollowUp:
    """One attempt. Content: it closes (a complaint goes on to improvement). Unsolved or ≤ 2: back to handling.

    `qualities`: marks from 1 to 5 of those that were asked for (`Quality`); they decide nothing.

    A solved matter with score 3 waits for the supervisor's decision.
    """
    service_request = lock_request(service_request, seen=seen)
    _check(service_request, reached=reached, solved=solved, score=score)
    marks: dict[str, Any] = {Quality(name).value: mark for name, mark in (qualities or {}).items() if reached}
    if not all(WORST_SCORE <= mark <= BEST_SCORE for mark in marks.values()):
        raise Refused(_("A mark lies between 1 and 5."))
    _check_asker(service_request, by=by)
    if service_request.state == "feedback_given":
        step(service_request, "reach", by=by)
    now = timezone.now()
    follow_up: FollowUp = FollowUp.objects.create(
        service_request=service_request,
        stage=open_stage(service_request),
        by=by,
        at=now,
        reached=reached,
        solved=solved if reached else None,
        score=score if reached else None,
        comment=comment.strip(),
        **marks,
        channel=channel,
    )
    meet(service_request, Metric.FOLLOW_UP, by=by, at=now)
    tell(
        "request.followed_up",
        service_request,
        by=by,
        at=now,
        reached=reached,
        solved=solved,
        score=score,
        comment=comment.strip()[:200],
        qualities=marks,
        channel=channel,
    )
    if follow_up.is_content:
        _settle(service_request, by=by)
    elif follow_up.is_lukewarm:
        escalate_request(service_request, by=by, ground=EscalationGround.SCORE, note=comment)
    elif reached:
        _back_to_handling(service_request, by=by, reason=comment or _("Not solved, or not content"))
    elif service_request.is_complaint and ground_for_closing(service_request) is not None:
        _settle(service_request, by=by)
    return follow_up


@transaction.atomic
def decide_follow_up(follow_up: FollowUp, *, by: User, outcome: str, reason: str) -> FollowUpDecision:
    """The supervisor's word on a lukewarm answer: good enough, or back to handling."""
    service_request = lock_request(follow_up.service_request)
    follow_up = FollowUp.objects.select_related("stage").get(pk=follow_up.pk)
    stage = open_stage(service_request)
    if not follow_up.is_lukewarm or follow_up.stage_id != stage.pk or hasattr(follow_up, "decision"):
        raise Refused(_("There is nothing to decide about this follow-up."))
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    now = timezone.now()
    decision: FollowUpDecision = FollowUpDecision.objects.create(
        service_request=service_request,
        stage=stage,
        by=by,
        at=now,
        follow_up=follow_up,
        outcome=outcome,
        reason=reason.strip(),
    )
    tell(
        "request.follow_up_decided",
        service_request,
        by=by,
        at=now,
        told=(follow_up.by,),
        outcome=outcome,
        reason=reason.strip(),
    )
    settle_all(service_request, by=by, grounds=[EscalationGround.SCORE])
    if outcome == DecisionOutcome.ACCEPTED:
        _settle(service_request, by=by)
    else:
        _back_to_handling(service_request, by=by, reason=reason)
    return decision


def _settle(service_request: ServiceRequest, *, by: User) -> None:
    if service_request.is_complaint:
        now = step(service_request, "settle", by=by)
        tell("complaint.settled", service_request, by=by, at=now)
        return
    check_remaining_work(service_request, by=by, method=CheckMethod.FOLLOW_UP)
    ground = ground_for_closing(service_request)
    if ground is not None:
        write_closure(service_request, by=by, ground=ground)


def _back_to_handling(service_request: ServiceRequest, *, by: User, reason: str) -> None:
    """Unchecked work goes back to its doer; where all was checked already, a new job waits for one."""
    unchecked = list(
        service_request.work_orders.filter(state=WorkState.DONE).select_for_update(of=("self",), no_key=True)
    )
    settle_all(service_request, by=by, grounds=[EscalationGround.SCORE])
    send_back(service_request, by=by, reason=reason)
    for work_order in unchecked:
        work_order.service_request = service_request
        return_work(work_order, by=by, reason=reason, method=CheckMethod.FOLLOW_UP)
    if not unchecked and service_request.work_orders.exists():
        create_work(service_request, by=by, trade=service_request.category.trade, task=reason)


def _check_asker(service_request: ServiceRequest, *, by: User) -> None:
    """Who asks, where the rules of the category say so (R-201)."""
    asker = service_request.rules.follow_up_by if service_request.rules else FollowUpBy.ANYBODY
    if asker == FollowUpBy.IN_CHARGE and service_request.owner_id != by.pk:
        raise Refused(_("%(name)s answers for this matter and follows it up.") % {"name": service_request.owner})
    if asker == FollowUpBy.NOT_DOER and service_request.work_orders.exclude(state="cancelled").filter(doer=by).exists():
        raise Refused(_("Somebody other than the doer follows this up."))


def _check(service_request: ServiceRequest, *, reached: bool, solved: bool | None, score: int | None) -> None:
    if service_request.state not in STATES_TO_FOLLOW_UP:
        raise Refused(
            _("The customer is followed up after the result was told; it is at “%(state)s”.")
            % {"state": service_request.state_label},
            current=service_request.present_state(),
        )
    if not reached:
        return
    if solved is None or score is None or not WORST_SCORE <= score <= BEST_SCORE:
        raise Refused(_("Ask whether it is solved, and for a score from 1 to 5."))
    if service_request.escalations.filter(settled_at=None, ground=EscalationGround.SCORE).exists():
        raise Refused(_("The supervisor has to decide about the last follow-up first."))
