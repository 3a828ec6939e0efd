"""The buttons of the clocks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from gongying.servicedesk import operations as do
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.forms import clocks as forms
from gongying.servicedesk.models import ServiceClock, ServiceRequest
from gongying.servicedesk.operations.waiting import STATES_THAT_WAIT
from gongying.servicedesk.rules import ADJUST_CLOCKS
from gongying.servicedesk.step import Step


def _resolution(case: ServiceRequest) -> ServiceClock | None:
    running = (clock for clock in case.its_clocks if clock.is_running)
    return next((clock for clock in running if clock.metric == Metric.RESOLUTION), None)


def _can_pause(case: Any) -> bool:
    clock = _resolution(case) if case.state in STATES_THAT_WAIT else None
    return clock is not None and not clock.is_paused and not case.unfinished_work


def _can_resume(case: Any) -> bool:
    clock = _resolution(case)
    return clock is not None and clock.is_paused and not case.unfinished_work


def _waits_for_decision(case: Any) -> bool:
    if hasattr(case, "hanging"):
        return "adjustments" in case.hanging
    return any(adjustment.is_waiting for clock in case.its_clocks for adjustment in clock.adjustments.all())


def _can_ask(case: Any) -> bool:
    return case.is_open and any(clock.is_running for clock in case.its_clocks) and not _waits_for_decision(case)


CLOCK_STEPS = (
    Step(
        "pause_clock",
        _("Stop the clock"),
        "servicedesk.answer_request",
        do.pause_clock,
        _("The clock stands still."),
        forms.PauseClockForm,
        "player-pause",
        _can_pause,
        undo="resume_clock",
    ),
    Step(
        "resume_clock",
        _("Let the clock run on"),
        "servicedesk.answer_request",
        do.resume_clock,
        _("The clock runs."),
        None,
        "player-play",
        _can_resume,
    ),
    Step(
        "ask_adjustment",
        _("Ask for another due time"),
        "servicedesk.answer_request",
        do.ask_adjustment,
        _("Asked for; the supervisor decides."),
        forms.AdjustmentForm,
        "calendar-plus",
        _can_ask,
    ),
    Step(
        "decide_adjustment",
        _("Decide about the due time"),
        ADJUST_CLOCKS,
        do.decide_adjustment,
        _("Decided."),
        forms.AdjustmentDecisionForm,
        "gavel",
        _waits_for_decision,
    ),
)
