from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.authority.enums import ApprovalState
from gongying.authority.machines import APPROVAL
from gongying.authority.models import ApprovalRequest, AuthorityGrant, AuthorityUse
from gongying.authority.operations.uses import apply_use, lock_grant, timelines_of
from gongying.authority.rules import MANAGE_GRANTS
from gongying.common.errors import Refused
from gongying.common.permissions import may
from gongying.common.templatetags.formats import yuan
from gongying.events.operations import record_event
from gongying.notifications.operations import notify


@transaction.atomic
def grant_approval(approval: ApprovalRequest, *, by: User, note: str = "", seen: int | None = None) -> AuthorityUse:
    """Agree: what was asked for is so from now on. The first decision counts, a later one is refused (409)."""
    about = _lock_thing(approval)  # before the approval, as whoever asks does
    approval = _lock(approval, "grant", seen=seen)
    _refuse_own(approval, by)
    if about is None:
        raise Refused(_("What this is about is not there any more."))
    if not getattr(about, "takes_grants", getattr(about, "is_open", True)):
        raise Refused(_("%(thing)s is finished: nothing can be granted in it any more.") % {"thing": about})
    approval.deciding_grant = own = _limit_that_reaches(approval, about, by)
    approval.deciding_limit = own.limit_amount if own else None
    _decide(approval, "grant", by=by, note=note, at=timezone.now())
    use = AuthorityUse(
        subject=approval.subject,
        amount=approval.amount,
        reason=approval.reason,
        by=approval.asked_by,
        approval=approval,
        about_kind=approval.about_kind,
        about_id=approval.about_id,
        project_id=approval.project_id,
        building_id=approval.building_id,
        entrance_id=approval.entrance_id,
    )
    _record(approval, "approval.granted", by=by)
    return apply_use(use, about)


@transaction.atomic
def refuse_approval(approval: ApprovalRequest, *, by: User, note: str = "", seen: int | None = None) -> ApprovalRequest:
    """Not agreed to; whoever asked is told, with the note."""
    approval = _lock(approval, "refuse", seen=seen)
    _refuse_own(approval, by)
    _decide(approval, "refuse", by=by, note=note, at=timezone.now())
    about = approval.thing
    event = record_event(
        "approval.refused",
        by=by,
        subjects=[approval, *(timelines_of(about) if about is not None else ())],
        place=approval.place,
        **_details(approval),
    )
    notify(event, to=[approval.asked_by], about=about or approval)
    return approval


@transaction.atomic
def withdraw_approval(approval: ApprovalRequest, *, by: User, seen: int | None = None) -> ApprovalRequest:
    """Whoever asked does not need it any more."""
    approval = _lock(approval, "withdraw", seen=seen)
    if approval.asked_by_id != by.pk:
        raise Refused(_("Only who asked can withdraw it."))
    _decide(approval, "withdraw", by=None, note="", at=timezone.now())
    about = approval.thing
    subjects = [approval, *(timelines_of(about) if about is not None else ())]
    record_event("approval.withdrawn", by=by, subjects=subjects, place=approval.place, **_details(approval))
    return approval


def _lock_thing(approval: ApprovalRequest) -> Any:
    """As it is now, held until the end of the transaction: it cannot end while it is decided about."""
    about = approval.thing
    if about is None:
        return None
    return type(about)._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=about.pk).first()


def _lock(approval: ApprovalRequest, verb: str, *, seen: int | None) -> ApprovalRequest:
    rows = ApprovalRequest.objects.select_for_update(of=("self",), no_key=True).with_names()
    locked: ApprovalRequest = rows.get(pk=approval.pk)
    if locked.state != ApprovalState.ASKED:
        label = locked.get_state_display()
        who = locked.decided_by or locked.asked_by
        raise Refused(
            _("Decided already: %(state)s, %(who)s.") % {"state": label, "who": who}, current=locked.present_state()
        )
    APPROVAL.check(verb, locked.state)
    locked.check_version(seen=seen)
    return locked


def _refuse_own(approval: ApprovalRequest, by: User) -> None:
    if approval.asked_by_id == by.pk:
        raise Refused(_("Nobody decides about her own request: ask a colleague."))


def _limit_that_reaches(approval: ApprovalRequest, about: Any, by: User) -> AuthorityGrant | None:
    """Her own limit, none for those who set the limits of others; what she has decided about the case counts."""
    own = lock_grant(about, subject=approval.subject, by=by)
    if own is None:
        if may(by, MANAGE_GRANTS):
            return None
        raise Refused(_("You have no authority for this yourself: somebody with a higher limit decides."))
    decided = AuthorityUse.objects.decided(by, subject=own.subject, per=own.per, about=about, at=timezone.now())
    if decided + approval.amount > own.limit_amount:
        raise Refused(
            _("This goes beyond your own limit (%(limit)s, used: %(used)s): somebody with a higher limit decides.")
            % {"limit": own.limit_in_words, "used": yuan(decided)}
        )
    return own


def _decide(approval: ApprovalRequest, verb: str, *, by: User | None, note: str, at: datetime) -> None:
    approval.state = APPROVAL.check(verb, approval.state)
    approval.decided_by, approval.decided_at, approval.note = by, at, note.strip()
    approval.version += 1
    changed = ["state", "decided_by", "decided_at", "note", "version", "deciding_grant", "deciding_limit"]
    approval.save(update_fields=changed)


def _record(approval: ApprovalRequest, verb: str, *, by: User) -> None:
    record_event(verb, by=by, subjects=[approval], place=approval.place, **_details(approval))


def _details(approval: ApprovalRequest) -> dict[str, Any]:
    return {
        "subject": approval.subject,
        "amount": str(approval.amount),
        "reason": approval.reason,
        "note": approval.note,
        "asked_by": str(approval.asked_by),
    }
