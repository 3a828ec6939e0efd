"""An outside order that was entered by mistake, by hand or with a file, is taken back; nothing of it is deleted."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.models import HotlineOrder
from gongying.servicedesk.operations.costs import received_for
from gongying.servicedesk.operations.endings import cancel_request, withdraw_complaint
from gongying.servicedesk.operations.stages import lock_request, tell

NOT_BEGUN = ("registered", "received")


@transaction.atomic
def take_back_order(order: HotlineOrder, *, by: User, reason: str) -> HotlineOrder:
    """Its number is free again. The request that it opened ends with it, and must not have been begun."""
    lock_request(order.service_request)
    rows = HotlineOrder.objects.select_for_update(of=("self",), no_key=True)
    order = rows.select_related("service_request__unit", "service_request__party").get(pk=order.pk)
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    if order.withdrawn_at is not None:
        raise Refused(_("This order was entered by mistake and taken back."))
    for why in reasons_to_keep(order):
        raise Refused(why)
    order.withdrawn_by, order.withdrawn_at, order.withdrawn_reason = by, timezone.now(), reason.strip()
    order.version += 1
    order.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason", "version"])
    _let_next_lead(order)
    tell(
        "hotline.taken_back",
        order.service_request,
        by=by,
        at=order.withdrawn_at,
        also=(order,),
        told=(order.service_request.owner,),
        external_no=order.external_no,
        reason=reason.strip(),
    )
    if order.opened_its_request:
        _end_request(order, by=by)
    return order


def reasons_to_keep(order: HotlineOrder, *, without: Sequence[int] = ()) -> Iterator[str]:
    """What was built on it meanwhile, in words. `without` are orders that are taken back together with it."""
    request = order.service_request
    words = {"order": order.external_no, "number": request}
    if order.contacts.exists() or hasattr(order, "objection") or hasattr(order, "callback"):
        yield _("Order %(order)s was answered already.") % words
    if not order.opened_its_request:
        return
    others = request.hotline_orders.standing().exclude(pk__in=[order.pk, *without])
    if others.exists():
        yield _("Another order is about %(number)s, too.") % words
    if request.state not in NOT_BEGUN or request.work_orders.exists():
        yield _("Somebody has begun to handle %(number)s.") % words
    if received_for(request):
        yield _("Money was received for %(number)s: take the payment back first.") % words


def reasons_against_taking_back(keys: Sequence[int]) -> Iterator[str]:
    """Of orders that came with one file: why they stay."""
    for order in _orders(keys):
        yield from reasons_to_keep(order, without=keys)


@transaction.atomic
def take_back_orders(keys: Sequence[int], by: User) -> None:
    """The last first: what repeats another goes before it."""
    for order in sorted(_orders(keys), key=lambda order: -order.pk):
        take_back_order(order, by=by, reason=_("imported by mistake"))


def _orders(keys: Sequence[int]) -> list[HotlineOrder]:
    rows = HotlineOrder.objects.standing().filter(pk__in=keys).order_by("pk")
    return list(rows.select_related("service_request", "objection", "callback"))


def _let_next_lead(order: HotlineOrder) -> None:
    """Of the orders that repeat it the earliest now stands for the matter in rates and reminders."""
    repeats = HotlineOrder.objects.standing().filter(repeat_of=order)
    first = repeats.order_by("pk").first()
    if first is None:
        return
    repeats.exclude(pk=first.pk).update(repeat_of=first, version=F("version") + 1)
    repeats.filter(pk=first.pk).update(repeat_of=None, version=F("version") + 1)


def _end_request(order: HotlineOrder, *, by: User) -> None:
    request, said = order.service_request, _("Outside order %(order)s was entered by mistake: %(reason)s")
    reason = said % {"order": order.external_no, "reason": order.withdrawn_reason}
    if request.is_complaint:
        withdraw_complaint(request, by=by, confirmed_with=str(by), reason=reason)
    else:
        cancel_request(request, by=by, asked_by=str(by), reason=reason)
