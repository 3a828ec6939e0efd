"""The customer says yes to a price: to an amount, or to a line of the price list, which is quoted with the yes (E-047)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.money import to_fen
from gongying.servicedesk.models import Quote, ServiceItem, ServicePrice, ServiceRequest
from gongying.servicedesk.named_prices import NamedPrice, listed_price_of, price_named_for
from gongying.servicedesk.operations.stages import tell


class AmountNeeded(Refused):
    """A yes without an amount, where nothing says to how much."""


AMOUNT_NEEDED = gettext_lazy("Say which amount the customer agreed to: the price list does not settle it.")
FREE = Decimal("0.00")


@dataclass(frozen=True)
class Agreement:
    """How much was agreed to, and the line of the price list that is quoted with it."""

    amount: Decimal
    line: ServicePrice | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {"price_agreed": True, "agreed_amount": self.amount}


NOT_AGREED: dict[str, Any] = {"price_agreed": False, "agreed_amount": None}


def agreement_at_the_desk(amount: Decimal | None, *, category_id: int, project_id: int) -> Agreement:
    """For a matter that is being registered: the amount said, else the one line of its category."""
    return _agreement(amount, None if amount is not None else listed_price_of(category_id, project_id))


def agreement_about(service_request: ServiceRequest, amount: Decimal | None) -> Agreement:
    """The amount said, else the price that was named last, else the one line of its category."""
    return _agreement(amount, None if amount is not None else price_named_for(service_request))


def quote_with(agreement: Agreement, service_request: ServiceRequest, *, by: User) -> None:
    if agreement.line is not None:
        write_quote(service_request, agreement.line.item, agreement.line, by=by)


def write_quote(
    service_request: ServiceRequest,
    item: ServiceItem,
    price: ServicePrice | None,
    *,
    quantity: Decimal = Decimal(1),
    by: User,
) -> Quote:
    """A copy of what it costs today; without a price it is free of charge."""
    now = timezone.now()
    quote = Quote.objects.create(
        service_request=service_request,
        item=item,
        name=item.name,
        measure=item.measure,
        price=price.amount if price else FREE,
        quantity=quantity,
        priced_from=price.starts_on if price else None,
        by=by,
        at=now,
    )
    tell("request.quoted", service_request, by=by, at=now, text=str(quote), priced_from=quote.priced_from)
    return quote


def _agreement(amount: Decimal | None, named: NamedPrice | None) -> Agreement:
    if amount is not None:
        if amount <= 0:
            raise Refused(_("A price is more than nothing."))
        return Agreement(to_fen(amount))
    if named is None:
        raise AmountNeeded(AMOUNT_NEEDED)
    return Agreement(named.amount, named.line)
