"""What customers were given in a matter, and what is asked for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongying.authority.models import ApprovalRequest, AuthorityUse
from gongying.common.statements import Statement
from gongying.servicedesk.models import ServiceRequest


@dataclass(frozen=True)
class Concession:
    label: str | Promise
    amount: Decimal
    reason: str
    by: Any
    at: datetime
    ground: str
    tone: str = ""
    approval: ApprovalRequest | None = None


def concessions_of(service_request: ServiceRequest) -> list[Concession]:
    """In the order in which they were given or asked for."""
    uses, asked = granted_and_asked(service_request)
    found = [_given(use) for use in uses] + [_asked(approval) for approval in asked]
    return sorted(found, key=lambda row: row.at)


GRANTED: Statement[AuthorityUse] = Statement(
    lambda request: AuthorityUse.objects.about(ServiceRequest(pk=request)).with_names(), request=int
)
ASKED: Statement[ApprovalRequest] = Statement(
    lambda request: ApprovalRequest.objects.about(ServiceRequest(pk=request)).exclude(state="granted").with_names(),
    request=int,
)


def granted_and_asked(service_request: ServiceRequest) -> tuple[list[AuthorityUse], list[ApprovalRequest]]:
    """Whoever sees a matter sees what was given in it; what was agreed to stands among what was given."""
    return GRANTED.rows(request=service_request.pk), ASKED.rows(request=service_request.pk)


def outcome_in_words(outcome: AuthorityUse | ApprovalRequest) -> str:
    """What the page says afterwards."""
    if isinstance(outcome, AuthorityUse):
        return _("%(what)s granted, within the authority of %(grant)s.") % {"what": outcome, "grant": outcome.grant}
    return _("%(what)s goes beyond your authority: a colleague is asked, you hear at once.") % {"what": outcome}


def _given(use: AuthorityUse) -> Concession:
    if use.approval is not None:
        ground = _("agreed to by %(who)s") % {"who": use.approval.decided_by}
    else:
        ground = _("within the authority of %(grant)s") % {"grant": use.grant}
    return Concession(use.get_subject_display(), use.amount, use.reason, use.by, use.at, ground, "good", use.approval)


def _asked(approval: ApprovalRequest) -> Concession:
    ground = approval.get_state_display()
    if approval.decided_by is not None:
        ground = f"{ground} · {approval.decided_by}"
    tone = "soon" if approval.is_waiting else ""
    label, by = approval.get_subject_display(), approval.asked_by
    return Concession(label, approval.amount, approval.reason, by, approval.asked_at, ground, tone, approval)
