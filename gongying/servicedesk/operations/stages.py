"""How a case moves: the one place that writes a state and its stage."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.notifications.operations import notify
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.operations.clocks import follow_step, meet
from gongying.servicedesk.operations.pausing import follow_work

# Steps of a job after which all of a request's jobs may wait, or no longer all.
CHANGES_WHAT_WAITS = ("pause", "resume", "resume_on_site", "reassign", "cancel", "complete", "fail_check")


def lock_request(service_request: ServiceRequest, *, seen: int | None = None) -> ServiceRequest:
    """The row as it is now, held until the end of the transaction; `Stale` if its version is not `seen`."""
    rows = ServiceRequest.objects.select_for_update(of=("self",))
    locked: ServiceRequest = rows.select_related("unit", "party", "project", "category", "owner").get(
        pk=service_request.pk
    )
    locked.check_version(seen=seen)
    return locked


def lock_work(work_order: WorkOrder, *, seen: int | None = None) -> WorkOrder:
    """The work order, locked after its request: always in this order, so that two writers cannot deadlock."""
    service_request = lock_request(work_order.service_request)
    locked = WorkOrder.objects.select_for_update(of=("self",)).select_related("doer").get(pk=work_order.pk)
    locked.check_version(seen=seen)
    locked.service_request = service_request
    return locked


def enter_first_stage(case: ServiceRequest | WorkOrder, *, by: User, at: datetime) -> None:
    case.stages.create(stage=case.state, entered_at=at, entered_by=by)


def step(
    case: ServiceRequest | WorkOrder, verb: str, *, by: User | None, at: datetime | None = None, **changes: Any
) -> datetime:
    """Take the step `verb` of the case's machine: leave the stage, change the row, enter the next stage.

    `changes` are further columns of the row. Returns the moment of the step: `at`, where a worker tells later of what
    he did without network; else now.
    """
    told_late = {} if at is None else {"received_at": now_not_before(at)}
    target = case.machine.check(verb, case.state, label=case.state_label)
    stage = open_stage(case)
    begun = stage if isinstance(case, ServiceRequest) else open_stage(case.service_request)
    at = at or now_not_before(stage.entered_at, begun.entered_at)
    case.stages.filter(pk=stage.pk).update(left_at=at, left_by=by)
    if isinstance(case, ServiceRequest):
        changes["touched_at"] = at
    save_changes(case, state=target, **changes)
    case.stages.create(stage=target, entered_at=at, entered_by=by, **told_late)
    if isinstance(case, ServiceRequest):
        follow_step(case, verb, by=by, at=at)
    elif verb == "arrive":
        meet(case.service_request, Metric.ON_SITE, by=by, at=at)
    elif verb in CHANGES_WHAT_WAITS:
        follow_work(case.service_request, by=by, at=at)
    return at


def open_stage(case: ServiceRequest | WorkOrder) -> Any:
    return case.stages.get(left_at=None)


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
