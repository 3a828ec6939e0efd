"""Every minute: which clocks have reached a step of their ladder, which pauses their limit.

Set by set, each in its own transaction: rows that another worker holds are passed over, and what was taken is written
together with the clock that moved on, so that a sweep that is killed has done a set whole or not at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from gongying.common.copying import insert_values
from gongying.common.places import Place
from gongying.events.operations import Entry, record_all
from gongying.notifications.operations import notify_all
from gongying.servicedesk.enums import Recipient
from gongying.servicedesk.ladder_recipients import Case, Recipients
from gongying.servicedesk.models import ClockPause, ClockStep, EscalationLadder, ServiceClock
from gongying.servicedesk.models.clocks import BREACH
from gongying.servicedesk.operations.pausing import end_pause
from gongying.servicedesk.operations.stages import lock_request, tell

SET = 5_000
COLUMNS = ("id", "metric", "level", "steps_at", "due_at", "breached_at", "ladder_id")
OF_REQUEST = (
    "id",
    "number",
    "project_id",
    "building_id",
    "entrance_id",
    "department_id",
    "owner_id",
)
Clock = dict[str, Any]
Ladders = Mapping[int, Sequence[tuple[int, str]]]


@dataclass(frozen=True)
class Taken:
    """A step that a clock has reached, and whom it is told."""

    clock: Clock
    percent: int
    to: str
    at: datetime
    told: list[int]

    @property
    def verb(self) -> str:
        if self.percent == BREACH:
            return "clock.breached"
        return "clock.warned" if self.percent < BREACH else "clock.escalated"


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="sweep_clocks")
def sweep_clocks_later(timestamp: int) -> None:
    del timestamp
    sweep()


def sweep() -> int:
    """Take all steps that have come, and end all pauses that have reached their limit. How many steps were taken."""
    now = timezone.now()
    for pause_id in ClockPause.objects.filter(ended_at=None, longest_until__lte=now).values_list("pk", flat=True):
        _expire(pause_id)
    taken = 0
    while (number := _sweep_set(now)) is not None:
        taken += number
    return taken


@transaction.atomic
def _sweep_set(now: datetime) -> int | None:
    """The clocks that have waited longest; None when nothing is left."""
    clocks = _due_clocks(now)
    if not clocks:
        return None
    found = EscalationLadder.objects.in_bulk({clock["ladder_id"] for clock in clocks})
    ladders = {pk: ladder.rungs for pk, ladder in found.items()}
    taken = list(_steps_of(clocks, ladders, now))
    insert_values(
        ClockStep,
        ("clock_id", "percent", "to", "at", "noticed_at", "told"),
        [(step.clock["id"], step.percent, step.to, step.at, now, step.told) for step in taken],
    )
    _move_on(taken, clocks, ladders)
    events = record_all([_entry(step) for step in taken])
    notify_all(
        (event_id, user_id, ("servicerequest", step.clock["request_id"]))
        for event_id, step in zip(events, taken, strict=True)
        for user_id in step.told
    )
    return len(taken)


def _due_clocks(now: datetime) -> list[Clock]:
    of_request = {f"request_{name}": f"service_request__{name}" for name in OF_REQUEST}
    rows = ServiceClock.objects.filter(next_step_at__lte=now).order_by("next_step_at", "pk")
    locked = rows.select_for_update(of=("self",), skip_locked=True)[:SET]
    shown = locked.values(*COLUMNS, *of_request.values())
    names = {path: name for name, path in of_request.items()}
    return [{names.get(key, key): value for key, value in row.items()} for row in shown]


def _steps_of(clocks: Sequence[Clock], ladders: Ladders, now: datetime) -> Iterator[Taken]:
    cases = {clock["request_id"]: _case(clock) for clock in clocks}
    recipients = Recipients(list(cases.values()))
    for clock in clocks:
        for (percent, to), at in _rungs(clock, ladders):
            if percent > clock["level"] and at <= now:
                yield Taken(clock, percent, to, at, recipients.of(to, cases[clock["request_id"]]))


def _case(clock: Clock) -> Case:
    place = Place(clock["request_project_id"], clock["request_building_id"], clock["request_entrance_id"])
    return Case(clock["request_id"], place, clock["request_department_id"], clock["request_owner_id"])


def _entry(step: Taken) -> Entry:
    clock = step.clock
    # Not the household's timeline: how the office watches its own promises is no news there.
    subjects = [("servicerequest", clock["request_id"])]
    details = {"number": clock["request_number"], "metric": clock["metric"], "percent": step.percent, "to": step.to}
    details["due_at"] = clock["due_at"].isoformat()
    return Entry(step.verb, step.at, _case(clock).place, subjects, details)


def _move_on(taken: Sequence[Taken], clocks: Sequence[Clock], ladders: Ladders) -> None:
    """In one statement: the level, a breach, and when the next step comes."""
    levels = {clock["id"]: clock["level"] for clock in clocks}
    for step in taken:
        levels[step.clock["id"]] = max(levels[step.clock["id"]], step.percent)
    following = [
        next((at for (percent, _to), at in _rungs(clock, ladders) if percent > levels[clock["id"]]), None)
        for clock in clocks
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE servicedesk_serviceclock clock SET level = reached.level, next_step_at = reached.next_step_at,"
            " breached_at = coalesce(clock.breached_at, CASE WHEN reached.level >= %s THEN clock.due_at END)"
            " FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) AS reached(id, level, next_step_at)"
            " WHERE clock.id = reached.id",
            [BREACH, list(levels), list(levels.values()), following],
        )


def _rungs(clock: Clock, ladders: Ladders) -> Iterator[tuple[tuple[int, str], datetime]]:
    return zip(ladders[clock["ladder_id"]], clock["steps_at"], strict=True)


@transaction.atomic
def _expire(pause_id: int) -> None:
    """The clock runs again from the moment of the limit on, and those who wait for somebody hear of it."""
    found = ClockPause.objects.select_related("clock__service_request").filter(pk=pause_id).first()
    if found is None:
        return
    service_request = lock_request(found.clock.service_request)
    clock = (
        ServiceClock.objects.select_for_update(of=("self",)).select_related("ladder", "policy").get(pk=found.clock_id)
    )
    pause = clock.pauses.filter(pk=pause_id, ended_at=None).first()
    if pause is None:
        return
    clock.service_request = service_request
    ended = end_pause(clock, by=None, at=pause.longest_until, is_expired=True)
    event = tell(
        "clock.pause_expired",
        service_request,
        by=None,
        at=ended.longest_until,
        metric=clock.metric,
        reason=ended.reason,
        due_at=clock.due_at,
    )
    case = Case(service_request.pk, service_request.place, service_request.department_id, service_request.owner_id)
    recipients = Recipients([case])
    told = {*recipients.of(Recipient.DOER, case), *recipients.of(Recipient.SUPERVISOR, case)}
    notify_all((event.pk, user_id, ("servicerequest", service_request.pk)) for user_id in told)
