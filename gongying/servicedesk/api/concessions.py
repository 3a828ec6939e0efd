"""What a customer is given in a matter, within one's authority or with somebody's agreement."""

from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.authority.enums import ApprovalState, Subject
from gongying.authority.models import ApprovalRequest, AuthorityUse
from gongying.common.api import Input, Moment, Output, PathId, line
from gongying.common.permissions import authorize
from gongying.servicedesk.api.requests import one
from gongying.servicedesk.concessions import granted_and_asked
from gongying.servicedesk.operations import concede

router = Router(tags=["steps of a request"])

LONGEST = 2_000


class ConcessionIn(Input):
    subject: Literal["goodwill", "compensation", "waiver", "discount"]
    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2, examples=["150.00"])]
    reason: Annotated[str, line(LONGEST), Field(examples=["The ceiling got wet a second time"])]


class ConcessionOut(Output):
    """`granted` is so already; what is only `asked` for waits for somebody's decision (`/approvals`)."""

    state: ApprovalState
    subject: Subject
    amount: Decimal = Field(examples=["150.00"])
    reason: str = Field(examples=["The ceiling got wet a second time"])
    by_id: int = Field(description="User", examples=[3])
    at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    grant_id: int | None = Field(description="The authority within which it was decided", examples=[3])
    limit_amount: Decimal | None = Field(description="Its limit at that time", examples=["200.00"])
    approval_id: int | None = Field(examples=[None])


@router.get("/requests/{int:request_id}/concessions", response=list[ConcessionOut])
def list_concessions(request: SignedInRequest, request_id: PathId) -> list[ConcessionOut]:
    service_request = one(request, request_id)
    granted, asked = granted_and_asked(service_request)
    return sorted([*map(_given, granted), *map(_asked, asked)], key=lambda row: row.at)


@router.post("/requests/{int:request_id}/concessions", response={201: ConcessionOut})
def create_concession(request: SignedInRequest, request_id: PathId, body: ConcessionIn) -> Status[ConcessionOut]:
    """At once within the caller's authority; beyond it an approval is asked for."""
    service_request = one(request, request_id)
    authorize(request.user, "servicedesk.concede", service_request)
    outcome = concede(service_request, by=request.user, **body.model_dump())
    return Status(201, _given(outcome) if isinstance(outcome, AuthorityUse) else _asked(outcome))


def _given(use: AuthorityUse) -> ConcessionOut:
    return ConcessionOut(
        state=ApprovalState.GRANTED,
        subject=Subject(use.subject),
        amount=use.amount,
        reason=use.reason,
        by_id=use.by_id,
        at=use.at,
        grant_id=use.grant_id,
        limit_amount=use.limit_amount,
        approval_id=use.approval_id,
    )


def _asked(approval: ApprovalRequest) -> ConcessionOut:
    return ConcessionOut(
        state=ApprovalState(approval.state),
        subject=Subject(approval.subject),
        amount=approval.amount,
        reason=approval.reason,
        by_id=approval.asked_by_id,
        at=approval.asked_at,
        grant_id=None,
        limit_amount=approval.limit_amount,
        approval_id=approval.pk,
    )
