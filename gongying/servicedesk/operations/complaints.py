"""The six steps of a complaint: accept, verify, handle, feed back, follow up, improve (R-198)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.improvements.enums import ItemState
from gongying.improvements.models import ImprovementItem
from gongying.improvements.operations import open_item
from gongying.servicedesk.enums import CauseCode, CheckMethod, ClosureGround, Severity
from gongying.servicedesk.models import Answer, ComplaintDetails, ServiceRequest
from gongying.servicedesk.operations.closing import check_remaining_work, write_closure
from gongying.servicedesk.operations.complaint_patterns import lock_with_project, open_item_for_pattern
from gongying.servicedesk.operations.handling import give_notice, tell_everybody_concerned
from gongying.servicedesk.operations.stages import lock_request, open_stage, step, tell
from gongying.servicedesk.operations.work import check_nobody_is_at_work


@transaction.atomic
def acknowledge_complaint(service_request: ServiceRequest, *, by: User, seen: int | None = None) -> ServiceRequest:
    """The number was told and the matter, the wish included, written down."""
    service_request = lock_request(service_request, seen=seen)
    now = step(service_request, "acknowledge", by=by)
    tell("complaint.acknowledged", service_request, by=by, at=now)
    return service_request


@transaction.atomic
def verify_complaint(service_request: ServiceRequest, *, by: User, seen: int | None = None) -> ServiceRequest:
    service_request = lock_request(service_request, seen=seen)
    now = step(service_request, "verify", by=by)
    tell("complaint.verifying", service_request, by=by, at=now)
    return service_request


@transaction.atomic
def establish_facts(
    service_request: ServiceRequest,
    *,
    by: User,
    facts: str,
    severity: str,
    is_attributable: bool,
    attribution_reason: str = "",
    is_group: bool = False,
    seen: int | None = None,
) -> ServiceRequest:
    """What happened, how grave it is, and whether it is the company's fault; if not, why not (E-024).

    The complaint of a group of households is at least serious: its service times are those of serious ones.
    """
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("establish", service_request.state, label=service_request.state_label)
    if not facts.strip() or severity not in Severity.values:
        raise Refused(_("Still missing: the facts and how grave the matter is."))
    if not is_attributable and not attribution_reason.strip():
        raise Refused(_("Say why it is not attributable to the company."))
    if is_group and severity in (Severity.MINOR, Severity.ORDINARY):
        severity = Severity.SERIOUS
    _write_details(
        service_request,
        facts=facts.strip(),
        severity=severity,
        is_attributable=is_attributable,
        attribution_reason="" if is_attributable else attribution_reason.strip(),
        is_group=is_group,
    )
    now = step(service_request, "establish", by=by)
    tell(
        "complaint.established",
        service_request,
        by=by,
        at=now,
        facts=facts.strip()[:200],
        severity=severity,
        is_attributable=is_attributable,
        group=is_group,
        reason="" if is_attributable else attribution_reason.strip()[:200],
    )
    return service_request


@transaction.atomic
def record_measures(service_request: ServiceRequest, *, by: User, text: str) -> Answer:
    """What was done about the complaint; the stage goes on."""
    service_request = lock_request(service_request)
    if service_request.state != "handling":
        raise Refused(_("Measures are written down while the complaint is handled."))
    if not text.strip():
        raise Refused(_("The result is missing."))
    now = timezone.now()
    answer: Answer = Answer.objects.create(
        service_request=service_request, stage=open_stage(service_request), by=by, at=now, text=text.strip()
    )
    tell("complaint.measures_recorded", service_request, by=by, at=now, text=text.strip()[:200])
    return answer


@transaction.atomic
def give_feedback(
    service_request: ServiceRequest,
    *,
    by: User,
    channel: str,
    words: str,
    told_at: datetime | None = None,
    further_routes: str = "",
    seen: int | None = None,
) -> ServiceRequest:
    """The complainant was told the decision, and where it was refused, which further routes there are."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("give_feedback", service_request.state, label=service_request.state_label)
    check_nobody_is_at_work(service_request)
    notice = give_notice(
        service_request, by=by, channel=channel, words=words, told_at=told_at, further_routes=further_routes
    )
    step(service_request, "give_feedback", by=by)
    tell_everybody_concerned("complaint.feedback_given", service_request, by=by, notice=notice)
    return service_request


@transaction.atomic
def settle_anonymous_complaint(service_request: ServiceRequest, *, by: User) -> ServiceRequest:
    """Nobody can be asked: the complaint goes on to improvement, unreachable by nature."""
    service_request = lock_request(service_request)
    if not service_request.is_anonymous:
        raise Refused(_("The complainant is known: follow up."))
    if service_request.state == "feedback_given":
        step(service_request, "reach", by=by)
    now = step(service_request, "settle", by=by)
    tell("complaint.settled", service_request, by=by, at=now, outcome="unreachable_by_nature")
    return service_request


@transaction.atomic
def improve_complaint(
    service_request: ServiceRequest,
    *,
    by: User,
    cause_code: str,
    root_cause: str,
    item: Mapping[str, Any] | None = None,
    joins: ImprovementItem | None = None,
    no_improvement_reason: str = "",
    seen: int | None = None,
) -> ServiceRequest:
    """The root cause, and an improvement or the reason why none is needed: closed.

    The improvement is a new `item` ({title, owner, due_on}), or one under way that the complaint `joins`.
    """
    service_request = lock_with_project(service_request, seen=seen)
    service_request.machine.check("close", service_request.state, label=service_request.state_label)
    if not root_cause.strip() or cause_code not in CauseCode.values:
        raise Refused(_("Still missing: the root cause."))
    if item is None and joins is None and not no_improvement_reason.strip():
        raise Refused(_("Open an improvement item, or say why none is needed."))
    if item is not None and joins is not None:
        raise Refused(_("Open a new improvement item or join one, not both."))
    if item is not None:
        joins = _open_item(service_request, by=by, root_cause=root_cause, **item)
    elif joins is not None:
        joins = _lock_item(joins, service_request)
    _write_details(
        service_request,
        cause_code=cause_code,
        root_cause=root_cause.strip(),
        improvement_item=joins,
        no_improvement_reason=no_improvement_reason.strip(),
    )
    check_remaining_work(service_request, by=by, method=CheckMethod.FOLLOW_UP)
    tell(
        "complaint.improved",
        service_request,
        by=by,
        at=timezone.now(),
        also=(joins,),
        cause=cause_code,
        root_cause=root_cause.strip()[:200],
        item=str(joins or ""),
        reason=no_improvement_reason.strip(),
    )
    closed = write_closure(service_request, by=by, ground=ClosureGround.IMPROVED)
    open_item_for_pattern(closed, cause_code=cause_code, by=by)
    return closed


def _open_item(
    service_request: ServiceRequest, *, by: User, root_cause: str, title: str, owner: User, due_on: date
) -> ImprovementItem:
    return open_item(by=by, about=service_request, title=title, root_cause=root_cause, owner=owner, due_on=due_on)


def _lock_item(item: ImprovementItem, service_request: ServiceRequest) -> ImprovementItem:
    """Held while the complaint joins it, so that nobody finishes it meanwhile."""
    locked: ImprovementItem = ImprovementItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if locked.project_id != service_request.project_id:
        raise Refused(_("This improvement belongs to another project."))
    if locked.state != ItemState.OPEN:
        raise Refused(_("This improvement item is finished already."))
    return locked


def _write_details(service_request: ServiceRequest, **facts: Any) -> None:
    ComplaintDetails.objects.update_or_create(service_request=service_request, defaults=facts)
