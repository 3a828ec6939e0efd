"""Who may do what at the service desk; the places are said by territories, the rest by roles."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.common.statements import Statement
from gongying.organization.access import staff_of
from gongying.organization.models import StaffMember
from gongying.servicedesk.enums import WorkState
from gongying.servicedesk.models import ServiceRequest, SupportTask, WorkOrder
from gongying.servicedesk.models.work import PHONE_STAYS_OPEN

DO_WORK: Final = "servicedesk.do_work"
MANAGE_CATALOGUE: Final = "servicedesk.manage_catalogue"
DISPATCH_WORK: Final = "servicedesk.dispatch_work"
ANNOUNCE_FAULT: Final = "servicedesk.announce_fault"
INSPECT_SAMPLES: Final = "servicedesk.inspect_samples"
ADJUST_CLOCKS: Final = "servicedesk.adjust_clocks"
MANAGE_SERVICE_TIMES: Final = "servicedesk.manage_service_times"
HANDLE_ORDERS: Final = "servicedesk.handle_orders"
SUPPORT_REQUESTS: Final = "servicedesk.support_requests"
HANDLE_VIOLATIONS: Final = "servicedesk.handle_violations"
RECEIVE_PAYMENT: Final = "servicedesk.receive_payment"
MANAGE_FIRMS: Final = "servicedesk.manage_firms"

PERMISSIONS = {
    "servicedesk.view_requests": _("see all requests of the own territory"),
    "servicedesk.register_request": _("register requests"),
    "servicedesk.accept_request": _("accept requests"),
    "servicedesk.answer_request": _("answer requests"),
    "servicedesk.report_result": _("tell customers the result"),
    "servicedesk.follow_up": _("follow up"),
    "servicedesk.decide_follow_up": _("decide about lukewarm follow-ups"),
    "servicedesk.cancel_request": _("cancel requests"),
    "servicedesk.reject_request": _("reject requests"),
    "servicedesk.reopen_request": _("reopen closed requests"),
    "servicedesk.merge_requests": _("merge requests"),
    "servicedesk.transfer_request": _("pass requests on"),
    "servicedesk.note_request": _("write notes"),
    "servicedesk.concede": _("grant goodwill and compensation, beyond the own authority ask for it"),
    "servicedesk.handle_complaint": _("handle complaints"),
    DISPATCH_WORK: _("assign and reassign work"),
    DO_WORK: _("take and do jobs"),
    "servicedesk.check_work": _("check finished work"),
    ANNOUNCE_FAULT: _("announce and end public faults"),
    HANDLE_ORDERS: _("enter and answer orders of 12345 and other offices"),
    SUPPORT_REQUESTS: _("do the tasks of the own department in requests of others"),
    HANDLE_VIOLATIONS: _("dissuade from illegal acts and report them to the authority"),
    INSPECT_SAMPLES: _("inspect samples of finished orders"),
    "servicedesk.bulk_change": _("change several requests at once"),
    "servicedesk.share_views": _("share saved views"),
    ADJUST_CLOCKS: _("decide about other due times"),
    MANAGE_SERVICE_TIMES: _("edit service times, escalation and longest pauses"),
    RECEIVE_PAYMENT: _("settle the price of paid services, receive payments and take them back"),
    MANAGE_FIRMS: _("edit outside firms"),
    MANAGE_CATALOGUE: _("edit services and prices"),
    "servicedesk.manage_categories": _("edit categories and responsibilities"),
}


def may_do(user: User, work_order: WorkOrder) -> bool:
    """A job is done by its doer; for an outside firm, and for a worker without a phone, the dispatcher writes it down."""
    if work_order.state == WorkState.OPEN:
        return may(user, DO_WORK)
    if work_order.doer_id is not None and work_order.doer_id == user.pk:
        return may(user, DO_WORK)
    return may(user, DISPATCH_WORK)


def may_finish(user: User, support: SupportTask) -> bool:
    """Each department ends its own tasks itself (R-218)."""
    staff = staff_of(user)
    return staff is not None and staff.department_id == support.department_id and may(user, SUPPORT_REQUESTS)


def knows_trade(staff: StaffMember, trade: str) -> bool:
    """Nobody takes a job of another trade for herself (R-019)."""
    return trade in ("", *staff.skills)


def _open_phone(user: int, request: int, since: datetime) -> Any:
    rows = WorkOrder.objects.with_open_phone(user, done_since=since)
    return rows.filter(service_request=request).order_by().values("pk")[:1]


OPEN_PHONE: Statement[Any] = Statement(_open_phone, "open_phone", user=int, request=int, since=datetime)


def may_call(user: User, service_request: ServiceRequest) -> bool:
    """Whoever may use numbers at all, and a worker while he has a job of this request."""
    if may(user, "customers.reveal_phone"):
        return True
    since = timezone.now() - PHONE_STAYS_OPEN
    return OPEN_PHONE.first(user=user.pk, request=service_request.pk, since=since) is not None
