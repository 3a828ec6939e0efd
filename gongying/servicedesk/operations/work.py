"""Who does it: opening, assigning, claiming, passing on and cancelling work orders."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.enums import DispatchMode, WorkState
from gongying.servicedesk.models import Assignment, ServiceRequest, WorkOrder
from gongying.servicedesk.operations.doers import check_claim, check_trade, doer_columns
from gongying.servicedesk.operations.late_word import moment_of
from gongying.servicedesk.operations.pausing import follow_work
from gongying.servicedesk.operations.safety import check_released
from gongying.servicedesk.operations.slots import Plan, settle_slot, slot_words, slots_guarded
from gongying.servicedesk.operations.stages import (
    enter_first_stage,
    lock_request,
    lock_work,
    open_stage,
    save_changes,
    step,
    tell,
    tell_work,
)

NOBODY: dict[str, Any] = {
    "doer": None,
    "outside_firm": "",
    "firm": None,
    "overlap_allowed_by": None,
    "overlap_reason": "",
}
STATES_WITH_WORK = ("accepted", "in_progress", "verifying", "handling")


@transaction.atomic
def open_work(
    service_request: ServiceRequest,
    *,
    by: User,
    trade: str = "",
    task: str = "",
    is_joint: bool = False,
    plan: Plan | None = None,
    seen: int | None = None,
) -> WorkOrder:
    """A further job within the request, without a doer unless they take turns: it may be assigned or claimed."""
    from gongying.servicedesk.operations.turns import give_in_turn

    service_request = lock_request(service_request, seen=seen)
    work_order = _open(service_request, by=by, trade=trade, task=task, is_joint=is_joint, plan=plan)
    give_in_turn(service_request, by=by)
    work_order.refresh_from_db()
    return work_order


def _open(
    service_request: ServiceRequest,
    *,
    by: User,
    trade: str = "",
    task: str = "",
    is_joint: bool = False,
    plan: Plan | None = None,
) -> WorkOrder:
    if service_request.state not in STATES_WITH_WORK:
        raise Refused(_("No work can be ordered now: it is at “%(state)s”.") % {"state": service_request.state_label})
    trade = trade or service_request.category.trade
    if not is_joint and service_request.work_orders.unfinished().filter(trade=trade, is_joint=False).exists():
        raise Refused(_("There is an unfinished job of this trade already. Mark the new one as joint work."))
    return create_work(service_request, by=by, trade=trade, task=task, is_joint=is_joint, plan=plan)


def create_work(
    service_request: ServiceRequest,
    *,
    by: User,
    trade: str,
    task: str = "",
    is_joint: bool = False,
    plan: Plan | None = None,
) -> WorkOrder:
    last = service_request.work_orders.aggregate(last=Max("position"))["last"] or 0
    wished = (service_request.window_from, service_request.window_to)
    planned_from, planned_to = plan or wished
    work_order: WorkOrder = WorkOrder.objects.create(
        service_request=service_request,
        position=last + 1,
        trade=trade,
        task=task.strip(),
        is_joint=is_joint,
        planned_from=planned_from,
        planned_to=planned_to,
        created_by=by,
        created_at=timezone.now(),
    )
    enter_first_stage(work_order, by=by, at=work_order.created_at)
    follow_work(service_request, by=by, at=work_order.created_at)
    tell_work("work.opened", work_order, by=by, at=work_order.created_at)
    return work_order


@transaction.atomic
def assign_work(
    work_order: WorkOrder,
    *,
    by: User,
    doer: User | None = None,
    outside_firm: str = "",
    plan: Plan | None = None,
    overlap_reason: str = "",
    trade_reason: str = "",
    seen: int | None = None,
) -> WorkOrder:
    """Give the job to a worker of the place or to an outside firm. The first one starts the handling."""
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("assign", work_order.state, label=work_order.state_label)
    changes = doer_columns(work_order, doer=doer, outside_firm=outside_firm, plan=plan)
    other_trade = check_trade(work_order.trade, doer, trade_reason)
    changes |= settle_slot(work_order, doer=doer, plan=plan, by=by, overlap_reason=overlap_reason)
    _write_assignment(work_order, by=by, doer=doer, outside_firm=outside_firm, trade_reason=other_trade)
    with slots_guarded():
        now = step(work_order, "assign", by=by, **changes)
    _begin_handling(work_order.service_request, by=by)
    words = {"doer": work_order.doer_name, "trade_reason": other_trade, **slot_words(work_order)}
    tell_work("work.assigned", work_order, by=by, at=now, told=(doer,), **words)
    return work_order


@transaction.atomic
def dispatch_work(
    service_request: ServiceRequest,
    *,
    by: User,
    doer: User | None = None,
    outside_firm: str = "",
    plan: Plan | None = None,
    overlap_reason: str = "",
    trade_reason: str = "",
    task: str = "",
    seen: int | None = None,
) -> WorkOrder:
    """Dispatch from the request's page or list: the waiting job, or a new one, goes to the doer; a new matter is accepted."""
    from gongying.servicedesk.operations.handling import take_on

    service_request = lock_request(service_request, seen=seen)
    if service_request.state == "registered":
        take_on(service_request, by=by)
    waiting = service_request.work_orders.without_doer().first()
    work_order = waiting or _open(service_request, by=by, task=task, plan=plan)
    return assign_work(
        work_order,
        by=by,
        doer=doer,
        outside_firm=outside_firm,
        plan=plan,
        overlap_reason=overlap_reason,
        trade_reason=trade_reason,
    )


