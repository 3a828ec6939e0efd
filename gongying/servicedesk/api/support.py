"""Tasks of supporting departments in a request: asked for together, ended by each department itself (R-218)."""

from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Id,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    current_if_stale,
    line,
    named_row,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.organization.models import Department
from gongying.servicedesk.api.request_steps import Long, StepIn
from gongying.servicedesk.api.requests import one
from gongying.servicedesk.models import SupportTask
from gongying.servicedesk.operations import ask_support, finish_support, withdraw_support
from gongying.servicedesk.rules import SUPPORT_REQUESTS, may_finish

router = Router(tags=["support of other departments"])

ASK = "servicedesk.transfer_request"


class SupportTaskOut(Output):
    """One department's part of a request."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    service_request_id: int = Field(examples=[7])
    work_order_id: int | None = Field(description="The job that is supported, if one", examples=[None])
    department_id: int = Field(examples=[2])
    task: str = Field(examples=["Keep the lane free while the pump is brought in."])
    due_at: Moment | None = Field(examples=["2026-11-22T16:00:00+08:00"])
    breached_at: Moment | None = Field(description="The due time, once it was missed", examples=[None])
    level: int = Field(description="Per cent of its time that the escalation ladder has reached", examples=[0])
    opened_by_id: int = Field(examples=[2])
    opened_at: Moment
    is_open: bool = Field(examples=[True])
    done_by_id: int | None = Field(examples=[None])
    done_at: Moment | None = Field(examples=[None])
    result: str = Field(examples=[""])
    withdrawn_at: Moment | None = Field(examples=[None])
    withdrawn_reason: str = Field(examples=[""])


class SupportIn(StepIn):
    department_ids: Annotated[list[Id], Field(min_length=1, max_length=20, examples=[[2, 4]])]
    task: Long
    work_order_id: Id | None = None
    due_at: Moment | None = Field(None, examples=["2026-11-22T16:00:00+08:00"])


class SupportDoneIn(StepIn):
    result: Long


class SupportWithdrawalIn(StepIn):
    reason: Annotated[str, line(10_000), Field(examples=["Not needed any more."])]


class SupportQuery(Paging):
    is_open: bool | None = None


@router.get("/requests/{int:request_id}/support-tasks", response=list[SupportTaskOut])
def list_support_of_request(request: SignedInRequest, request_id: PathId) -> list[SupportTask]:
    return list(one(request, request_id).support_tasks.order_by("pk"))


@router.post("/requests/{int:request_id}/support-tasks", response={201: list[SupportTaskOut]})
def create_support(request: SignedInRequest, request_id: PathId, body: SupportIn) -> Status[list[SupportTask]]:
    """A task for each of the departments, at once."""
    service_request = one(request, request_id)
    authorize(request.user, ASK, service_request)
    departments = [named_row(Department.objects.all(), pk, "department_ids") for pk in body.department_ids]
    opened = ask_support(
        service_request,
        by=request.user,
        departments=departments,
        task=body.task,
        work_order=named_row_if(service_request.work_orders.all(), body.work_order_id, "work_order_id"),
        due_at=body.due_at,
        seen=body.version,
    )
    return Status(201, opened)


@router.get("/support-tasks", response=Listed[SupportTaskOut])
def list_support(request: SignedInRequest, query: Annotated[SupportQuery, Query()]) -> dict[str, Any]:
    """Those of one's own department."""
    authorize(request.user, SUPPORT_REQUESTS)
    rows = SupportTask.objects.visible_to(request.user).of_my_department(request.user)
    if query.is_open is not None:
        rows = rows.open() if query.is_open else rows.exclude(pk__in=rows.open().values("pk"))
    return page(rows, query, order=("id",))


@router.post("/support-tasks/{int:task_id}/completion", response=SupportTaskOut)
def complete_support(request: SignedInRequest, task_id: PathId, body: SupportDoneIn) -> SupportTask:
    """By somebody of the department."""
    task = _one(request, task_id)
    if not may_finish(request.user, task):
        raise PermissionDenied(_("Each department ends its own tasks itself."))
    with current_if_stale(task, SupportTaskOut):
        return finish_support(task, by=request.user, result=body.result, seen=body.version)


@router.post("/support-tasks/{int:task_id}/withdrawal", response=SupportTaskOut)
def withdraw_support_task(request: SignedInRequest, task_id: PathId, body: SupportWithdrawalIn) -> SupportTask:
    task = _one(request, task_id)
    authorize(request.user, ASK, task.service_request)
    with current_if_stale(task, SupportTaskOut):
        return withdraw_support(task, by=request.user, reason=body.reason, seen=body.version)


def _one(request: SignedInRequest, task_id: int) -> SupportTask:
    found: SupportTask = row_or_404(SupportTask.objects.visible_to(request.user).for_list(), task_id)
    return found
