"""What stands on the complaint handling form: the matter and its six stages, each with who and when, cut to one page (E-048)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from gongying.common.templatetags.formats import yuan
from gongying.servicedesk.models import ComplaintDetails, ServiceRequest

# How many characters of the matter, of the remedy and of each stage fit on one page of the paper.
ROOM: Final = {"a4": (300, 150, 150), "a5": (85, 42, 68)}


@dataclass(frozen=True)
class Line:
    """One stage on the form. Without a text the box is left tall, to be written into by hand."""

    label: str | Promise
    text: str = ""
    signed: str = ""


def complaint_lines(complaint: ServiceRequest, *, paper: str) -> list[Line]:
    matter, remedy, stage = ROOM[paper]
    details = complaint.complaint
    lines = [
        Line(_("Matter"), _cut(complaint.text, matter)),
        Line(_("Remedy asked for"), _cut(_remedy(details), remedy)),
    ]
    return lines + [Line(label, _cut(text, stage), signed) for label, text, signed in _stages(complaint, details)]


def _stages(complaint: ServiceRequest, details: ComplaintDetails) -> Iterator[tuple[str | Promise, str, str]]:
    yield _("Verification"), _finding(details), _signed_stage(complaint, "verifying")
    measures = complaint.answers.last()
    yield pgettext("of a complaint", "Handling"), measures.text if measures else "", _signed(measures)
    notice = complaint.resultnotices.last()
    told = _joined(notice.get_channel_display(), notice.words, notice.further_routes) if notice else ""
    yield _("Feedback"), told, _signed(notice)
    asked = complaint.followups.last()
    yield _("Follow-up"), _joined(_score(asked), asked.comment) if asked else "", _signed(asked)
    improvement = details.improvement_item or details.no_improvement_reason
    cause = details.get_cause_code_display() if details.cause_code else ""
    yield _("Improvement"), _joined(cause, details.root_cause, improvement), _signed_stage(complaint, "improving")


def _remedy(details: ComplaintDetails) -> str:
    return _joined(details.requested_remedy, yuan(details.claim_amount))


def _finding(details: ComplaintDetails) -> str:
    answer = {True: _("attributable"), False: _("not attributable"), None: ""}[details.is_attributable]
    return _joined(details.facts, details.get_severity_display() if details.severity else "", answer)


def _score(follow_up: Any) -> str:
    if not follow_up.reached:
        return str(_("not reached"))
    solved = pgettext("follow-up", "solved") if follow_up.solved else str(_("not solved"))
    return f"{solved}, {follow_up.score}/5"


def _signed(fact: Any) -> str:
    return _written(fact.by, fact.at) if fact else ""


def _signed_stage(complaint: ServiceRequest, state: str) -> str:
    """Who left the stage last and when: what was found stands on the complaint, not in a row of its own."""
    stage = complaint.stages.filter(stage=state).exclude(left_at=None).select_related("left_by").last()
    return _written(stage.left_by, stage.left_at) if stage else ""


def _written(by: Any, at: Any) -> str:
    return f"{by or ''} {timezone.localtime(at):%Y-%m-%d %H:%M}".strip()


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _cut(text: str, length: int) -> str:
    return Truncator(" ".join(text.split())).chars(length)
