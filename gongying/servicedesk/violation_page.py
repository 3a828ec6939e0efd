"""What comes next in a violation, and what its panel shows (E-025)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.enums import Metric
from gongying.servicedesk.models import AuthorityReport, ServiceClock, ServiceRequest

MISSING_OF_VIOLATION = {
    "dissuade": _("still missing: the dissuasion"),
    "report_authority": _("still missing: the report to the authority"),
    "authority_answer": _("still missing: the answer of the authority"),
    "conclude": _("still missing: how it ended"),
}


def next_of_violation(service_request: ServiceRequest) -> str:
    """The next sensible step; empty for what is none, or has ended."""
    if not service_request.is_violation or service_request.state not in ("registered", "accepted", "in_progress"):
        return ""
    last = service_request.dissuasions.order_by("at", "pk").last()
    if last is None:
        return "dissuade"
    if last.heeded:
        return "conclude"
    report = service_request.authorityreports.last()
    if report is None:
        return "report_authority"
    return "conclude" if report.replies.exists() else "authority_answer"


@dataclass(frozen=True)
class ViolationPanel:
    """Everything that was done about it, each with who and when, and until when it has to be reported."""

    details: Any
    dissuasions: list[Any]
    reports: list[AuthorityReport]
    conclusion: Any
    recurrences: list[ServiceRequest]
    report_clock: ServiceClock | None


def panel_of(service_request: ServiceRequest) -> ViolationPanel:
    details = service_request.violation
    reports = service_request.authorityreports.select_related("by").prefetch_related("replies__by")
    return ViolationPanel(
        details=details,
        dissuasions=list(service_request.dissuasions.select_related("by").order_by("at", "pk")),
        reports=list(reports),
        conclusion=service_request.conclusions.select_related("by").last(),
        recurrences=[row.service_request for row in service_request.recurrences.select_related("service_request")],
        report_clock=service_request.clocks.of_metric(Metric.AUTHORITY_REPORT).order_by("pk").last(),
    )
