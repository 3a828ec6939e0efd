"""Supporting departments work at the same time, each on a task of its own, in the one thread of the request (R-218)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.stewards import serving
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Department, StaffMember
from gongying.schedule.calendars import calendar_of
from gongying.servicedesk.enums import TimeUnit
from gongying.servicedesk.models import ServiceRequest, SupportTask, WorkOrder
from gongying.servicedesk.operations.doing import resolve_when_all_is_done
from gongying.servicedesk.operations.stages import lock_request, save_changes, tell
from gongying.servicedesk.operations.work import STATES_WITH_WORK
from gongying.servicedesk.policy_choice import ladder_for
from gongying.servicedesk.service_clocks import Target, steps


@transaction.atomic
def ask_support(
    service_request: ServiceRequest,
    *,
    by: User,
    departments: Iterable[Department],
    task: str,
    work_order: WorkOrder | None = None,
    due_at: datetime | None = None,
    seen: int | None = None,
) -> list[SupportTask]:
    """A task for each of `departments`, at once; nobody has to pass the request on."""
    service_request = lock_request(service_request, seen=seen)
    if service_request.state not in STATES_WITH_WORK:
        raise Refused(
            _("Support is asked for while it is handled; it is at “%(state)s”.")
            % {"state": service_request.state_label},
            current=service_request.present_state(),
        )
    wanted = list(dict.fromkeys(departments))
    if not wanted or not task.strip():
        raise Refused(_("Say which department is to do what."))
    now = timezone.now()
    if due_at is not None and due_at <= now:
        raise Refused(_("The new time lies in the past."))
    if work_order is not None and work_order.service_request_id != service_request.pk:
        raise Refused(_("This job belongs to another request."))
    opened = [
        SupportTask.objects.create(
            service_request=service_request,
            work_order=work_order,
            department=department,
            task=task.strip(),
            due_at=due_at,
            opened_by=by,
            opened_at=now,
            **_rungs(service_request, now, due_at),
        )
        for department in wanted
    ]
    save_changes(service_request, touched_at=now)
    for support in opened:
        told = [staff.user for staff in people_of(support.department, service_request) if staff.user != by]
        _tell("support.asked", support, by=by, at=now, told=told, text=support.task[:200], due_at=due_at)
    return opened


@transaction.atomic
def finish_support(support: SupportTask, *, by: User, result: str, seen: int | None = None) -> SupportTask:
    """The department says what it did. When nothing else is left to do, the request is resolved, as after its last job."""
    support = _lock(support, seen=seen)
    if not result.strip():
        raise Refused(_("Say what was done."))
    now = timezone.now()
    is_late = support.due_at is not None and now > support.due_at
    breached_at = support.breached_at or (support.due_at if is_late else None)
    _end(support, done_by=by, done_at=now, result=result.strip(), breached_at=breached_at)
    told = (support.service_request.owner, support.opened_by)
    _tell("support.done", support, by=by, at=now, told=told, text=support.result[:200])
    resolve_when_all_is_done(support.service_request, by=by)
    return support


@transaction.atomic
def withdraw_support(support: SupportTask, *, by: User, reason: str, seen: int | None = None) -> SupportTask:
    """It is not needed any more, or was asked of the wrong department."""
    support = _lock(support, seen=seen)
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    _withdraw(support, by=by, reason=reason)
    resolve_when_all_is_done(support.service_request, by=by)
    return support


def withdraw_open_support(service_request: ServiceRequest, *, by: User, reason: str) -> None:
    """The matter ends: nobody need do anything for it any more."""
    for support in service_request.support_tasks.open().select_for_update(of=("self",), no_key=True):
        support.service_request = service_request
        _withdraw(support, by=by, reason=reason)


def people_of(department: Department, service_request: ServiceRequest) -> Sequence[StaffMember]:
    """Its members who serve the place; where nobody of it has a territory there, all of them."""
    here = serving(service_request.place, right=TerritoryRight.VIEW_FILES).filter(department=department)
    found = list(here.select_related("user").order_by("pk"))
    return found or list(StaffMember.objects.employed().filter(department=department).select_related("user"))


def _rungs(service_request: ServiceRequest, start: datetime, due_at: datetime | None) -> dict[str, Any]:
    """When the steps of the ladder in force come: a moment was agreed, so every hour until it counts."""
    ladder = ladder_for(service_request.project_id, at=start)
    if due_at is None or ladder is None:
        return {}
    agreed = Target(0, TimeUnit.AGREED, agreed=due_at)
    moments = steps(agreed, start, due_at, (), calendar_of(service_request.project_id), percents=ladder.percents)
    return {"ladder": ladder, "steps_at": moments, "next_step_at": moments[0] if moments else None}


def _withdraw(support: SupportTask, *, by: User, reason: str) -> None:
    now = timezone.now()
    _end(support, withdrawn_by=by, withdrawn_at=now, withdrawn_reason=reason.strip())
    told = [staff.user for staff in people_of(support.department, support.service_request) if staff.user != by]
    _tell("support.withdrawn", support, by=by, at=now, told=told, reason=reason.strip()[:200])


def _lock(support: SupportTask, *, seen: int | None) -> SupportTask:
    """After its request, always in this order."""
    service_request = lock_request(support.service_request)
    rows = SupportTask.objects.select_for_update(of=("self",), no_key=True).select_related("department", "opened_by")
    locked = rows.get(pk=support.pk)
    locked.check_version(seen=seen)
    locked.service_request = service_request
    if not locked.is_open:
        raise Refused(_("This task has ended already."), current=locked.present_state())
    return locked


def _end(support: SupportTask, **facts: object) -> None:
    facts["next_step_at"] = None
    for name, value in facts.items():
        setattr(support, name, value)
    support.version += 1
    support.save(update_fields=[*facts, "version"])
    save_changes(support.service_request, touched_at=timezone.now())


def _tell(
    verb: str, support: SupportTask, *, by: User, at: datetime, told: Iterable[User | None], **details: Any
) -> None:
    department = str(support.department)
    tell(verb, support.service_request, by=by, at=at, also=(support,), told=told, department=department, **details)
