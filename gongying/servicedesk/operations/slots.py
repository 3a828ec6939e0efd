"""When a job is done: no worker has two at the same time, unless a dispatcher says so, and why (invariant 17)."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.organization.models import StaffMember
from gongying.schedule.operations import next_quarter
from gongying.servicedesk.entry_times import spoken_window
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.operations.stages import lock_work, save_changes, tell_work

Plan = tuple[datetime, datetime]
# Less than that is no visit; more is a misprint.
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=31)
# When customers are visited, where nothing is so urgent that it was planned for the night.
FIRST_HOUR, LAST_HOUR = time(8), time(20)
# What is left of a wished window is worth coming for.
WORTH_COMING = timedelta(minutes=30)


class SlotTaken(Refused):
    """The worker has other work at that time: `taken`, and the next time he is free."""

    def __init__(self, doer: User, plan: Plan, taken: Sequence[WorkOrder], free: Plan) -> None:
        self.plan, self.taken, self.free = plan, list(taken), free
        super().__init__(
            _("%(doer)s has %(work)s then. Choose another time, or say why both go together.")
            % {"doer": doer, "work": ", ".join(spoken_job(work) for work in taken)},
            current={"taken_by": [work.pk for work in taken], "free_from": free[0].isoformat()},
        )


@transaction.atomic
def plan_work(
    work_order: WorkOrder, *, by: User, plan: Plan, overlap_reason: str = "", seen: int | None = None
) -> WorkOrder:
    """Another time with the same doer (or none yet). What the customer was promised stays."""
    work_order = lock_work(work_order, seen=seen)
    if not work_order.is_unfinished:
        raise Refused(_("This job is over: it has no time any more."))
    changes = settle_slot(work_order, doer=work_order.doer, plan=plan, by=by, overlap_reason=overlap_reason)
    with slots_guarded():
        save_changes(work_order, **changes)
    tell_work("work.planned", work_order, by=by, at=timezone.now(), told=(work_order.doer,), **slot_words(work_order))
    return work_order


def settle_slot(
    work_order: WorkOrder, *, doer: User | None, plan: Plan | None, by: User, overlap_reason: str = ""
) -> dict[str, Any]:
    """The columns of the slot. Without a `plan` the customer's window is used, or the part of it in which the doer is free."""
    if plan is not None:
        _check(plan)
    asked = plan or work_order.slot
    if asked is None:
        return {}
    free_of_conflict = {"overlap_allowed_by": None, "overlap_reason": ""}
    taken = _taken(work_order, doer, asked)
    if not taken:
        return {"planned_from": asked[0], "planned_to": asked[1], **free_of_conflict}
    part = _free_part(asked, taken) if plan is None else None
    if part is not None:
        return {"planned_from": part[0], "planned_to": part[1], **free_of_conflict}
    if doer is None or not overlap_reason.strip():
        raise SlotTaken(doer or by, asked, taken, next_free(work_order, doer, asked))
    override = {"overlap_allowed_by": by, "overlap_reason": overlap_reason.strip()}
    return {"planned_from": asked[0], "planned_to": asked[1], **override}


def slots_guarded() -> AbstractContextManager[None]:
    """For the save: who planned in the same moment without asking first is held by the database."""
    return refusing({"work_order_slots_do_not_overlap": _("This worker has other work at that time by now.")})


def slot_words(work_order: WorkOrder) -> dict[str, Any]:
    """What the event says of the time."""
    if work_order.slot is None:
        return {}
    return {
        "planned_from": work_order.planned_from,
        "planned_to": work_order.planned_to,
        "overlap_reason": work_order.overlap_reason,
    }


def lost_its_slot(work_order: WorkOrder) -> bool:
    """Whether its doer was given other work for the time that this job had: it comes back without one."""
    return work_order.slot is not None and bool(_taken(work_order, work_order.doer, work_order.slot))


def next_free(work_order: WorkOrder, doer: User | None, plan: Plan) -> Plan:
    """The first time of this length, from the planned one on, in which the doer has nothing else; by day, if that was by day."""
    length, now = plan[1] - plan[0], timezone.now()
    start = plan[0] if plan[1] > now else next_quarter(now)
    is_by_day = _is_by_day(plan)
    for begins, ends in _slots_of(_taken(work_order, doer, (start, start + LONGEST))):
        if begins >= start + length:
            break
        start = max(start, ends)
        if is_by_day and not _is_by_day((start, start + length)):
            start = _next_morning(start)
    return start, start + length


def _is_by_day(plan: Plan) -> bool:
    begins, ends = (timezone.localtime(moment) for moment in plan)
    return begins.date() == ends.date() and begins.time() >= FIRST_HOUR and ends.time() <= LAST_HOUR


def _next_morning(moment: datetime) -> datetime:
    local = timezone.localtime(moment)
    day = local.date() if local.time() < FIRST_HOUR else local.date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, FIRST_HOUR))


def spoken_job(work_order: WorkOrder) -> str:
    slot = work_order.slot
    return f"{work_order} {work_order.service_request.where} {spoken_window(slot) if slot else ''}".strip()


def _taken(work_order: WorkOrder, doer: User | None, plan: Plan) -> list[WorkOrder]:
    if doer is None:
        return []
    # One dispatcher at a time looks into a worker's day; otherwise two would both find it free.
    list(StaffMember.objects.select_for_update(no_key=True).filter(user=doer).values("pk"))
    rows = WorkOrder.objects.holding_slots().filter(doer=doer).within(*plan).exclude(pk=work_order.pk)
    return list(
        rows.select_related("service_request__unit", "service_request__facility").order_by("planned_from", "pk")
    )


def _free_part(window: Plan, taken: Sequence[WorkOrder]) -> Plan | None:
    """The longest part of `window` beside the jobs in it, if it is worth coming for."""
    held = _slots_of(taken)
    gaps = []
    for start in (window[0], *(ends for _begins, ends in held)):
        later = [begins for begins, ends in held if ends > start]
        gaps.append((start, min([window[1], *later])))
    best = max(gaps, key=lambda gap: gap[1] - gap[0])
    return best if best[1] - best[0] >= WORTH_COMING else None


def _slots_of(jobs: Sequence[WorkOrder]) -> list[Plan]:
    return [job.slot for job in jobs if job.slot]


def _check(plan: Plan) -> None:
    # What was done in the past is told by the steps of the job, each with its moment, not by planning it.
    if plan[0] >= plan[1]:
        raise Refused(_("The planned time ends before it begins."))
    if plan[1] <= timezone.now():
        over = spoken_window((timezone.localtime(plan[0]), timezone.localtime(plan[1])))
        raise Refused(_("%(window)s is over already: choose a time that is still to come.") % {"window": over})
    if not SHORTEST <= plan[1] - plan[0] <= LONGEST:
        raise Refused(_("A planned time lasts a quarter of an hour at least and a month at most."))
