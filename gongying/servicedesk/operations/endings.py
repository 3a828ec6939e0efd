"""How a request ends without having been done: cancelled, rejected, withdrawn, merged."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.templatetags.formats import yuan
from gongying.servicedesk.models import Cancellation, Merge, Rejection, ServiceRequest, Withdrawal
from gongying.servicedesk.operations.costs import received_for
from gongying.servicedesk.operations.escalations import settle_all
from gongying.servicedesk.operations.stages import lock_request, open_stage, step, tell
from gongying.servicedesk.operations.support import withdraw_open_support
from gongying.servicedesk.operations.work import cancel_unfinished_work, cancel_waiting_work


@transaction.atomic
def cancel_request(
    service_request: ServiceRequest, *, by: User, asked_by: str, reason: str, seen: int | None = None
) -> ServiceRequest:
    """The customer (or whoever asked) does not need it any more; its unfinished work ends with it."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("cancel", service_request.state, label=service_request.state_label)
    if not asked_by.strip() or not reason.strip():
        raise Refused(_("Say who asked for it and why."))
    cancel_unfinished_work(service_request, by=by, reason=reason)
    withdraw_open_support(service_request, by=by, reason=reason)
    words = {"asked_by": asked_by.strip(), "reason": reason.strip()}
    return _end(service_request, "cancel", by=by, event="request.cancelled", evidence=Cancellation, words=words)


@transaction.atomic
def reject_request(
    service_request: ServiceRequest, *, by: User, explanation: str, seen: int | None = None
) -> ServiceRequest:
    """Not a matter of the company; the explanation is what the customer was told."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("reject", service_request.state, label=service_request.state_label)
    if not explanation.strip():
        raise Refused(_("Write down how it was explained to the customer."))
    words = {"explanation": explanation.strip()}
    return _end(service_request, "reject", by=by, event="request.rejected", evidence=Rejection, words=words)


@transaction.atomic
def withdraw_complaint(
    service_request: ServiceRequest, *, by: User, confirmed_with: str, reason: str, seen: int | None = None
) -> ServiceRequest:
    """Taken back by the complainant, and confirmed with her."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("withdraw", service_request.state, label=service_request.state_label)
    if not confirmed_with.strip() or not reason.strip():
        raise Refused(_("Say with whom it was confirmed and why it is taken back."))
    cancel_unfinished_work(service_request, by=by, reason=reason)
    withdraw_open_support(service_request, by=by, reason=reason)
    words = {"confirmed_with": confirmed_with.strip(), "reason": reason.strip()}
    return _end(service_request, "withdraw", by=by, event="complaint.withdrawn", evidence=Withdrawal, words=words)


@transaction.atomic
def merge_requests(
    service_request: ServiceRequest, *, into: ServiceRequest, by: User, seen: int | None = None
) -> ServiceRequest:
    """The same matter as `into`, which goes on for both callers; work that somebody has taken must end first."""
    if into.pk == service_request.pk:
        raise Refused(_("A request cannot be merged into itself."))
    # Always in the order of their ids: two people merging crosswise cannot deadlock.
    for pk in sorted([service_request.pk, into.pk]):
        lock_request(ServiceRequest(pk=pk))
    service_request, into = lock_request(service_request, seen=seen), lock_request(into)
    if service_request.is_complaint or into.is_complaint:
        raise Refused(
            _(
                "Complaints are not merged: each one is answered, asked about and counted by itself. Link the two instead."
            )
        )
    service_request.machine.check("merge", service_request.state, label=service_request.state_label)
    if into.project_id != service_request.project_id:
        raise Refused(_("The two requests are of different projects."))
    if not into.is_open:
        raise Refused(_("%(number)s is finished: nothing can be merged into it.") % {"number": into})
    _check_no_money_is_left(service_request)
    cancel_waiting_work(service_request, by=by, reason=_("Merged into %(number)s") % {"number": into})
    if service_request.work_orders.unfinished().exists() or service_request.support_tasks.open().exists():
        raise Refused(_("Somebody is working on it: finish or cancel that work first."))
    now = timezone.now()
    Merge.objects.create(service_request=service_request, stage=open_stage(service_request), by=by, at=now, into=into)
    step(service_request, "merge", by=by)
    tell(
        "request.merged", service_request, by=by, at=now, also=(into,), into=into.number, merged=service_request.number
    )
    settle_all(service_request, by=by)
    return service_request


@transaction.atomic
def undo_merge(service_request: ServiceRequest, *, by: User, seen: int | None = None) -> ServiceRequest:
    """It was another matter after all: it stands again where every matter starts."""
    service_request = lock_request(service_request, seen=seen)
    service_request.machine.check("undo_merge", service_request.state, label=service_request.state_label)
    into = service_request.merges.select_related("into").latest("pk").into
    if not into.is_open:
        raise Refused(_("%(number)s is finished: register the matter anew.") % {"number": into})
    now = step(service_request, "undo_merge", by=by)
    tell("request.merge_undone", service_request, by=by, at=now, also=(into,), into=into.number)
    return service_request


def _end(
    service_request: ServiceRequest,
    verb: str,
    *,
    by: User,
    event: str,
    evidence: type[Cancellation | Rejection | Withdrawal],
    words: dict[str, Any],
) -> ServiceRequest:
    """Keep what was said as the evidence of the stage, and take the step; nobody waits for it any more."""
    _check_no_money_is_left(service_request)
    now = timezone.now()
    evidence.objects.create(service_request=service_request, stage=open_stage(service_request), by=by, at=now, **words)
    step(service_request, verb, by=by)
    tell(event, service_request, by=by, at=now, **words)
    settle_all(service_request, by=by)
    return service_request


def _check_no_money_is_left(service_request: ServiceRequest) -> None:
    """Nobody looks for money at a matter that was never done, or that goes on under another number."""
    received = received_for(service_request)
    if received:
        raise Refused(
            _("%(sum)s was received for it: take the payment back first.") % {"sum": yuan(received)},
            current=service_request.present_state(),
        )
