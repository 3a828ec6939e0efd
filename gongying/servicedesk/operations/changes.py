"""What changes about an open request without moving it: who answers for it, its kind, its estimate, its price."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.scopes import scope_of
from gongying.organization.access import staff_of
from gongying.organization.models import Department
from gongying.servicedesk.enums import (
    KINDS_WITHOUT_FOLLOW_UP,
    EscalationGround,
    Payer,
    RequestKind,
    TransferReason,
)
from gongying.servicedesk.models import (
    ComplaintDetails,
    KindChange,
    ServiceCategory,
    ServicePrice,
    ServiceRequest,
    Transfer,
)
from gongying.servicedesk.operations.clocks import choose_policy_again
from gongying.servicedesk.operations.escalations import escalate_request
from gongying.servicedesk.operations.price_agreements import NOT_AGREED, agreement_about, keep_agreement
from gongying.servicedesk.operations.registration import check_fits, is_followed_up
from gongying.servicedesk.operations.stages import lock_request, open_stage, save_changes, step, tell
from gongying.servicedesk.operations.violations import write_details

TRANSFERS_BEFORE_ESCALATION = 3
KIND_STATES = ("registered", "received", "accepted")


@transaction.atomic
def transfer_request(
    service_request: ServiceRequest,
    *,
    by: User,
    to: User,
    reason: str,
    note: str = "",
    department: Department | None = None,
    seen: int | None = None,
) -> ServiceRequest:
    """Pass the matter on to a colleague, with the reason; the third time the supervisor hears of it."""
    service_request = lock_request(service_request, seen=seen)
    _check_transfer(service_request, to=to, reason=reason, note=note)
    staff = staff_of(to)
    department = department or (staff.department if staff else service_request.department)
    now = timezone.now()
    Transfer.objects.create(
        service_request=service_request,
        from_owner=service_request.owner,
        to_owner=to,
        from_department=service_request.department,
        to_department=department,
        reason=reason,
        note=note.strip(),
        by=by,
        at=now,
    )
    before, count = service_request.owner, service_request.transfer_count + 1
    save_changes(service_request, owner=to, department=department, transfer_count=count, touched_at=now)
    tell(
        "request.transferred",
        service_request,
        by=by,
        at=now,
        told=(to,),
        before=str(before),
        to=str(to),
        reason=reason,
        note=note.strip(),
    )
    if count >= TRANSFERS_BEFORE_ESCALATION:
        escalate_request(service_request, by=by, ground=EscalationGround.TRANSFERS, note=note)
    return service_request


@transaction.atomic
def change_kind(
    service_request: ServiceRequest,
    *,
    by: User,
    to: str,
    reason: str,
    category: ServiceCategory | None = None,
    seen: int | None = None,
) -> ServiceRequest:
    """Another kind, with history (R-204). To or from a complaint only before the work has begun; the number stays (decision 0006).

    `category`: another one, where the present one does not fit the new kind; a violation is about an illegal act.
    """
    service_request = lock_request(service_request, seen=seen)
    if to not in RequestKind.values or to == service_request.kind:
        raise Refused(_("Choose another kind."))
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    if service_request.state not in KIND_STATES:
        raise Refused(_("The kind is settled once the work has begun."))
    category = category or service_request.category
    check_fits(category, to)
    now = timezone.now()
    before = service_request.kind
    KindChange.objects.create(
        service_request=service_request,
        stage=open_stage(service_request),
        by=by,
        at=now,
        from_kind=before,
        to_kind=to,
        reason=reason.strip(),
    )
    changes: dict[str, Any] = {"kind": to}
    if category != service_request.category:
        # The rules of the category stay those that the request began under.
        changes["category"] = service_request.category = category
    changes["needs_follow_up"] = _is_followed_up_as(service_request, to)
    changes_machine = RequestKind.COMPLAINT in (before, to)
    service_request.kind = to
    if changes_machine and service_request.state != "accepted":
        step(service_request, "change_kind", by=by, **changes)
    else:
        save_changes(service_request, touched_at=now, **changes)
    if to == RequestKind.COMPLAINT:
        ComplaintDetails.objects.get_or_create(service_request=service_request)
    if to == RequestKind.VIOLATION:
        write_details(service_request)
    choose_policy_again(service_request, by=by, at=now)
    facts: dict[str, Any] = {"before": before, "kind": to, "reason": reason.strip()}
    tell("request.kind_changed", service_request, by=by, at=now, category=str(changes.get("category", "")), **facts)
    return service_request


@transaction.atomic
def change_estimate(
    service_request: ServiceRequest, *, by: User, estimated_end: datetime, reason: str, seen: int | None = None
) -> ServiceRequest:
    """When it will probably be done, with the reason for the change (R-191)."""
    service_request = lock_request(service_request, seen=seen)
    if not service_request.is_open:
        raise Refused(_("This matter is finished."))
    if estimated_end <= timezone.now():
        raise Refused(_("The new time lies in the past."))
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    before = service_request.estimated_end
    now = timezone.now()
    save_changes(service_request, estimated_end=estimated_end, touched_at=now)
    tell(
        "request.estimate_changed",
        service_request,
        by=by,
        at=now,
        before=before,
        estimated_end=estimated_end,
        reason=reason.strip(),
    )
    return service_request


@transaction.atomic
def correct_price_agreement(
    service_request: ServiceRequest,
    *,
    by: User,
    price_agreed: bool,
    agreed_amount: Decimal | None = None,
    line: ServicePrice | None = None,
    seen: int | None = None,
) -> ServiceRequest:
    """Whether the customer has agreed to a price after all: said later than at the desk, or ticked by mistake (E-047).

    `agreed_amount`: how much; left out, the chosen `line`, what was quoted or the one line of the price list.
    """
    service_request = lock_request(service_request, seen=seen)
    if not service_request.is_open:
        raise Refused(_("This matter is finished."))
    if service_request.payer != Payer.OWNER:
        raise Refused(_("There is no price to agree to: the owner does not pay."))
    agreement = agreement_about(service_request, agreed_amount, line=line) if price_agreed else None
    columns = agreement.columns if agreement else NOT_AGREED
    if all(getattr(service_request, name) == value for name, value in columns.items()):
        raise Refused(_("That is what is written down already."))
    now = timezone.now()
    if agreement is not None:
        keep_agreement(agreement, service_request, by=by)
    save_changes(service_request, **columns, touched_at=now)
    said: dict[str, Any] = {"price_agreed": price_agreed, "agreed_amount": str(agreement.amount) if agreement else ""}
    tell("request.price_corrected", service_request, by=by, at=now, **said)
    return service_request


def _is_followed_up_as(service_request: ServiceRequest, kind: str) -> bool:
    """As settled at registration by its rules; drawn now where its kind had none before."""
    had_none, has_none = (each in KINDS_WITHOUT_FOLLOW_UP for each in (service_request.kind, kind))
    if had_none == has_none:
        return service_request.needs_follow_up
    return is_followed_up(service_request.rules, service_request.category, kind)


def _check_transfer(service_request: ServiceRequest, *, to: User, reason: str, note: str) -> None:
    if not service_request.is_open:
        raise Refused(_("This matter is finished."))
    if to == service_request.owner:
        raise Refused(_("%(name)s is in charge already.") % {"name": to})
    if reason not in TransferReason.values or (reason == TransferReason.OTHER and not note.strip()):
        raise Refused(_("A reason is needed."))
    if not scope_of(to).covers(service_request.place):
        raise Refused(_("%(name)s does not serve this place.") % {"name": to})
