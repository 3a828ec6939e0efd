"""Claims for compensation; what is granted goes the way of every concession."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Input, Listed, Moment, Output, Paging, PathId, line, matching, page, row_or_404
from gongying.common.permissions import authorize
from gongying.servicedesk.api.requests import one
from gongying.servicedesk.enums import ClaimGround, ClaimState
from gongying.servicedesk.models import CompensationClaim
from gongying.servicedesk.models.claims import LONGEST_NAME, LONGEST_REASON
from gongying.servicedesk.operations import decide_claim, pay_claim, raise_claim, refuse_claim

router = Router(tags=["claims for compensation"])

CONCEDE = "servicedesk.concede"
Amount = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2, examples=["300.00"])]
Reason = Annotated[str, line(LONGEST_REASON), Field(examples=["The ceiling got wet a second time"])]


class ClaimOut(Output):
    """What a customer wants for what happened, and what came of it."""

    id: int = Field(examples=[3])
    project_id: int = Field(examples=[1])
    request_id: int = Field(alias="service_request_id", examples=[17])
    ground: ClaimGround
    amount: Decimal = Field(description="Claimed", examples=["500.00"])
    amount_granted: Decimal | None = Field(examples=["300.00"])
    reason: str = Field(examples=["The ceiling got wet a second time"])
    claimant: str = Field(examples=["Mr Zhou"])
    state: ClaimState
    within: str = Field(alias="ground_of_decision", description="Within whose authority", examples=["Front desk"])
    approval_id: int | None = Field(examples=[None])
    refusal: str = Field(examples=[""])
    raised_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    paid_at: Moment | None = Field(examples=[None])

    @staticmethod
    def resolve_amount_granted(claim: CompensationClaim) -> Decimal | None:
        return claim.granted.amount if claim.granted else None


class ClaimIn(Input):
    ground: ClaimGround
    amount: Amount
    reason: Reason
    claimant: Annotated[str, line(LONGEST_NAME, shortest=0), Field(examples=["Mr Zhou"])] = ""


class ClaimGrantIn(Input):
    amount: Amount
    reason: Reason


class ClaimRefusalIn(Input):
    reason: Reason


class ClaimPaymentIn(Input):
    how: Annotated[str, line(LONGEST_NAME), Field(examples=["Bank transfer"])]


class ClaimQuery(Paging):
    project_id: PathId | None = None
    ground: ClaimGround | None = None
    is_in: Literal["undecided", "unpaid"] | None = None


def _one(request: SignedInRequest, claim_id: int) -> CompensationClaim:
    authorize(request.user, CONCEDE)
    found: CompensationClaim = row_or_404(CompensationClaim.objects.visible_to(request.user).with_decisions(), claim_id)
    return found


@router.get("/claims", response=Listed[ClaimOut])
def list_claims(request: SignedInRequest, query: Annotated[ClaimQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    authorize(request.user, CONCEDE)
    rows = CompensationClaim.objects.visible_to(request.user).with_decisions()
    if query.is_in is not None:
        rows = getattr(rows, query.is_in)()
    return page(matching(rows, query, "project_id", "ground"), query, order=("-raised_at", "-id"))


@router.post("/requests/{int:request_id}/claims", response={201: ClaimOut}, summary="Enter a claim for compensation")
def create_claim(request: SignedInRequest, request_id: PathId, body: ClaimIn) -> Status[CompensationClaim]:
    service_request = one(request, request_id)
    authorize(request.user, CONCEDE, service_request)
    return Status(201, raise_claim(service_request, by=request.user, **body.model_dump()))


@router.post("/claims/{int:claim_id}/grant", response=ClaimOut, summary="Grant (part of) a claim")
def create_claim_grant(request: SignedInRequest, claim_id: PathId, body: ClaimGrantIn) -> CompensationClaim:
    """At once within the caller's authority; beyond it an approval is asked for."""
    return decide_claim(_one(request, claim_id), by=request.user, **body.model_dump())


@router.post("/claims/{int:claim_id}/refusal", response=ClaimOut, summary="Refuse a claim")
def create_claim_refusal(request: SignedInRequest, claim_id: PathId, body: ClaimRefusalIn) -> CompensationClaim:
    return refuse_claim(_one(request, claim_id), by=request.user, reason=body.reason)


@router.post("/claims/{int:claim_id}/payment", response=ClaimOut, summary="A granted claim was paid")
def create_claim_payment(request: SignedInRequest, claim_id: PathId, body: ClaimPaymentIn) -> CompensationClaim:
    return pay_claim(_one(request, claim_id), by=request.user, how=body.how)
