"""What a drag on the board or a digit in its panel means: a job goes to somebody, to somebody else, or to another time."""

from django.db import transaction

from gongying.accounts.models import User
from gongying.servicedesk.enums import WorkState
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.operations.slots import Plan, plan_work
from gongying.servicedesk.operations.work import assign_work, reassign_work


@transaction.atomic
def place_work(
    work_order: WorkOrder,
    *,
    by: User,
    doer: User | None = None,
    outside_firm: str = "",
    plan: Plan | None = None,
    reason: str = "",
    overlap_reason: str = "",
    trade_reason: str = "",
    seen: int | None = None,
) -> WorkOrder:
    if work_order.state == WorkState.OPEN:
        return assign_work(
            work_order,
            by=by,
            doer=doer,
            outside_firm=outside_firm,
            plan=plan,
            overlap_reason=overlap_reason,
            trade_reason=trade_reason,
            seen=seen,
        )
    if plan is not None and stays_with_its_doer(work_order, doer, outside_firm):
        return plan_work(work_order, by=by, plan=plan, overlap_reason=overlap_reason, seen=seen)
    return reassign_work(
        work_order,
        by=by,
        doer=doer,
        outside_firm=outside_firm,
        plan=plan,
        reason=reason,
        overlap_reason=overlap_reason,
        trade_reason=trade_reason,
        seen=seen,
    )


def stays_with_its_doer(work_order: WorkOrder, doer: User | None, outside_firm: str) -> bool:
    return work_order.doer == doer and work_order.outside_firm == outside_firm
