"""A work order as a card: its state in words, who has it, when, and its buttons."""

from dataclasses import dataclass

from gongying.accounts.models import User
from gongying.servicedesk.case_page import possible_steps, primary_step
from gongying.servicedesk.models import ServiceRequest, WorkCompletion, WorkOrder, WorkPause
from gongying.servicedesk.steps import Step


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
