"""What a matter cost, what the customer pays in the end, what was received; what an hour of work costs."""

from decimal import Decimal
from typing import Annotated

from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Day, Id, Input, Moment, Output, PathId, line, row_or_404
from gongying.common.api_forms import checked, form_data
from gongying.common.permissions import authorize
from gongying.organization.enums import Trade
from gongying.servicedesk.api.requests import one, visible
from gongying.servicedesk.enums import Payer, PaymentMethod
from gongying.servicedesk.forms.amounts import LabourRateForm
from gongying.servicedesk.models import FinalPrice, LabourRate, Payment, WorkCost
from gongying.servicedesk.operations import set_labour_rate, take_back_payment
from gongying.servicedesk.rules import MANAGE_CATALOGUE, RECEIVE_PAYMENT
from gongying.servicedesk.settlements import Settlement, settlement_of

router = Router(tags=["services and prices"])

VIEW = "servicedesk.view_requests"


class WorkCostOut(Output):
    """Materials × price + minutes × rate of one completion, as it was reckoned then."""

    work_order_id: int = Field(examples=[11])
    materials: Decimal = Field(examples=["50.00"])
    minutes: int = Field(examples=[40])
    hourly_rate: Decimal | None = Field(description="null: nobody has said what an hour costs", examples=["60.00"])
    rate_since: Day | None = Field(examples=["2026-11-22"])
    labour: Decimal | None = Field(examples=["40.00"])
    total: Decimal = Field(examples=["90.00"])

    @staticmethod
    def resolve_work_order_id(row: WorkCost) -> int:
        return row.completion.work_order_id


class FinalPriceOut(Output):
    id: int = Field(examples=[3])
    amount: Decimal = Field(examples=["180.00"])
    agreed_amount: Decimal | None = Field(description="null: none had been agreed to", examples=["160.00"])
    reason: str = Field(description="Why it differs", examples=["A second valve was broken"])
    customer_agreed: bool = Field(description="To this price", examples=[True])
    by_id: int = Field(description="User", examples=[6])
    at: Moment


class PaymentOut(Output):
    id: int = Field(examples=[4])
    service_request_id: int = Field(examples=[7])
    work_order_id: int | None = Field(examples=[11])
    amount: Decimal = Field(description="Less than nothing where it takes another back", examples=["180.00"])
    method: PaymentMethod
    receipt_no: str = Field(description="Unique within the project", examples=["YG-SJ26-000123"])
    reverses_id: int | None = Field(description="The payment it takes back", examples=[None])
    reason: str = Field(examples=[""])
    by_id: int = Field(description="User", examples=[6])
    at: Moment


class SettlementOut(Output):
    """The money of one matter."""

    payer: Payer
    costs: list[WorkCostOut]
    cost: Decimal = Field(description="Of all its jobs", examples=["90.00"])
    agreed: Decimal | None = Field(description="What the customer last agreed to", examples=["160.00"])
    final: FinalPriceOut | None
    payments: list[PaymentOut]
    received: Decimal = Field(examples=["180.00"])
    owed: Decimal | None = Field(description="null: no price is known, or the customer does not pay", examples=["0.00"])


class TakeBackIn(Input):
    reason: Annotated[str, line(2_000), Field(examples=["Entered twice"])]


class LabourRateOut(Output):
    id: int = Field(examples=[2])
    project_id: int | None = Field(description="null: all projects", examples=[None])
    trade: Trade | None = Field(description="null: all trades")
    amount: Decimal = Field(description="Yuan per hour", examples=["60.00"])
    since: Day | None = Field(alias="starts_on", examples=["2026-11-22"])
    until: Day | None = Field(alias="ends_on", description="First day no more", examples=[None])

    @staticmethod
    def resolve_trade(row: LabourRate) -> str | None:
        return row.trade or None


class LabourRateIn(Input):
    project_id: Id | None = Field(None, description="null: all projects", examples=[None])
    trade: Trade | None = Field(None, description="null: all trades")
    amount: Annotated[Decimal, Field(gt=0, max_digits=8, decimal_places=2, examples=["60.00"])]
    starts_on: Day | None = Field(None, description="Default: today", examples=[None])


@router.get("/requests/{int:request_id}/settlement", response=SettlementOut, summary="Cost, price and payments")
def show_settlement(request: SignedInRequest, request_id: PathId) -> SettlementOut:
    service_request = one(request, request_id)
    authorize(request.user, VIEW, service_request)
    settlement: Settlement = settlement_of(service_request)
    return SettlementOut(
        payer=Payer(service_request.payer),
        costs=[WorkCostOut.from_orm(cost) for cost in settlement.costs],
        cost=settlement.total,
        agreed=settlement.agreed,
        final=_final(settlement.final),
        payments=[PaymentOut.from_orm(payment) for payment in settlement.payments],
        received=settlement.received,
        owed=settlement.owed,
    )


@router.post("/payments/{int:payment_id}/reversal", response={201: PaymentOut}, summary="Take a payment back")
def create_reversal(request: SignedInRequest, payment_id: PathId, body: TakeBackIn) -> Status[Payment]:
    """A row of its own with its own receipt number; nothing is deleted."""
    rows = Payment.objects.filter(service_request__in=visible(request).values("pk")).select_related("service_request")
    payment: Payment = row_or_404(rows, payment_id)
    authorize(request.user, RECEIVE_PAYMENT, payment.service_request)
    return Status(201, take_back_payment(payment, by=request.user, reason=body.reason))


@router.get("/labour-rates", response=list[LabourRateOut])
def list_labour_rates(request: SignedInRequest) -> list[LabourRate]:
    """Past, present and to come."""
    authorize(request.user, VIEW)
    return list(LabourRate.objects.visible_to(request.user).order_by("id"))


@router.post("/labour-rates", response={201: LabourRateOut})
def create_labour_rate(request: SignedInRequest, body: LabourRateIn) -> Status[LabourRate]:
    """What an hour costs from a day on; the rate before it ends there."""
    authorize(request.user, MANAGE_CATALOGUE)
    form = checked(LabourRateForm(form_data(LabourRateForm, body), user=request.user))
    return Status(201, set_labour_rate(by=request.user, **form.cleaned_data))


def _final(final: FinalPrice | None) -> FinalPriceOut | None:
    return FinalPriceOut.from_orm(final) if final is not None else None
