"""All buttons of a case. The machines say when each is possible (5.3)."""

from gongying.servicedesk.clock_steps import CLOCK_STEPS
from gongying.servicedesk.machines import COMPLAINT, REQUEST, WORK
from gongying.servicedesk.matter_steps import MATTER_STEPS
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.request_steps import (
    COMPLAINT_STEPS,
    FURTHER_STEPS,
    MERGE,
    REQUEST_STEPS,
    lukewarm_follow_up,
)
from gongying.servicedesk.step import Case, Step
from gongying.servicedesk.violation_steps import VIOLATION_STEPS
from gongying.servicedesk.work_steps import WORK_STEPS

__all__ = ["Case", "Step", "find_step", "is_possible", "lukewarm_follow_up", "steps_of"]

_BY_MACHINE = {REQUEST.name: REQUEST_STEPS, COMPLAINT.name: COMPLAINT_STEPS, WORK.name: WORK_STEPS}


def steps_of(case: Case) -> tuple[Step, ...]:
    """All steps a case of this kind can ever take, whatever its state."""
    own = _BY_MACHINE[case.machine.name]
    return own if isinstance(case, WorkOrder) else own + FURTHER_STEPS + MATTER_STEPS + VIOLATION_STEPS + CLOCK_STEPS


def find_step(case: Case, key: str) -> Step | None:
    # A complaint is never offered to be merged; who asks for it all the same is told why (decision 0005).
    further = (MERGE,) if isinstance(case, ServiceRequest) else ()
    return next((step for step in (*steps_of(case), *further) if step.key == key), None)


def is_possible(step: Step, case: Case) -> bool:
    if step.is_possible is not None:
        return step.is_possible(case)
    return case.machine.find(step.key, case.state) is not None
