from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.organization.models import StaffMember
from gongying.servicedesk.enums import ReassignReason
from gongying.servicedesk.forms.steps import StepForm, moment_field
from gongying.servicedesk.models import OutsideFirm, WorkOrder
from gongying.servicedesk.operations.placing import stays_with_its_doer


class PlacementForm(StepForm):
    """Onto which row of the board, and when; from one worker to another why."""

    to = forms.CharField(
        label=_("doer"), max_length=30, error_messages={"required": _("Choose a worker or name an outside firm.")}
    )
    planned_from = moment_field(_("planned from"))
    planned_to = moment_field(_("planned until"))
    reason = forms.ChoiceField(label=_("reason"), choices=ReassignReason.choices, required=False)
    note = forms.CharField(label=_("other reason"), max_length=200, required=False)
    overlap_reason = forms.CharField(label=_("why at the same time as another job"), max_length=200, required=False)
    trade_reason = forms.CharField(label=_("why a worker of another trade"), max_length=200, required=False)
    version = forms.IntegerField(label=_("version"), min_value=1, max_value=2**31 - 1, required=False)

    def clean_to(self) -> dict[str, Any]:
        return doer_on_row(self.cleaned_data["to"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("planned_from"), cleaned.get("planned_to")
        if bool(start) != bool(end) or (start and end and end <= start):
            self.add_error("planned_to", _("The end must lie after the start."))
        if self.needs_reason and not cleaned.get("reason"):
            self.add_error("reason", _("A reason is needed."))
        if cleaned.get("reason") == ReassignReason.OTHER and not cleaned.get("note"):
            self.add_error("note", _("Say the other reason."))
        return cleaned

    @property
    def needs_reason(self) -> bool:
        work, to = self.case, self.cleaned_data.get("to")
        if not isinstance(work, WorkOrder) or to is None or work.state == "open":
            return False
        return not stays_with_its_doer(work, to["doer"], to["outside_firm"])

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        start, end = given["planned_from"], given["planned_to"]
        is_other = given["reason"] == ReassignReason.OTHER
        return {
            **given["to"],
            "plan": (start, end) if start and end else None,
            "reason": given["note"] if is_other else given["reason"],
            "overlap_reason": given["overlap_reason"],
            "trade_reason": given["trade_reason"],
            "seen": given["version"],
        }


def doer_on_row(key: str) -> dict[str, Any]:
    """Who stands on the row `staff-3` or `firm-2`; whether he may have this job is for the operation to say."""
    kind, _dash, number = key.partition("-")
    if number.isascii() and number.isdecimal() and len(number) < 10:  # noqa: PLR2004 more digits are no row of ours
        staff = (
            StaffMember.objects.employed().select_related("user").filter(pk=number).first() if kind == "staff" else None
        )
        if staff is not None:
            return {"doer": staff.user, "outside_firm": ""}
        firm = OutsideFirm.objects.filter(pk=number).first() if kind == "firm" else None
        if firm is not None:
            return {"doer": None, "outside_firm": firm.name}
    raise forms.ValidationError(_("There is no such row."))
