"""The step bar: accept – verify – handle – feed back – follow up – improve, for every kind (glossary, row 96)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gongying.common.editions import fill_from_memory
from gongying.common.templatetags.formats import spoken
from gongying.servicedesk.models import ServiceRequest, StageEntry

LABELS = (_("accept"), _("verify"), _("handle"), _("feed back"), _("follow up"), _("improve"))

# The state in which each step is being taken; a later one means that it was done.
COMPLAINT_STEPS = (
    ("received", "accepted"),
    ("verifying",),
    ("handling",),
    ("feedback_given",),
    ("following_up",),
    ("improving",),
)
REQUEST_STEPS = (("registered",), ("accepted",), ("in_progress",), ("resolved",), ("reported",), ())


@dataclass(frozen=True)
class Step:
    label: str | Promise
    status: str  # "done", "here" or ""
    note: str | Promise = ""


def progress_of(service_request: ServiceRequest) -> list[Step]:
    """Done steps carry who and when; a matter that ended early stops where it stood."""
    stages = list(service_request.stages.all())
    for stage in stages:
        fill_from_memory(stage, "left_by")
    steps = COMPLAINT_STEPS if service_request.is_complaint else REQUEST_STEPS
    here = next((n for n, states in enumerate(steps) if service_request.state in states), None)
    left = {stage.stage: stage for stage in stages if stage.left_at is not None}
    if here is None:
        # Ended: everything that was left is done; a closed request needs no improvement by rule.
        is_closed = service_request.state == "closed"
        return [
            _step(n, left, states, done=is_closed or any(s in left for s in states)) for n, states in enumerate(steps)
        ]
    return [
        Step(LABELS[n], "here") if n == here else _step(n, left, states, done=n < here)
        for n, states in enumerate(steps)
    ]


def _step(n: int, left: Mapping[str, StageEntry], states: tuple[str, ...], *, done: bool) -> Step:
    if not done:
        return Step(LABELS[n], "")
    if not states:
        return Step(LABELS[n], "done", _("not needed"))
    stage = next((left[state] for state in reversed(states) if state in left), None)
    return Step(LABELS[n], "done", _who_and_when(stage) if stage else "")


def _who_and_when(stage: StageEntry) -> str | Promise:
    if stage.left_at is None:
        return ""
    return format_lazy("{} {}", stage.left_by or "", spoken(timezone.localtime(stage.left_at)))
