"""A clock stands still: opened and ended in the ledger, each with its reason and its limit (standards 2.1)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gongying.accounts.models import User
from gongying.common.planned import short_row
from gongying.common.statements import Statement
from gongying.schedule.calendars import calendar_of
from gongying.schedule.working_time import Pace, advance, elapsed
from gongying.servicedesk.enums import UNFINISHED_IN_SQL, Metric, Urgency, WorkState
from gongying.servicedesk.models import ClockPause, ServiceClock, ServiceRequest, WorkPause
from gongying.servicedesk.policy_choice import longest_pause
from gongying.servicedesk.service_clocks import SOON_PERCENT, Pause, assumes_weekends, pushed, steps

# A step that reaches us late ends a pause that began after it: nothing was waited, and the step stands.
SHORTEST = timedelta(microseconds=1)
RUNNING_CLOCKS: Statement[ServiceClock] = Statement(
    lambda request: ServiceClock.objects.running().filter(service_request=request), "running_clocks", request=int
)
# Whether the clock to the result stands still, and the jobs that are not finished; no row where it does not run.
WAY_TO_RESULT = f"""
    SELECT clock.paused_at IS NOT NULL, work.ids, work.states
    FROM servicedesk_serviceclock clock CROSS JOIN LATERAL (
        SELECT array_agg(id ORDER BY id) AS ids, array_agg(DISTINCT state::text) AS states
        FROM servicedesk_workorder WHERE service_request_id = $1 AND state IN ({UNFINISHED_IN_SQL})
    ) AS work
    WHERE clock.service_request_id = $1 AND clock.metric = '{Metric.RESOLUTION}' AND clock.met_at IS NULL AND clock.ended_at IS NULL
"""  # noqa: S608 words of ours


def follow_work(service_request: ServiceRequest, *, by: User | None, at: datetime) -> None:
    """The way to the result waits as long as all its unfinished jobs wait, for the reason of the one that waits longest."""
    found = short_row("way_to_result", WAY_TO_RESULT, ["bigint"], [service_request.pk])
    if found is None:
        return
    is_paused, jobs, states = found
    all_wait = set(states or ()) == {WorkState.PAUSED}
    if all_wait == is_paused:
        return
    (clock,) = (clock for clock in running_clocks(service_request) if clock.metric == Metric.RESOLUTION)
    if all_wait:
        _wait_with_work(clock, jobs, at=at)
    elif jobs or clock.pauses.get(ended_at=None).work_pause_id is not None:
        end_pause(clock, by=by, at=at)


def running_clocks(service_request: ServiceRequest) -> list[ServiceClock]:
    clocks = RUNNING_CLOCKS.rows(request=service_request.pk)
    for clock in clocks:
        clock.service_request = service_request
    return clocks


def open_pause(
    clock: ServiceClock,
    reason: str,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    work_pause: WorkPause | None = None,
) -> ClockPause | None:
    """None where this clock may not wait: danger to life, or the longest pause for the reason is used up."""
    service_request = clock.service_request
    calendar = calendar_of(service_request.project)
    left = timedelta(days=longest_pause(service_request.project_id, reason)) - sum(
        (
            elapsed(calendar, Pace.WORKING_DAYS, pause.start, pause.end)
            for pause in _ended(clock.pauses.filter(reason=reason))
        ),
        timedelta(),
    )
    if service_request.urgency == Urgency.CRITICAL or left <= timedelta():
        return None
    # Not in the one before, which ended in the time of a machine that was ahead.
    at = max([at, *(ended.end for ended in _ended(clock.pauses.all()))])
    pause: ClockPause = ClockPause.objects.create(
        clock=clock,
        reason=reason,
        note=note.strip(),
        work_pause=work_pause,
        started_at=at,
        by=by,
        longest_until=advance(calendar, Pace.WORKING_DAYS, at, left),
    )
    clock.paused_at, clock.next_step_at = at, None
    clock.save(update_fields=["paused_at", "next_step_at"])
    return pause


def end_pause(clock: ServiceClock, *, by: User | None, at: datetime, is_expired: bool = False) -> ClockPause:
    """The clock runs again; what it did not count moves the due moment and the steps that are still to come."""
    pause: ClockPause = clock.pauses.get(ended_at=None)
    at = max(at, pause.started_at + SHORTEST)
    target, calendar = clock.target, calendar_of(clock.service_request.project)
    pause.due_before = clock.due_at
    pause.due_after = pushed(
        target, clock.started_at, clock.due_at, Pause(pause.started_at, at), calendar, was_adjusted=clock.was_adjusted
    )
    pause.ended_at, pause.ended_by, pause.is_expired = at, by, is_expired
    pause.save(update_fields=["ended_at", "ended_by", "is_expired", "due_before", "due_after"])
    clock.paused_at = None
    move_due(clock, pause.due_after)
    return pause


def move_due(clock: ServiceClock, due_at: datetime) -> None:
    """To where a pause or an adjustment, which is written already, has moved it."""
    target, calendar = clock.target, calendar_of(clock.service_request.project)
    clock.due_at = due_at
    pauses = _ended(clock.pauses.all())
    percents = [*clock.ladder.percents, SOON_PERCENT]
    *clock.steps_at, clock.soon_at = steps(target, clock.started_at, due_at, pauses, calendar, percents=percents)
    clock.assumes_weekends = assumes_weekends(calendar, target, due_at)
    clock.next_step_at = None if clock.is_paused else clock.next_step()
    clock.save(
        update_fields=["due_at", "soon_at", "steps_at", "next_step_at", "paused_at", "assumes_weekends"],
    )


def copy_pauses(old: ServiceClock, new: ServiceClock, *, waiting: ClockPause | None, at: datetime) -> None:
    """What the matter has waited counts under its new policy too; a pause that was going on goes on."""
    calendar = calendar_of(new.service_request.project)
    if new.metric != Metric.RESOLUTION:
        return
    for pause in old.pauses.all():
        if (ended := pause.ended) is None:
            continue
        before = new.due_at
        after = pushed(new.target, new.started_at, before, ended, calendar)
        pause.pk, pause._state.adding = None, True
        pause.clock, pause.due_before, pause.due_after = new, before, after
        pause.save()
        move_due(new, after)
    if waiting is not None:
        open_pause(new, waiting.reason, by=waiting.by, at=at, note=waiting.note, work_pause=waiting.work_pause)


def _ended(pauses: Iterable[ClockPause]) -> list[Pause]:
    return [ended for pause in pauses if (ended := pause.ended)]


def _wait_with_work(clock: ServiceClock, work_orders: list[int], *, at: datetime) -> None:
    """A pause that its limit has ended does not begin again by itself."""
    last = WorkPause.objects.filter(work_order__in=work_orders).select_related("by").order_by("-pk").first()
    if last is not None and not clock.pauses.filter(work_pause=last).exists():
        open_pause(clock, last.reason, by=last.by, at=at, note=last.note, work_pause=last)
