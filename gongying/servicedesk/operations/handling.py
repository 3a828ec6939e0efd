"""From acceptance to the result told; the steps of a request, not of a complaint."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.models import Answer, ResultNotice, ServiceRequest
from gongying.servicedesk.operations.closing import close_if_settled
from gongying.servicedesk.operations.stages import lock_request, open_stage, step, tell
from gongying.servicedesk.operations.turns import give_in_turn
from gongying.servicedesk.operations.work import cancel_waiting_work, check_nobody_is_at_work, create_work

# What these ask for is done by somebody's hands: accepting them puts a job into the pool.
KINDS_OF_WORK = (RequestKind.REPAIR, RequestKind.SERVICE)


@transaction.atomic
def accept_request(service_request: ServiceRequest, *, by: User, seen: int | None = None) -> ServiceRequest:
    """Take the matter on. A repair or paid service gets its first work order, without a doer unless they take turns."""
    service_request = lock_request(service_request, seen=seen)
    take_on(service_request, by=by)
    give_in_turn(service_request, by=by)
    return service_request


def take_on(service_request: ServiceRequest, *, by: User) -> None:
    now = step(service_request, "accept", by=by)
    tell("request.accepted", service_request, by=by, at=now)
    if service_request.kind in KINDS_OF_WORK:
        create_work(service_request, by=by, trade=service_request.category.trade)


@transaction.atomic
def start_answering(service_request: ServiceRequest, *, by: User, seen: int | None = None) -> ServiceRequest:
    service_request = lock_request(service_request, seen=seen)
    now = step(service_request, "start", by=by)
    tell("request.started", service_request, by=by, at=now)
    return service_request


@transaction.atomic
def answer_request(service_request: ServiceRequest, *, by: User, text: str, seen: int | None = None) -> ServiceRequest:
    """Give the result of the handling. Work that nobody has taken is not needed any more; other work must be done."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("resolve", service_request.state, label=service_request.state_label)
    _check_text(text)
    if service_request.is_violation:
        raise Refused(_("A violation ends with what became of it."))
    cancel_waiting_work(service_request, by=by, reason=_("Answered without a visit"))
    check_nobody_is_at_work(service_request)
    now = timezone.now()
    Answer.objects.create(
        service_request=service_request, stage=open_stage(service_request), by=by, at=now, text=text.strip()
    )
    step(service_request, "resolve", by=by)
    tell("request.resolved", service_request, by=by, at=now, text=text.strip()[:200])
    return service_request


@transaction.atomic
def report_result(
    service_request: ServiceRequest,
    *,
    by: User,
    channel: str,
    words: str,
    told_at: datetime | None = None,
    seen: int | None = None,
) -> ServiceRequest:
    """The customer was told the result (R-200). Where no follow-up is needed and all is checked, it closes."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("report", service_request.state, label=service_request.state_label)
    notice = give_notice(service_request, by=by, channel=channel, words=words, told_at=told_at)
    step(service_request, "report", by=by)
    tell_everybody_concerned("request.reported", service_request, by=by, notice=notice)
    close_if_settled(service_request, by=by)
    return service_request


def give_notice(
    service_request: ServiceRequest,
    *,
    by: User,
    channel: str,
    words: str,
    told_at: datetime | None,
    further_routes: str = "",
) -> ResultNotice:
    _check_text(words)
    stage = open_stage(service_request)
    now = timezone.now()
    told_at = told_at or now
    if told_at > now:
        raise Refused(_("It cannot have happened in the future."))
    if told_at < stage.entered_at <= now:
        raise Refused(_("The customer cannot have been told the result before there was one."))
    return ResultNotice.objects.create(
        service_request=service_request,
        stage=stage,
        by=by,
        at=max(told_at, stage.entered_at),
        channel=channel,
        words=words.strip(),
        further_routes=further_routes.strip(),
    )


def tell_everybody_concerned(verb: str, service_request: ServiceRequest, *, by: User, notice: ResultNotice) -> None:
    """Those whose matter was merged into this one read the result on their timelines too."""
    merged = [
        merge.service_request
        for merge in service_request.merged_here.select_related("service_request__unit", "service_request__party")
        if merge.service_request.state == "merged"
    ]
    also = tuple(thing for other in merged for thing in (other, other.unit, other.party))
    tell(verb, service_request, by=by, at=notice.at, also=also, channel=notice.channel, words=notice.words[:200])


def _check_text(text: str) -> None:
    if not text.strip():
        raise Refused(_("The result is missing."))
