"""The buttons of a violation (E-025): dissuade, report to the authority, its answer, the end."""

from django.utils.translation import gettext_lazy as _

from gongying.servicedesk import operations as do
from gongying.servicedesk.forms import violations as forms
from gongying.servicedesk.operations.violations import STATES_TO_ACT
from gongying.servicedesk.rules import HANDLE_VIOLATIONS
from gongying.servicedesk.step import Step

VIOLATION_STEPS = (
    Step(
        "dissuade",
        _("Dissuade"),
        HANDLE_VIOLATIONS,
        do.dissuade,
        _("The dissuasion is written down."),
        forms.DissuasionForm,
        "hand-stop",
        lambda case: case.is_violation and case.state in STATES_TO_ACT,
    ),
    Step(
        "report_authority",
        _("Report to the authority"),
        HANDLE_VIOLATIONS,
        do.report_to_authority,
        _("The report is written down."),
        forms.AuthorityReportForm,
        "building-bank",
        lambda case: case.is_violation and case.state in STATES_TO_ACT,
    ),
    Step(
        "authority_answer",
        _("The authority answered"),
        HANDLE_VIOLATIONS,
        do.record_authority_answer,
        _("The answer is written down."),
        forms.AuthorityAnswerForm,
        "mail-opened",
        lambda case: case.is_violation and case.authorityreports.exists(),
    ),
    Step(
        "conclude",
        _("End the violation"),
        HANDLE_VIOLATIONS,
        do.conclude_violation,
        _("The end is written down."),
        forms.ConclusionForm,
        "flag-check",
        lambda case: case.is_violation and case.state == "in_progress",
    ),
)
