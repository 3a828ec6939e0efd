"""A call for help (R-150), and visitors to whom nobody turns (R-152)."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.places import Place
from gongying.common.sweeps import once_for_each
from gongying.estates.stewards import serving
from gongying.events.operations import push_on_commit
from gongying.notifications.operations import notify
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember
from gongying.reception.enums import TicketState
from gongying.reception.machines import TAKE_OVER
from gongying.reception.models import AssistanceRequest, ReceptionTicket
from gongying.reception.models.tickets import LATE_AFTER
from gongying.reception.operations.desk import helper_key, lock_ticket, tell


@transaction.atomic
def ask_for_help(ticket: ReceptionTicket, *, by: User) -> AssistanceRequest:
    """Ring at those who may take a visitor over: with both purposes, if `by` has another visitor before her."""
    ticket = lock_ticket(ticket, by=by)
    if not ticket.is_open:
        raise Refused(_("This visit is over."), current=ticket.present_state())
    at_hand = ReceptionTicket.objects.for_desk().with_handler(by).filter(state=TicketState.ATTENDING)
    beside = at_hand.exclude(pk=ticket.pk).first()
    with refusing({"assistance_one_open_call": _("Help was called for already.")}):
        call = AssistanceRequest.objects.create(ticket=ticket, beside=beside, asked_by=by)
    helpers = helpers_at(ticket.place)
    event = tell("help_asked", ticket, by=by, beside=str(beside) if beside else "", name=str(by))
    notify(event, to=helpers, about=ticket)
    push_on_commit([helper_key(user.pk) for user in helpers])
    return call


@transaction.atomic
def withdraw_help(call: AssistanceRequest, *, by: User) -> AssistanceRequest:
    ticket = lock_ticket(call.ticket, by=by)
    call = AssistanceRequest.objects.get(pk=call.pk)
    if call.taken_at or call.withdrawn_at:
        raise Refused(_("This call for help is settled already."))
    _withdraw(call)
    tell("help_withdrawn", ticket, by=by)
    push_on_commit([helper_key(user.pk) for user in helpers_at(ticket.place)])
    return call


def settle_call(ticket: ReceptionTicket, *, by: User) -> None:
    """Whoever else turns to the visitor takes the call; what the caller does herself withdraws it. The ticket is locked."""
    call = AssistanceRequest.objects.open().filter(ticket=ticket).first()
    if call is None:
        return
    if call.asked_by_id != by.pk and ticket.is_with(by):
        call.taken_by, call.taken_at = by, now_not_before(call.asked_at)
        call.save(update_fields=["taken_by", "taken_at"])
    else:
        _withdraw(call)
    push_on_commit([helper_key(user.pk) for user in helpers_at(ticket.place)])


def helpers_at(place: Place) -> list[User]:
    """Who may take over visitors there, and is not away today."""
    away = StaffMember.objects.absent(on=timezone.localdate()).values("pk")
    staff = serving(place, right=TerritoryRight.VIEW_FILES).with_permission(TAKE_OVER).exclude(pk__in=away)
    return [person.user for person in staff.select_related("user").order_by("pk")]


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notice_neglected_visitors", pass_context=False)
def notice_neglected_visitors_later(timestamp: int) -> None:
    notice_neglected_visitors()


def notice_neglected_visitors() -> int:
    """Tell the supervisors of every visitor to whom nobody has turned for five minutes, once. How many there were."""
    return once_for_each(_untouched, "neglected_at", _notice_neglected)


def _untouched() -> QuerySet[ReceptionTicket]:
    return ReceptionTicket.objects.untouched_since(timezone.now() - LATE_AFTER).for_desk().order_by("touched_at", "pk")


def _notice_neglected(ticket: ReceptionTicket) -> None:
    notify(tell("neglected", ticket, by=None), to=helpers_at(ticket.place), about=ticket)


def _withdraw(call: AssistanceRequest) -> None:
    call.withdrawn_at = timezone.now()
    call.save(update_fields=["withdrawn_at"])
