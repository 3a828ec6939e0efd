from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.authority.models import ApprovalRequest, AuthorityGrant, AuthorityUse
from gongying.authority.models.grants import LARGEST, grant_of
from gongying.authority.operations.people import approvers_of
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.money import to_fen
from gongying.estates.models import PlacedModel
from gongying.events.models import kind_of
from gongying.events.operations import record_event
from gongying.notifications.operations import notify

WAITING_ALREADY = gettext_lazy("This is asked for already, the decision is still to come.")


class BeyondAuthority(Refused):
    """More than one may decide about alone."""


@transaction.atomic
def use_authority(
    about: PlacedModel, *, subject: str, amount: Decimal, reason: str, by: User
) -> AuthorityUse | ApprovalRequest:
    """Decide about an amount: at once within one's authority, which is stamped on it; above it an approval is asked for.

    What she has decided alone about the same thing (or in the same month) counts towards the limit.
    """
    facts = _facts(about, subject=subject, amount=amount, reason=reason)
    if ApprovalRequest.objects.about(about).waiting().filter(subject=subject).exists():
        raise Refused(WAITING_ALREADY)
    grant = lock_grant(about, subject=subject, by=by)
    if grant is not None and _spent(grant, about, by) + facts["amount"] <= grant.limit_amount:
        return apply_use(AuthorityUse(by=by, grant=grant, limit_amount=grant.limit_amount, **facts), about)
    limit = grant.limit_amount if grant is not None else None
    return _ask(ApprovalRequest(asked_by=by, grant=grant, limit_amount=limit, **facts), about)


@transaction.atomic
def decide_alone(about: PlacedModel, *, subject: str, amount: Decimal, reason: str, by: User) -> AuthorityUse:
    """As `use_authority`, where nobody can be asked meanwhile: above her authority it is refused."""
    facts = _facts(about, subject=subject, amount=amount, reason=reason)
    grant = lock_grant(about, subject=subject, by=by)
    if grant is None or _spent(grant, about, by) + facts["amount"] > grant.limit_amount:
        raise BeyondAuthority(_("This goes beyond your authority: a colleague has to agree first."))
    return apply_use(AuthorityUse(by=by, grant=grant, limit_amount=grant.limit_amount, **facts), about)


def apply_use(use: AuthorityUse, about: Any) -> AuthorityUse:
    """Write down that it is so now, on the timelines of what it is about."""
    use.at = timezone.now()
    use.save()
    details: dict[str, Any] = {"amount": str(use.amount), "subject": use.subject, "reason": use.reason}
    if use.grant is not None:
        details |= {"grant": str(use.grant), "limit": str(use.limit_amount)}
    elif use.approval is not None:
        details |= {"asked_by": str(use.by), "decided_by": str(use.approval.decided_by), "note": use.approval.note}
    by = use.by if use.approval is None else use.approval.decided_by
    event = record_event("authority.used", by=by, subjects=timelines_of(about), at=use.at, **details)
    if use.approval is not None:
        notify(event, to=[use.by], about=about)
    return use


def timelines_of(about: Any) -> list[Model | None]:
    """Where what happens to a thing is read: with the thing, and wherever it says (`concerned`)."""
    return [about, *getattr(about, "concerned", ())]


def _ask(asked: ApprovalRequest, about: Any) -> ApprovalRequest:
    with refusing({"approval_asked_once": WAITING_ALREADY}):
        asked.save()
    event = record_event(
        "approval.asked",
        by=asked.asked_by,
        subjects=[asked, *timelines_of(about)],
        subject=asked.subject,
        amount=str(asked.amount),
        reason=asked.reason,
        limit=str(asked.limit_amount or ""),
        asked_by=str(asked.asked_by),
    )
    notify(event, to=approvers_of(asked), about=asked)
    return asked


def lock_grant(about: PlacedModel, *, subject: str, by: User) -> AuthorityGrant | None:
    """Locked, so that two decisions of the same moment cannot both find the limit untouched."""
    found = grant_of(by, subject=subject, project_id=about.project_id)
    if found is None:
        return None
    rows = AuthorityGrant.objects.select_for_update(of=("self",), no_key=True).with_names()
    return rows.filter(pk=found.pk).current().first()


def _spent(grant: AuthorityGrant, about: PlacedModel, by: User) -> Decimal:
    return AuthorityUse.objects.spent(by, subject=grant.subject, per=grant.per, about=about, at=timezone.now())


def _facts(about: PlacedModel, *, subject: str, amount: Decimal, reason: str) -> dict[str, Any]:
    amount, reason = to_fen(amount), reason.strip()
    if not 0 < amount <= LARGEST:
        raise Refused(_("The amount must be more than nothing."))
    if not reason:
        raise Refused(_("A reason is needed."))
    return {
        "subject": subject,
        "amount": amount,
        "reason": reason,
        "about_kind": kind_of(about),
        "about_id": about.pk,
        "project_id": about.project_id,
        "building_id": about.building_id,
        "entrance_id": about.entrance_id,
    }
