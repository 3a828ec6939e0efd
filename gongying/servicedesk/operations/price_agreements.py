"""The customer says yes to a price: to an amount, or to a line of the price list, which is quoted with the yes (E-047)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.authority.enums import Subject
from gongying.authority.models import AuthorityUse
from gongying.authority.operations import BeyondAuthority, decide_alone
from gongying.common.errors import Refused
from gongying.common.money import to_fen
from gongying.common.templatetags.formats import yuan
from gongying.servicedesk.models import FinalPrice, Quote, ServiceItem, ServicePrice, ServiceRequest
from gongying.servicedesk.named_prices import NamedPrice, listed_price_of, price_before_discount, price_named_for
from gongying.servicedesk.operations.stages import tell


class AmountNeeded(Refused):
    """A yes without an amount, where nothing says to how much."""


class BelowTheList(Refused):
    """A yes to less than the list says, beyond what one may give away."""


BELOW_THE_LIST = gettext_lazy(
    "%(amount)s is below the price of %(listed)s, and your authority does not reach that far:"
    " a discount of %(missing)s has to be granted in this matter first."
)
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


def agreement_about(
    service_request: ServiceRequest, amount: Decimal | None, *, line: ServicePrice | None = None
) -> Agreement:
    """The line chosen, or less or more for it; else the amount said, the price named last, the one line of its category."""
    if line is not None:
        return Agreement(line.amount if amount is None else _agreement(amount, None).amount, line)
    return _agreement(amount, None if amount is not None else price_named_for(service_request))


def keep_agreement(agreement: Agreement, service_request: ServiceRequest, *, by: User) -> None:
    """What goes with the yes: the line is quoted, and what is below the list is a discount within somebody's authority."""
    if agreement.line is not None:
        write_quote(service_request, agreement.line.item, agreement.line, by=by)
    give_discount(service_request, agreement.amount, by=by)


def give_discount(service_request: ServiceRequest, amount: Decimal, *, by: User) -> None:
    """Nobody agrees to less than the list beyond his authority; what was granted in the matter before counts (R-008)."""
    listed = price_before_discount(service_request)
    if listed is not None and amount < listed:
        words = {"amount": yuan(amount), "listed": yuan(listed)}
        reason = _("Agreed to %(amount)s instead of %(listed)s.") % words
        _decide_discount(
            service_request,
            amount,
            instead_of=listed,
            missing=listed - _granted(service_request) - amount,
            reason=reason,
            by=by,
        )


def give_discount_at_the_end(service_request: ServiceRequest, amount: Decimal, *, reason: str, by: User) -> None:
    """Nor asks for less in the end than what was agreed to. What was granted counts, unless the agreement used it up."""
    agreed = service_request.agreed_amount
    if agreed is None:
        give_discount(service_request, amount, by=by)
    elif amount < agreed:
        before = FinalPrice.objects.filter(service_request=service_request).aggregate(most=Max("agreed_amount"))["most"]
        dearest = max(agreed, before or FREE, price_before_discount(service_request) or FREE)
        missing = min(agreed, dearest - _granted(service_request)) - amount
        _decide_discount(service_request, amount, instead_of=agreed, missing=missing, reason=reason, by=by)


def _granted(service_request: ServiceRequest) -> Decimal:
    return AuthorityUse.objects.granted_about(service_request, subject=Subject.DISCOUNT)


def _decide_discount(
    service_request: ServiceRequest, amount: Decimal, *, instead_of: Decimal, missing: Decimal, reason: str, by: User
) -> None:
    if missing <= 0:
        return
    words = {"amount": yuan(amount), "listed": yuan(instead_of), "missing": yuan(missing)}
    try:
        decide_alone(service_request, subject=Subject.DISCOUNT, amount=missing, reason=reason, by=by)
    except BeyondAuthority as beyond:
        raise BelowTheList(str(BELOW_THE_LIST) % words) from beyond


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
