"""A work order as a card: its state in words, who has it, when, and its buttons."""

from dataclasses import dataclass

from django.db.models import QuerySet

from gongying.accounts.models import User
from gongying.common.statements import Statement
from gongying.files.models import Attachment
from gongying.servicedesk.case_page import possible_steps, primary_step
from gongying.servicedesk.enums import WorkState
from gongying.servicedesk.models import DoorRating, ServiceRequest, WorkCompletion, WorkOrder, WorkPause
from gongying.servicedesk.steps import Step

LAST_JOBS = 3


@dataclass(frozen=True)
class WorkCard:
    work_order: WorkOrder
    primary: Step | None
    others: list[Step]
    pause: WorkPause | None
    completion: WorkCompletion | None


def card_of(work_order: WorkOrder, service_request: ServiceRequest, user: User) -> WorkCard:
    work_order.service_request = service_request
    possible = possible_steps(work_order, user)
    primary = primary_step(work_order, possible)
    pauses = list(work_order.workpauses.all()) if work_order.state == "paused" else []
    completions = list(work_order.workcompletions.all()) if work_order.state in ("done", "checked") else []
    return WorkCard(
        work_order=work_order,
        primary=primary,
        others=[step for step in possible if step is not primary],
        pause=pauses[-1] if pauses else None,
        completion=completions[-1] if completions else None,
    )


def last_jobs_at(work_order: WorkOrder) -> list[WorkOrder]:
    """What was done in this unit before: whoever has the job may know it, whosever job it was (ux.md 2.6)."""
    unit = work_order.service_request.unit_id
    return LAST_JOBS_IN_UNIT.rows(job=work_order.pk, unit=unit) if unit else []


def _last_jobs_in_unit(job: int, unit: int) -> QuerySet[WorkOrder]:
    checked = WorkOrder.objects.filter(state=WorkState.CHECKED, service_request__unit=unit).exclude(pk=job)
    return checked.select_related("service_request", "doer").order_by("-pk")[:LAST_JOBS]


LAST_JOBS_IN_UNIT: Statement[WorkOrder] = Statement(_last_jobs_in_unit, job=int, unit=int)
RATING_OF_JOB: Statement[DoorRating] = Statement(
    lambda job: DoorRating.objects.filter(work_order=job), "door_rating_of_job", job=int
)
ATTACHMENTS_OF_JOB: Statement[Attachment] = Statement(
    lambda request, job: Attachment.objects.of(ServiceRequest(pk=request), WorkOrder(pk=job)), request=int, job=int
)
