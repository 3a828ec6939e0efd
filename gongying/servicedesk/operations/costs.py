"""What a job costs (R-264), what the customer pays in the end, and what was received with which receipt (E-047)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.models import NumberSequence
from gongying.common.money import to_fen
from gongying.common.templatetags.formats import yuan
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.servicedesk.enums import CHARGED_IN, ENDED_UNDONE, Payer, PaymentMethod
from gongying.servicedesk.models import (
    FinalPrice,
    LabourRate,
    Payment,
    ServiceItem,
    ServicePrice,
    ServiceRequest,
    WorkCompletion,
    WorkCost,
    WorkOrder,
)
from gongying.servicedesk.operations.late_word import moment_of
from gongying.servicedesk.operations.price_agreements import Agreement, give_discount_at_the_end
from gongying.servicedesk.operations.stages import lock_request, lock_work, save_changes, tell

Line = dict[str, Any]
NOTHING: Final = Decimal("0.00")
# "2" or "1.5 m", as people write it; `NFKC` has made the digits of a Chinese keyboard ordinary ones.
QUANTITY: Final = re.compile(r"(-?\d{1,6}(?:\.\d{1,2})?)\s*(\D.*)?")
MOST: Final = Decimal(1_000_000)  # yuan on one line of material: more is a misprint
RECEIPTS: Final = "SJ"  # the first letters of the Chinese word for a receipt (spec decision 9)
RECEIPT_TAKEN = {"payment_receipt_unique": gettext_lazy("This receipt number is used already in this project.")}


def priced_materials(materials: Sequence[Mapping[str, Any]], *, project_id: int) -> list[Line]:
    """Each line with its price, typed or from the price list of today, and its sum where both are known."""
    listed = _listed_prices({str(line["name"]) for line in materials if line.get("price") is None}, project_id)
    return [_priced(line, listed) for line in materials]


def keep_cost(completion: WorkCompletion, *, service_request: ServiceRequest, trade: str) -> WorkCost:
    """Materials × price + minutes × the rate of the day on which it was done."""
    done_on = timezone.localtime(completion.at).date()
    rate = LabourRate.objects.of(project_id=service_request.project_id, trade=trade, on=done_on)
    return WorkCost.objects.create(
        completion=completion,
        materials=sum((Decimal(line["sum"]) for line in completion.materials if "sum" in line), NOTHING),
        minutes=completion.minutes,
        hourly_rate=rate.amount if rate else None,
        rate_since=rate.starts_on if rate else None,
        labour=WorkCost.labour_for(completion.minutes, rate.amount) if rate else None,
    )


@transaction.atomic
def set_labour_rate(
    *, by: User, amount: Decimal, project: Project | None = None, trade: str = "", starts_on: date | None = None
) -> LabourRate:
    """What an hour costs from a day on (default: today). What was reckoned before stays."""
    today = timezone.localdate()
    starts_on = starts_on or today
    if amount <= 0:
        raise Refused(_("A rate is more than nothing."))
    if starts_on < today:
        raise Refused(_("Rates of the past stay as they were: begin today or later."))
    before = LabourRate.objects.on(starts_on).filter(project=project, trade=trade).first()
    with refusing({"labour_rate_no_overlap": _("Somebody else has just entered a rate for this time.")}):
        rate: LabourRate = LabourRate.objects.begin(project=project, trade=trade, amount=amount, starts_on=starts_on)
    record_event(
        "labour_rate.set",
        by=by,
        subjects=[rate],
        amount=str(rate.amount),
        before=str(before.amount) if before else "",
        starts_on=starts_on,
        trade=trade,
        project=str(project or ""),
    )
    return rate


@transaction.atomic
def charge_customer(
    case: ServiceRequest | WorkOrder,
    *,
    by: User,
    price: Decimal | None = None,
    price_reason: str = "",
    customer_agreed: bool = False,
    received: Decimal | None = None,
    method: str = "",
    receipt_no: str = "",
    at: datetime | None = None,
    seen: int | None = None,
) -> ServiceRequest:
    """The final price, and what was received of it; both at once at the door, or one after the other at the desk."""
    work_order = lock_work(case, seen=seen) if isinstance(case, WorkOrder) else None
    service_request = work_order.service_request if work_order else lock_request(case, seen=seen)  # type: ignore[arg-type]
    _check_chargeable(service_request, work_order)
    if service_request.payer != Payer.OWNER:
        raise Refused(
            _("The customer does not pay for this: %(payer)s.") % {"payer": service_request.get_payer_display()},
            current=service_request.present_state(),
        )
    if price is None and received is None:
        raise Refused(_("Say the final price, or what was received."))
    at = (moment_of(work_order, at) if work_order else None) or timezone.now()
    if price is not None and price != final_price_of(service_request):
        _name_price(service_request, price, by=by, at=at, reason=price_reason.strip(), customer_agreed=customer_agreed)
    if received is not None:
        paid = Payment(
            amount=received, method=method, receipt_no=receipt_no.strip(), work_order=work_order, by=by, at=at
        )
        _receive(service_request, paid)
    return service_request


@transaction.atomic
def take_back_payment(payment: Payment, *, by: User, reason: str) -> Payment:
    """A payment that was entered wrongly, or given back: a row of its own with its own number; nothing is deleted."""
    service_request = lock_request(payment.service_request)
    if payment.reverses_id is not None or Payment.objects.filter(reverses=payment).exists():
        raise Refused(_("This payment is taken back already."))
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    reversal = Payment.objects.create(
        project=service_request.project,
        service_request=service_request,
        work_order=payment.work_order,
        amount=-payment.amount,
        method=payment.method,
        receipt_no=_next_receipt(service_request),
        reverses=payment,
        reason=reason.strip(),
        by=by,
    )
    tell(
        "payment.taken_back",
        service_request,
        by=by,
        at=reversal.at,
        told=(payment.by,),
        text=str(payment),
        receipt_no=reversal.receipt_no,
        reason=reason.strip(),
    )
    return reversal


def final_price_of(service_request: ServiceRequest) -> Decimal | None:
    last = FinalPrice.objects.filter(service_request=service_request).last()
    return last.amount if last is not None else None


def received_for(service_request: ServiceRequest) -> Decimal:
    rows = Payment.objects.filter(service_request=service_request)
    received: Decimal | None = rows.aggregate(sum=Sum("amount"))["sum"]
    return received or NOTHING


def owed_for(service_request: ServiceRequest) -> Decimal | None:
    """What is still to be paid of the final price, before it is named of the agreed one; None: no price is known."""
    price = final_price_of(service_request)
    price = service_request.agreed_amount if price is None else price
    return None if price is None else price - received_for(service_request)


def _check_chargeable(service_request: ServiceRequest, work_order: WorkOrder | None) -> None:
    """Nobody pays for what was not done, nor at the door for a job that has not begun."""
    if service_request.state in ENDED_UNDONE:
        raise Refused(
            _("Nothing is charged for this matter any more: it is at “%(state)s”.")
            % {"state": service_request.state_label},
            current=service_request.present_state(),
        )
    if work_order is not None and work_order.state not in CHARGED_IN:
        raise Refused(
            _("The price of a job is settled on site or afterwards: it is at “%(state)s”.")
            % {"state": work_order.state_label},
            current=work_order.present_state(),
        )


def _name_price(
    service_request: ServiceRequest, amount: Decimal, *, by: User, at: datetime, reason: str, customer_agreed: bool
) -> FinalPrice:
    agreed = service_request.agreed_amount
    if amount < 0:
        raise Refused(_("A price is not less than nothing."))
    if amount < received_for(service_request):
        raise Refused(_("More than that was received already: take the payment back first."))
    if agreed is None and not customer_agreed:
        raise Refused(_("No price was agreed to: tick that the customer agrees to this one."))
    if agreed is not None and amount != agreed and not reason:
        raise Refused(_("It differs from the agreed %(price)s: say why.") % {"price": yuan(agreed)})
    if agreed is not None and amount > agreed and not customer_agreed:
        raise Refused(_("It is above the agreed %(price)s: the customer must agree anew.") % {"price": yuan(agreed)})
    give_discount_at_the_end(service_request, to_fen(amount), reason=reason, by=by)
    final = FinalPrice.objects.create(
        service_request=service_request,
        amount=to_fen(amount),
        agreed_amount=agreed,
        reason=reason,
        customer_agreed=customer_agreed,
        by=by,
        at=at,
    )
    if customer_agreed:
        save_changes(service_request, **Agreement(final.amount).columns, touched_at=at)
    tell(
        "request.price_settled",
        service_request,
        by=by,
        at=final.at,
        amount=str(final.amount),
        agreed=str(agreed) if agreed is not None else "",
        reason=reason,
    )
    return final


def _receive(service_request: ServiceRequest, payment: Payment) -> None:
    owed = owed_for(service_request)
    if payment.amount <= 0:
        raise Refused(_("What was received is more than nothing."))
    if payment.method not in PaymentMethod.values:
        raise Refused(_("Say how it was paid."))
    if owed is None:
        raise Refused(_("Name the final price first."))
    if payment.amount > owed:
        raise Refused(_("Only %(owed)s is still to be paid.") % {"owed": yuan(owed)})
    payment.service_request, payment.project = service_request, service_request.project
    payment.receipt_no = payment.receipt_no or _next_receipt(service_request)
    with refusing(RECEIPT_TAKEN):
        payment.save()
    tell(
        "payment.received",
        service_request,
        by=payment.by,
        at=payment.at,
        also=(payment.work_order,),
        amount=str(payment.amount),
        method=payment.method,
        receipt_no=payment.receipt_no,
    )


def _next_receipt(service_request: ServiceRequest) -> str:
    """`YG-SJ26-000123`; one that somebody has typed already is passed over."""
    while True:
        year = timezone.localdate().strftime("%y")
        number = NumberSequence.take(f"{service_request.project.code}-{RECEIPTS}{year}")
        if not Payment.objects.filter(project=service_request.project, receipt_no=number).exists():
            return number


def _listed_prices(names: set[str], project_id: int) -> dict[str, Decimal]:
    if not names:
        return {}
    rows = ServicePrice.objects.current().holding_in(project_id).select_related("item")
    rows = rows.filter(item__in=ServiceItem.objects.active().materials().filter(name__in=names))
    found: dict[str, Decimal] = {}
    for price in rows:
        found.setdefault(price.item.name, price.amount)
    return found


def _priced(line: Mapping[str, Any], listed: Mapping[str, Decimal]) -> Line:
    name, written = str(line["name"]), str(line.get("quantity") or "")
    price = line.get("price")
    if price is not None and price < 0:
        raise Refused(_("“%(name)s”: a price is not less than nothing.") % {"name": name})
    price = listed.get(name) if price is None else price
    quantity = quantity_in(written)
    if quantity is not None and quantity <= 0:
        raise Refused(_("“%(name)s”: the quantity must be more than nothing.") % {"name": name})
    kept: Line = {"name": name, "quantity": written}
    if price is None:
        return kept
    if quantity is None:
        raise Refused(_("“%(name)s”: with a price the quantity begins with a number.") % {"name": name})
    if price * quantity > MOST:
        raise Refused(_("“%(name)s”: so much cannot be right.") % {"name": name})
    return {**kept, "price": str(to_fen(price)), "sum": str(to_fen(price * quantity))}


def quantity_in(written: str) -> Decimal | None:
    """The number at the beginning; nothing written is one, words without a number are none."""
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        return Decimal(1)
    found = QUANTITY.fullmatch(text)
    return Decimal(found[1]) if found else None
