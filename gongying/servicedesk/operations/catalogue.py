from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.money import to_fen
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.servicedesk.enums import ItemKind, Payer
from gongying.servicedesk.models import (
    Quote,
    ServiceItem,
    ServicePrice,
    ServiceRequest,
    StartWithoutPrice,
    WorkOrder,
)
from gongying.servicedesk.operations.late_word import moment_of
from gongying.servicedesk.operations.price_agreements import (
    NOT_AGREED,
    Agreement,
    agreement_about,
    give_discount,
    keep_agreement,
    write_quote,
)
from gongying.servicedesk.operations.registration import register_request
from gongying.servicedesk.operations.stages import lock_request, lock_work, save_changes, tell_work


@transaction.atomic
def save_item(item: ServiceItem, *, by: User, seen: int | None = None) -> ServiceItem:
    is_new = item.pk is None
    if not is_new:
        item.advance_version(seen=seen)
    item.save()
    verb = "service_item.added" if is_new else "service_item.changed"
    record_event(verb, by=by, subjects=[item], name=item.name, code=item.code)
    return item


@transaction.atomic
def set_price(
    item: ServiceItem, *, project: Project | None, amount: Decimal, starts_on: date | None = None, by: User
) -> ServicePrice:
    """What it costs from a day on (default: today), in a project or everywhere. What was named before stays (R-448)."""
    starts_on = starts_on or timezone.localdate()
    item = ServiceItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if not item.is_paid:
        raise Refused(_("This service is free of charge."))
    if amount <= 0:
        raise Refused(_("A price is more than nothing."))
    if starts_on < timezone.localdate():
        raise Refused(_("Prices of the past stay as they were: begin today or later."))
    before = ServicePrice.objects.on(starts_on).filter(item=item, project=project).first()
    with refusing({"service_price_no_overlap": _("Somebody else has just entered a price for this time.")}):
        price: ServicePrice = ServicePrice.objects.begin(item=item, project=project, amount=amount, starts_on=starts_on)
    record_event(
        "service_item.priced",
        by=by,
        subjects=[item],
        name=item.name,
        amount=str(price.amount),
        measure=item.measure,
        before=str(before.amount) if before else "",
        starts_on=starts_on,
        project=str(project or ""),
    )
    return price


@transaction.atomic
def order_service(item: ServiceItem, *, quantity: Decimal = Decimal(1), by: User, **matter: Any) -> ServiceRequest:
    """Register a matter that is an entry of the catalogue: its category, who pays, and the price of today."""
    agreed, amount = matter.pop("price_agreed", False), matter.pop("agreed_amount", None)
    matter["category"] = item.category
    matter["payer"] = Payer.OWNER if item.is_paid else Payer.COMPANY
    service_request = register_request(by=by, **matter)
    quote_service(service_request, item=item, quantity=quantity, agreed=agreed, agreed_amount=amount, by=by)
    service_request.refresh_from_db()
    return service_request


@transaction.atomic
def quote_service(
    service_request: ServiceRequest,
    *,
    item: ServiceItem,
    quantity: Decimal = Decimal(1),
    agreed: bool = False,
    agreed_amount: Decimal | None = None,
    by: User,
    seen: int | None = None,
) -> Quote:
    """Name the price of today; it is copied and stays what it was.

    `agreed`: the customer has said yes, to it or to `agreed_amount`.
    """
    service_request = lock_request(service_request, seen=seen)
    if not service_request.is_open:
        raise Refused(_("This matter is finished."), current=service_request.present_state())
    if service_request.is_complaint:
        raise Refused(_("A complaint is not quoted for."), current=service_request.present_state())
    if item.kind != ItemKind.SERVICE:
        raise Refused(_("“%(item)s” is a material: it is not ordered by itself.") % {"item": item})
    if quantity <= 0:
        raise Refused(_("The quantity must be more than nothing."))
    price = ServicePrice.objects.of(item, project_id=service_request.project_id)
    if item.is_paid and price is None:
        raise Refused(_("“%(item)s” has no price here today.") % {"item": item})
    quote = write_quote(service_request, item, price, quantity=quantity, by=by)
    _settle_payer(service_request, item, amount=(agreed_amount or quote.total) if agreed else None, quote=quote)
    return quote


@transaction.atomic
def agree_price(
    work_order: WorkOrder,
    *,
    by: User,
    agreed: bool = False,
    agreed_amount: Decimal | None = None,
    line: ServicePrice | None = None,
    reason: str = "",
    at: datetime | None = None,
    seen: int | None = None,
) -> WorkOrder:
    """Before paid work starts: the customer agreed to a price, or why it starts all the same (E-047).

    `agreed_amount`: how much; left out, the chosen `line`, what was quoted or the one line of the price list.
    """
    work_order = lock_work(work_order, seen=seen)
    if not work_order.waits_for_price:
        raise Refused(_("There is no price to agree to before this job."), current=work_order.present_state())
    now = moment_of(work_order, at) or timezone.now()
    if agreed:
        agreement = agreement_about(work_order.service_request, agreed_amount, line=line)
        keep_agreement(agreement, work_order.service_request, by=by)
        save_changes(work_order.service_request, **agreement.columns, touched_at=now)
        told: dict[str, Any] = {"price_agreed": True, "agreed_amount": str(agreement.amount)}
        tell_work("request.price_corrected", work_order, by=by, at=now, **told)
    elif reason.strip():
        StartWithoutPrice.objects.create(work_order=work_order, reason=reason.strip(), by=by, at=now)
        tell_work("work.started_without_price", work_order, by=by, at=now, reason=reason.strip())
    else:
        raise Refused(_("Tick that the customer agreed to the price, or give a reason."))
    return work_order


def _settle_payer(service_request: ServiceRequest, item: ServiceItem, *, amount: Decimal | None, quote: Quote) -> None:
    """Another price needs another yes; what is free needs none."""
    payer = Payer.OWNER if item.is_paid else service_request.payer
    if amount is not None and payer == Payer.OWNER:
        give_discount(service_request, to_fen(amount), by=quote.by)
    if amount is None and service_request.agreed_amount == quote.total:
        amount = quote.total
    is_agreed = payer == Payer.OWNER and amount is not None
    agreed = Agreement(to_fen(amount)).columns if is_agreed and amount is not None else NOT_AGREED
    save_changes(service_request, payer=payer, **agreed, touched_at=timezone.now())
