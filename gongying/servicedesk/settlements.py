"""What a matter cost, what the customer pays for it, and what was received: for pages, paper and programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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


def settlement_of(service_request: ServiceRequest) -> Settlement:
    costs = WorkCost.objects.filter(completion__work_order__service_request=service_request)
    payments = Payment.objects.filter(service_request=service_request).select_related("by", "reversal")
    is_charged = service_request.payer == Payer.OWNER
    return Settlement(
        costs=list(costs.select_related("completion__work_order__doer").order_by("pk")),
        agreed=service_request.agreed_amount if is_charged else None,
        final=FinalPrice.objects.filter(service_request=service_request).select_related("by").last(),
        payments=list(payments),
        received=received_for(service_request),
        owed=owed_for(service_request) if is_charged else None,
        is_charged=is_charged,
    )
