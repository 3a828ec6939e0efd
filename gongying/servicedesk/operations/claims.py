"""A claim for compensation is entered in its matter, granted within authority or refused, and paid (R-158).

What is granted goes the one way of every concession (`concede`): at once within the grant, else by an approval.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.authority.enums import Subject
from gongying.authority.models import AuthorityUse
from gongying.common.clock import now_not_before
from gongying.common.errors import Refused
from gongying.common.money import to_fen
from gongying.common.templatetags.formats import spoken, yuan
from gongying.files.operations import File, attach
from gongying.servicedesk.enums import ClaimGround, ClaimState
from gongying.servicedesk.models import CompensationClaim, ServiceRequest
from gongying.servicedesk.operations.concessions import concede, refuse_without_a_matter
from gongying.servicedesk.operations.stages import lock_request, tell


@transaction.atomic
def raise_claim(
    service_request: ServiceRequest,
    *,
    by: User,
    ground: str,
    amount: Decimal,
    reason: str,
    claimant: str = "",
    evidence: Sequence[File] = (),
) -> CompensationClaim:
    """The customer wants money for what happened; whoever answers for the matter hears of it."""
    service_request = lock_request(service_request)
    refuse_without_a_matter(service_request)
    amount = to_fen(amount)
    if amount <= 0 or ground not in ClaimGround.values or not reason.strip():
        raise Refused(_("Say what is claimed, how much of it, and why."))
    claim: CompensationClaim = CompensationClaim.objects.create(
        service_request=service_request,
        project_id=service_request.project_id,
        building_id=service_request.building_id,
        entrance_id=service_request.entrance_id,
        ground=ground,
        amount=amount,
        reason=reason.strip(),
        claimant=claimant.strip(),
        raised_by=by,
    )
    for paper in evidence:
        attach(paper, to=service_request, by=by, label="claim")
    _tell("raised", claim, by=by, told=(service_request.owner,), reason=claim.reason)
    return claim


@transaction.atomic
def decide_claim(claim: CompensationClaim, *, by: User, amount: Decimal, reason: str) -> CompensationClaim:
    """Grant this much of it: at once within one's authority, above it a colleague is asked."""
    claim = _lock(claim)
    _refuse_unless(claim, ClaimState.OPEN)
    if to_fen(amount) > claim.amount:
        raise Refused(_("No more is granted than is claimed: %(amount)s.") % {"amount": yuan(claim.amount)})
    outcome = concede(claim.service_request, subject=Subject.COMPENSATION, amount=amount, reason=reason, by=by)
    if isinstance(outcome, AuthorityUse):
        claim.use, claim.approval = outcome, None
    else:
        claim.approval = outcome
    claim.save(update_fields=["use", "approval"])
    return claim


@transaction.atomic
def refuse_claim(claim: CompensationClaim, *, by: User, reason: str) -> CompensationClaim:
    """Nothing is granted, for this reason."""
    claim = _lock(claim)
    _refuse_unless(claim, ClaimState.OPEN)
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    claim.refused_by, claim.refused_at, claim.refusal = by, now_not_before(claim.raised_at), reason.strip()
    claim.save(update_fields=["refused_by", "refused_at", "refusal"])
    _tell("refused", claim, by=by, reason=claim.refusal)
    return claim


@transaction.atomic
def pay_claim(claim: CompensationClaim, *, by: User, how: str) -> CompensationClaim:
    """What was granted reached the customer, once; also after the matter has ended."""
    claim = _lock(claim)
    _refuse_unless(claim, ClaimState.GRANTED)
    if not how.strip():
        raise Refused(_("Say how it was paid."))
    claim.paid_by, claim.paid_at, claim.paid_how = by, now_not_before(claim.raised_at), how.strip()
    claim.save(update_fields=["paid_by", "paid_at", "paid_how"])
    _tell("paid", claim, by=by, reason=claim.paid_how)
    return claim


def _lock(claim: CompensationClaim) -> CompensationClaim:
    """The matter first, then its claim: in the order in which everything of a matter is locked."""
    lock_request(claim.service_request)
    rows = CompensationClaim.objects.with_decisions().select_for_update(of=("self",), no_key=True)
    locked: CompensationClaim = rows.get(pk=claim.pk)
    return locked


def _refuse_unless(claim: CompensationClaim, state: ClaimState) -> None:
    if claim.state == state:
        return
    present = {"state": str(claim.state)}
    if claim.state == ClaimState.PAID and claim.paid_at is not None:
        words = {"name": claim.paid_by, "when": spoken(timezone.localtime(claim.paid_at))}
        raise Refused(_("%(name)s paid it %(when)s already.") % words, current=present)
    raise Refused(_("This claim is at “%(state)s”.") % {"state": claim.state.label}, current=present)


def _tell(verb: str, claim: CompensationClaim, *, by: User, told: tuple[User | None, ...] = (), reason: str) -> None:
    granted = claim.granted
    tell(
        f"claim.{verb}",
        claim.service_request,
        by=by,
        at=timezone.now(),
        also=(claim,),
        told=told,
        claim=str(claim),
        granted=str(granted.amount) if granted is not None else "",
        reason=reason[:200],
    )