@transaction.atomic
def claim_work(work_order: WorkOrder, *, by: User, seen: int | None = None) -> WorkOrder:
    """A worker takes an open job himself; of two at once one is refused."""
    work_order = lock_work(work_order, seen=seen)
    if work_order.doer_id is not None or work_order.outside_firm:
        raise Refused(_("%(doer)s has taken this job already.") % {"doer": work_order.doer_name})
    work_order.machine.check("claim", work_order.state, label=work_order.state_label)
    if work_order.service_request.category.dispatch_mode == DispatchMode.ASSIGN:
        raise Refused(_("The dispatcher gives out jobs of this kind."))
    changes = doer_columns(work_order, doer=by, outside_firm="")
    check_claim(work_order, by)
    changes |= settle_slot(work_order, doer=by, plan=None, by=by)
    _write_assignment(work_order, by=by, doer=by)
    with slots_guarded():
        now = step(work_order, "claim", by=by, **changes)
    _begin_handling(work_order.service_request, by=by)
    tell_work("work.claimed", work_order, by=by, at=now, doer=str(by))
    return work_order


@transaction.atomic
def accept_work(work_order: WorkOrder, *, by: User, at: datetime | None = None, seen: int | None = None) -> WorkOrder:
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("accept", work_order.state, label=work_order.state_label)
    now = step(work_order, "accept", by=by, at=moment_of(work_order, at))
    tell_work("work.accepted", work_order, by=by, at=now, doer=work_order.doer_name)
    return work_order


@transaction.atomic
def decline_work(
    work_order: WorkOrder, *, by: User, reason: str, at: datetime | None = None, seen: int | None = None
) -> WorkOrder:
    """The doer gives the job back; it waits for somebody else."""
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("decline", work_order.state, label=work_order.state_label)
    _check_reason(reason)
    declined_by = work_order.doer_name
    _write_assignment(work_order, by=by, reason=reason)
    now = step(work_order, "decline", by=by, at=moment_of(work_order, at), **NOBODY)
    told = (work_order.service_request.owner,)
    tell_work("work.declined", work_order, by=by, at=now, told=told, doer=declined_by, reason=reason.strip())
    return work_order


@transaction.atomic
def unassign_work(work_order: WorkOrder, *, by: User, seen: int | None = None) -> WorkOrder:
    """The undo of an assignment that nobody has taken yet; whoever had it is told."""
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("unassign", work_order.state, label=work_order.state_label)
    before = work_order.doer
    words = {"doer": work_order.doer_name}
    _write_assignment(work_order, by=by, reason=_("Taken back by the dispatcher"))
    now = step(work_order, "unassign", by=by, **NOBODY)
    tell_work("work.unassigned", work_order, by=by, at=now, told=(before,), **words)
    return work_order


