"""How a case moves: the one place that writes a state and its stage."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.editions import as_of, edition_column, fill_from_memory
from gongying.common.statements import Statement
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.notifications.operations import notify
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.models import ServiceRequest, StageEntry, WorkOrder
from gongying.servicedesk.models.stages import Stage, WorkStage
from gongying.servicedesk.operations.clocks import follow_step, meet
from gongying.servicedesk.operations.pausing import follow_work

# Steps of a job after which all of a request's jobs may wait, or no longer all.
CHANGES_WHAT_WAITS = ("pause", "resume", "resume_on_site", "reassign", "cancel", "complete", "fail_check")


LOCKED_REQUEST: Statement[ServiceRequest] = Statement(
    lambda pk: (
        ServiceRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit", "party", "owner")
        .annotate(edition=edition_column())
        .filter(pk=pk)
    ),
    "locked_request",
    pk=int,
)
LOCKED_WORK: Statement[WorkOrder] = Statement(
    lambda pk: WorkOrder.objects.select_for_update(of=("self",), no_key=True).select_related("doer").filter(pk=pk),
    "locked_work",
    pk=int,
)
OPEN_STAGE_OF_REQUEST: Statement[StageEntry] = Statement(
    lambda pk: StageEntry.objects.filter(service_request=pk, left_at=None), "open_stage_of_request", pk=int
)
OPEN_STAGE_OF_WORK: Statement[WorkStage] = Statement(
    lambda pk: WorkStage.objects.filter(work_order=pk, left_at=None), "open_stage_of_work", pk=int
)


def lock_request(service_request: ServiceRequest, *, seen: int | None = None) -> ServiceRequest:
    """The row as it is now, held until the end of the transaction; `Stale` if its version is not `seen`."""
    return _lock_request(service_request.pk, seen=seen)


def _lock_request(pk: int, *, seen: int | None = None) -> ServiceRequest:
    locked = LOCKED_REQUEST.one(pk=pk)
    with as_of(locked.edition):  # type: ignore[attr-defined]
        fill_from_memory(locked, "project", "category")
    locked.check_version(seen=seen)
    locked.stage_held = None
    return locked


def lock_work(work_order: WorkOrder, *, seen: int | None = None) -> WorkOrder:
    """The work order, locked after its request: always in this order, so that two writers cannot deadlock."""
    service_request = _lock_request(work_order.service_request_id)
    locked = LOCKED_WORK.one(pk=work_order.pk)
    locked.check_version(seen=seen)
    locked.service_request, locked.stage_held = service_request, None
    return locked


def enter_first_stage(case: ServiceRequest | WorkOrder, *, by: User, at: datetime) -> None:
    case.stages.create(stage=case.state, entered_at=at, entered_by=by)


def step(
    case: ServiceRequest | WorkOrder,
    verb: str,
    *,
    by: User | None,
    at: datetime | None = None,
    stage: Stage | None = None,
    **changes: Any,
) -> datetime:
    """Take the step `verb` of the case's machine: leave the stage, change the row, enter the next stage.

    `stage` is the open one, where it is known already; `changes` are further columns of the row. Returns the moment of
    the step: `at`, where a worker tells later of what he did without network; else now.
    """
    told_late = {} if at is None else {"received_at": now_not_before(at)}
    target = case.machine.check(verb, case.state, label=case.state_label)
    stage = stage or open_stage(case)
    if at is None:
        begun = stage if isinstance(case, ServiceRequest) else open_stage(case.service_request)
        at = now_not_before(stage.entered_at, begun.entered_at)
    _leave(stage, by=by, at=at)
    if isinstance(case, ServiceRequest):
        changes["touched_at"] = at
    save_changes(case, state=target, **changes)
    entered = case.stages.create(stage=target, entered_at=at, entered_by=by, **told_late)
    if "stage_held" in case.__dict__:
        case.stage_held = entered
    if isinstance(case, ServiceRequest):
        follow_step(case, verb, by=by, at=at)
    elif verb == "arrive":
        meet(case.service_request, Metric.ON_SITE, by=by, at=at)
    elif verb in CHANGES_WHAT_WAITS:
        follow_work(case.service_request, by=by, at=at)
    return at


def open_stage(case: ServiceRequest | WorkOrder) -> Any:
    """Of a case that was locked here it is read once: nobody else moves it meanwhile."""
    held = case.__dict__.get("stage_held")
    if held is not None and held.stage == case.state:
        return held
    stage = _read_open_stage(case)
    if "stage_held" in case.__dict__:
        case.stage_held = stage
    return stage


def _read_open_stage(case: ServiceRequest | WorkOrder) -> Any:
    stage: Any
    if isinstance(case, ServiceRequest):
        stage = OPEN_STAGE_OF_REQUEST.one(pk=case.pk)
        stage.service_request = case
    else:
        stage = OPEN_STAGE_OF_WORK.one(pk=case.pk)
        stage.work_order = case
    return stage


def _leave(stage: Stage, *, by: User | None, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {stage._meta.db_table} SET left_at = %s, left_by_id = %s WHERE id = %s",  # noqa: S608 a table of ours
            [at, None if by is None else by.pk, stage.pk],
        )


def save_changes(case: ServiceRequest | WorkOrder, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(case, name, value)
    case.version += 1
    case.save(update_fields=[*changes, "version"])


def tell(
    verb: str,
    service_request: ServiceRequest,
    *,
    by: User | None,
    at: datetime,
    also: tuple[models.Model | None, ...] = (),
    told: Iterable[User | None] = (),
    about: models.Model | None = None,
    **details: Any,
) -> Event:
    """Write the event onto the timelines of the request, its unit and its customer.

    `told` are the colleagues whom it concerns at once; their notification opens the request, or what it is `about`.
    """
    event = record_event(
        verb,
        by=by,
        subjects=[service_request, *also, service_request.unit, service_request.party],
        at=at,
        number=service_request.number,
        **{name: value for name, value in details.items() if value not in ("", None)},
    )
    notify(event, to=told, about=about or service_request)
    return event


def tell_work(verb: str, work_order: WorkOrder, *, by: User | None, at: datetime, **details: Any) -> Event:
    """As `tell`, and onto the work order's own timeline."""
    request, work = work_order.service_request, str(work_order)
    push_on_commit([f"dispatch-{request.project_id}"])  # the board of the project
    return tell(verb, request, by=by, at=at, also=(work_order,), about=work_order, work=work, **details)
