"""What a step of a case means for its clocks: started, met, ended, started anew.

Called by `step`, the one place where cases move, and by registration: whichever way a request comes or goes (counter, API,
import, demo, many at once), its clocks go with it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from gongying.accounts.models import User
from gongying.schedule.calendars import calendar_of
from gongying.schedule.operations import note_gap
from gongying.servicedesk.enums import ClockEnd, Metric, TimeUnit
from gongying.servicedesk.models import ClockPause, EscalationLadder, ServiceClock, ServiceRequest, ServiceTimePolicy
from gongying.servicedesk.operations.pausing import copy_pauses, end_pause, running_clocks
from gongying.servicedesk.policy_choice import Matter, ladder_for, policy_for
from gongying.servicedesk.service_clocks import SOON_PERCENT, assumes_weekends, due, steps

AT_REGISTRATION = (Metric.FIRST_RESPONSE, Metric.ON_SITE, Metric.RESOLUTION)
# Which step of a request or complaint answers which promise.
MET_BY = {
    "accept": (Metric.FIRST_RESPONSE,),
    "acknowledge": (Metric.FIRST_RESPONSE,),
    "reject": (Metric.FIRST_RESPONSE,),
    "establish": (Metric.ON_SITE,),
    "resolve": (Metric.FIRST_RESPONSE, Metric.RESOLUTION),
    "give_feedback": (Metric.FIRST_RESPONSE, Metric.RESOLUTION),
    "reach": (Metric.FOLLOW_UP,),
}
# After these nobody waits any more for what they name.
ENDED_BY = {
    "resolve": (Metric.ON_SITE, Metric.AUTHORITY_REPORT),
    "give_feedback": (Metric.ON_SITE,),
    "rework": (Metric.FOLLOW_UP,),
    "reopen": (Metric.FOLLOW_UP,),
    **dict.fromkeys(("close", "cancel", "reject", "merge", "withdraw"), tuple(Metric)),
}
TAKES_UP_AGAIN = ("rework", "reopen")
RESULT_TOLD = ("report", "give_feedback")


def begin_clocks(service_request: ServiceRequest) -> None:
    """At registration: response is owed since the touch happened, not since it was typed (E-049)."""
    clocks = _start(service_request, AT_REGISTRATION, {}, started_at=service_request.occurred_at)
    service_request.show_next_due(clocks)


def start_clocks(service_request: ServiceRequest, metrics: Iterable[str], *, started_at: datetime) -> None:
    """Promise it (again); a round more where it was promised before."""
    # In the order of their ids: the last round of each stays.
    rounds = dict(service_request.clocks.order_by("pk").values_list("metric", "round"))
    _start(service_request, metrics, rounds, started_at=started_at)


def _start(
    service_request: ServiceRequest, metrics: Iterable[str], rounds: Mapping[str, int], *, started_at: datetime
) -> list[ServiceClock]:
    """Policy and ladder are those of the day of registration, however late this is."""
    policy = policy_for(Matter.of(service_request), at=service_request.entered_at)
    ladder = ladder_for(service_request.project_id, at=service_request.entered_at)
    if policy is None or ladder is None:
        return []
    clocks = [
        clock
        for metric in metrics
        if (clock := _clock(service_request, metric, policy, ladder, started_at, round_=rounds.get(metric, 0) + 1))
    ]
    ServiceClock.objects.bulk_create(clocks)
    return clocks


def follow_step(service_request: ServiceRequest, verb: str, *, by: User | None, at: datetime) -> None:
    """What `verb`, just taken by the request, does to its clocks."""
    if verb in MET_BY or verb in ENDED_BY:
        _stop(service_request, met=MET_BY.get(verb, ()), ended=ENDED_BY.get(verb, ()), by=by, at=at)
    if verb in TAKES_UP_AGAIN:
        start_clocks(service_request, [Metric.RESOLUTION], started_at=at)
    elif verb in RESULT_TOLD and service_request.needs_follow_up and not service_request.is_anonymous:
        start_clocks(service_request, [Metric.FOLLOW_UP], started_at=at)
    elif verb == "undo_merge":
        # The customer has waited all the time.
        start_clocks(service_request, AT_REGISTRATION, started_at=service_request.occurred_at)
    elif verb == "establish":
        choose_policy_again(service_request, by=by, at=at)


def meet(service_request: ServiceRequest, *metrics: str, by: User | None, at: datetime) -> None:
    _stop(service_request, met=metrics, by=by, at=at)


def end_unneeded(service_request: ServiceRequest, *metrics: str, by: User | None, at: datetime) -> None:
    """Nobody waits for it any more, though it was not kept."""
    _stop(service_request, ended=metrics, by=by, at=at)


def choose_policy_again(service_request: ServiceRequest, *, by: User | None, at: datetime) -> None:
    """The matter turned out to be another one (kind, severity): what still runs goes on under the policy that fits it.

    The clock that ran is ended and kept; the new one starts when that one did, with its pauses.
    """
    policy = policy_for(Matter.of(service_request), at=service_request.entered_at)
    ladder = ladder_for(service_request.project_id, at=service_request.entered_at)
    if policy is None or ladder is None:
        return
    clocks = list(service_request.clocks.all())
    rounds = {clock.metric: clock.round for clock in clocks}
    for clock in clocks:
        if clock.is_running and clock.policy_id != policy.pk:
            waiting = _finish(clock, by=by, at=at, ended_because=ClockEnd.OTHER_POLICY)
            new = _clock(service_request, clock.metric, policy, ladder, clock.started_at, round_=clock.round + 1)
            if new is not None:
                new.save()
                copy_pauses(clock, new, waiting=waiting, at=at)
    missing = [metric for metric in AT_REGISTRATION if metric not in rounds]
    first = [_clock(service_request, metric, policy, ladder, service_request.occurred_at) for metric in missing]
    ServiceClock.objects.bulk_create(clock for clock in first if clock is not None)


def _clock(
    service_request: ServiceRequest,
    metric: str,
    policy: ServiceTimePolicy,
    ladder: EscalationLadder,
    started_at: datetime,
    *,
    round_: int = 1,
) -> ServiceClock | None:
    row = policy.targets.get(metric)
    agreed = service_request.window_to if row is not None and row.unit == TimeUnit.AGREED else None
    if row is None or (row.unit == TimeUnit.AGREED and (agreed is None or agreed <= started_at)):
        return None
    target, calendar = row.for_slot(agreed), calendar_of(service_request.project)
    due_at = due(target, started_at, (), calendar)
    percents = [*ladder.percents, SOON_PERCENT]
    *steps_at, soon_at = steps(target, started_at, due_at, (), calendar, percents=percents)
    clock = ServiceClock(
        service_request=service_request,
        metric=metric,
        round=round_,
        policy=policy,
        ladder=ladder,
        agreed=agreed,
        started_at=started_at,
        due_at=due_at,
        soon_at=soon_at,
        steps_at=steps_at,
        assumes_weekends=assumes_weekends(calendar, target, due_at),
    )
    clock.next_step_at = clock.next_step()
    if clock.assumes_weekends:
        note_gap(calendar.day_of(due_at).year)
    return clock


def _stop(
    service_request: ServiceRequest,
    *,
    met: Iterable[str] = (),
    ended: Iterable[str] = (),
    by: User | None,
    at: datetime,
) -> None:
    met = set(met)
    concerned = {*met, *ended}
    for clock in running_clocks(service_request):
        if clock.metric in concerned:
            _finish(clock, by=by, at=at, ended_because="" if clock.metric in met else ClockEnd.NOT_NEEDED)


def _finish(clock: ServiceClock, *, by: User | None, at: datetime, ended_because: str) -> ClockPause | None:
    """Met, or ended for a reason. Returns the pause that was going on, if any."""
    at = max(at, clock.started_at)  # a clock of the machine that was ahead when this one started
    waiting = end_pause(clock, by=by, at=at) if clock.is_paused else None
    clock.next_step_at = None
    if ended_because:
        clock.ended_at, clock.ended_because = at, ended_because
    else:
        clock.met_at = at
    if clock.breached_at is None and at > clock.due_at and ended_because != ClockEnd.OTHER_POLICY:
        clock.breached_at = clock.due_at
    clock.save(update_fields=["met_at", "ended_at", "ended_because", "next_step_at", "breached_at"])
    return waiting
