from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
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
from gongying.servicedesk.operations.registration import register_request
from gongying.servicedesk.operations.stages import lock_request, lock_work, save_changes, tell, tell_work

FREE: Final = Decimal("0.00")


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
    item = ServiceItem.objects.select_for_update().get(pk=item.pk)
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
    matter["category"] = item.category
    matter["payer"] = Payer.OWNER if item.is_paid else Payer.COMPANY
    service_request = register_request(by=by, **matter)
    quote_service(service_request, item=item, quantity=quantity, by=by)
    return service_request


@transaction.atomic
def quote_service(
    service_request: ServiceRequest,
    *,
    item: ServiceItem,
    quantity: Decimal = Decimal(1),
    agreed: bool = False,
    by: User,
    seen: int | None = None,
) -> Quote:
    """Name the price of today; it is copied and stays what it was. `agreed`: the customer has said yes to it."""
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
    _settle_payer(service_request, item, agreed=agreed)
    return quote


@transaction.atomic
def agree_price(
    work_order: WorkOrder,
    *,
    by: User,
    agreed: bool = False,
    reason: str = "",
    at: datetime | None = None,
    seen: int | None = None,
) -> WorkOrder:
    """Before paid work starts: the customer agreed to the price, or why it starts all the same (E-047)."""
    work_order = lock_work(work_order, seen=seen)
    if not work_order.waits_for_price:
        raise Refused(_("There is no price to agree to before this job."), current=work_order.present_state())
    now = moment_of(work_order, at) or timezone.now()
    if agreed:
        save_changes(work_order.service_request, price_agreed=True, touched_at=now)
        tell_work("request.price_corrected", work_order, by=by, at=now, price_agreed=True)
    elif reason.strip():
        StartWithoutPrice.objects.create(work_order=work_order, reason=reason.strip(), by=by, at=now)
        tell_work("work.started_without_price", work_order, by=by, at=now, reason=reason.strip())
    else:
        raise Refused(_("Tick that the customer agreed to the price, or give a reason."))
    return work_order


def _settle_payer(service_request: ServiceRequest, item: ServiceItem, *, agreed: bool) -> None:
    """Another price needs another yes; what is free needs none."""
    payer = Payer.OWNER if item.is_paid else service_request.payer
    is_named_first = service_request.quotes.count() == 1
    keeps = service_request.price_agreed and is_named_first and service_request.payer == Payer.OWNER
    save_changes(
        service_request,
        payer=payer,
        price_agreed=payer == Payer.OWNER and (agreed or keeps),
        touched_at=timezone.now(),
    )