@transaction.atomic
def reassign_work(
    work_order: WorkOrder,
    *,
    by: User,
    reason: str,
    doer: User | None = None,
    outside_firm: str = "",
    plan: Plan | None = None,
    overlap_reason: str = "",
    trade_reason: str = "",
    seen: int | None = None,
) -> WorkOrder:
    """Hand the job to somebody else; the reason is kept, the customer's wished time stays (R-187)."""
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("reassign", work_order.state, label=work_order.state_label)
    check_released(work_order)
    _check_reason(reason)
    changes = doer_columns(work_order, doer=doer, outside_firm=outside_firm, plan=plan)
    if doer is not None and doer == work_order.doer:
        raise Refused(_("%(doer)s has this job already.") % {"doer": doer})
    other_trade = check_trade(work_order.trade, doer, trade_reason)
    changes |= settle_slot(work_order, doer=doer, plan=plan, by=by, overlap_reason=overlap_reason)
    before, told = work_order.doer_name, (work_order.doer, doer)
    _write_assignment(work_order, by=by, doer=doer, outside_firm=outside_firm, reason=reason, trade_reason=other_trade)
    with slots_guarded():
        now = _move(work_order, changes, by=by)
    words = {"before": before, "doer": work_order.doer_name, "reason": reason.strip(), "trade_reason": other_trade}
    tell_work("work.reassigned", work_order, by=by, at=now, told=told, **words, **slot_words(work_order))
    return work_order


@transaction.atomic
def cancel_work(work_order: WorkOrder, *, by: User, reason: str, seen: int | None = None) -> WorkOrder:
    """When other jobs of the request are done and this was the last unfinished one, the request is resolved."""
    from gongying.servicedesk.operations.doing import resolve_when_all_is_done

    work_order = _cancel(work_order, by=by, reason=reason, seen=seen)
    resolve_when_all_is_done(work_order.service_request, by=by)
    return work_order


def _cancel(work_order: WorkOrder, *, by: User, reason: str, seen: int | None = None) -> WorkOrder:
    work_order = lock_work(work_order, seen=seen)
    work_order.machine.check("cancel", work_order.state, label=work_order.state_label)
    _check_reason(reason)
    now = step(work_order, "cancel", by=by, cancel_reason=reason.strip())
    words = {"doer": work_order.doer_name, "reason": reason.strip()}
    tell_work("work.cancelled", work_order, by=by, at=now, told=(work_order.doer,), **words)
    return work_order


def cancel_waiting_work(service_request: ServiceRequest, *, by: User, reason: str) -> None:
    """Jobs that nobody has taken yet."""
    for work_order in service_request.work_orders.without_doer():
        _cancel(work_order, by=by, reason=reason)


def cancel_unfinished_work(service_request: ServiceRequest, *, by: User, reason: str) -> None:
    """The matter ends: whoever was on it is told that he need not come."""
    for work_order in service_request.work_orders.unfinished():
        _cancel(work_order, by=by, reason=reason)


def check_nobody_is_at_work(service_request: ServiceRequest) -> None:
    """Neither a worker nor a supporting department: the handling cannot end before they have (R-218)."""
    if service_request.work_orders.unfinished().exists():
        raise Refused(_("Its work is not done yet: finish or cancel it first."))
    if service_request.support_tasks.open().exists():
        raise Refused(_("A supporting department is not done yet: wait for it, or withdraw the task with a reason."))


def _begin_handling(service_request: ServiceRequest, *, by: User) -> None:
    if not service_request.is_complaint and service_request.state == "accepted":
        now = step(service_request, "start", by=by)
        tell("request.started", service_request, by=by, at=now)


def _move(work_order: WorkOrder, changes: dict[str, Any], *, by: User) -> datetime:
    """A job that nobody has taken yet stays in its stage."""
    if work_order.state != WorkState.ASSIGNED:
        return step(work_order, "reassign", by=by, **changes)
    save_changes(work_order, **changes)
    return timezone.now()


def _write_assignment(
    work_order: WorkOrder,
    *,
    by: User,
    doer: User | None = None,
    outside_firm: str = "",
    reason: str = "",
    trade_reason: str = "",
) -> None:
    Assignment.objects.create(
        work_order=work_order,
        stage=open_stage(work_order),
        by=by,
        at=timezone.now(),
        from_doer=work_order.doer,
        from_firm=work_order.outside_firm,
        to_doer=doer,
        to_firm=outside_firm.strip(),
        reason=reason.strip(),
        trade_reason=trade_reason,
    )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("A reason is needed."))
