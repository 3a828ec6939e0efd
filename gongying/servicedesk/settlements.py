"""What a matter cost, what the customer pays for it, and what was received: for pages, paper and programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gongying.common.statements import Statement
from gongying.servicedesk.enums import Payer
from gongying.servicedesk.models import FinalPrice, Payment, ServiceRequest, WorkCost
from gongying.servicedesk.operations.costs import NOTHING, owed_for, received_for


@dataclass(frozen=True)
class Settlement:
    """The money of one request."""

    costs: Sequence[WorkCost]
    agreed: Decimal | None
    final: FinalPrice | None
    payments: Sequence[Payment]
    received: Decimal
    owed: Decimal | None
    is_charged: bool

    @property
    def materials(self) -> Decimal:
        return sum((cost.materials for cost in self.costs), NOTHING)

    @property
    def labour(self) -> Decimal:
        return sum((cost.labour or NOTHING for cost in self.costs), NOTHING)

    @property
    def minutes(self) -> int:
        return sum(cost.minutes for cost in self.costs)

    @property
    def total(self) -> Decimal:
        return self.materials + self.labour

    @property
    def lacks_rate(self) -> bool:
        """Somebody worked, and nobody has said what an hour costs."""
        return any(cost.minutes and cost.labour is None for cost in self.costs)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [line for cost in self.costs for line in cost.completion.materials]

    @property
    def is_paid(self) -> bool:
        return self.final is not None and self.owed == 0

    @property
    def has_something(self) -> bool:
        return bool(self.costs or self.is_charged)


def _costs(request: int) -> Any:
    rows = WorkCost.objects.filter(completion__work_order__service_request=request)
    return rows.select_related("completion__work_order__doer").order_by("pk")


def _final_price(request: int) -> Any:
    return FinalPrice.objects.filter(service_request=request).select_related("by").reverse()[:1]


def _payments(request: int) -> Any:
    return Payment.objects.filter(service_request=request).select_related("by", "reversal")


COSTS: Statement[WorkCost] = Statement(_costs, request=int)
FINAL_PRICE: Statement[FinalPrice] = Statement(_final_price, request=int)
PAYMENTS: Statement[Payment] = Statement(_payments, request=int)


def settlement_of(service_request: ServiceRequest) -> Settlement:
    pk = service_request.pk
    is_charged = service_request.payer == Payer.OWNER
    return Settlement(
        costs=COSTS.rows(request=pk),
        agreed=service_request.agreed_amount if is_charged else None,
        final=FINAL_PRICE.first(request=pk),
        payments=PAYMENTS.rows(request=pk),
        received=received_for(service_request),
        owed=owed_for(service_request) if is_charged else None,
        is_charged=is_charged,
    )
