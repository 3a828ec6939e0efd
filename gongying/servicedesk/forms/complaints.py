"""What is asked about complaints beside their steps: is it one of many, whose fault is it not, from how many on is it a pattern."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gongying.servicedesk.enums import Severity
from gongying.servicedesk.forms.steps import StepForm, long_text
from gongying.servicedesk.models import ComplaintRules
from gongying.servicedesk.operations.complaint_patterns import households_of_matter

if TYPE_CHECKING:
    RulesModelForm = forms.ModelForm[ComplaintRules]
else:
    RulesModelForm = forms.ModelForm


class FactsForm(StepForm):
    facts = long_text(_("facts"))
    severity = forms.ChoiceField(label=_("severity"), choices=Severity.choices, initial=Severity.ORDINARY)
    is_group = forms.BooleanField(label=_("complaint of a group"), required=False)
    is_attributable = forms.TypedChoiceField(
        label=_("attributable to the company"),
        choices=[("yes", _("attributable")), ("no", _("not attributable"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    attribution_reason = long_text(_("why it is not attributable"), required=False, rows=2)

    def prepare(self) -> None:
        """Ticked beforehand where enough households complain of the same; whoever establishes the facts decides."""
        households = households_of_matter(self.service_request)
        group = self.fields["is_group"]
        group.initial = households >= ComplaintRules.present().group_households
        group.help_text = ngettext(
            "%(n)s household complains of this matter; a group is served like a serious complaint",
            "%(n)s households complain of this matter; a group is served like a serious complaint",
            households,
        ) % {"n": households}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_attributable") is False and not cleaned.get("attribution_reason", "").strip():
            self.add_error("attribution_reason", _t("Say why it is not attributable to the company."))
        return cleaned


class ComplaintRulesForm(RulesModelForm):
    class Meta:
        model = ComplaintRules
        fields = ("pattern_complaints", "pattern_days", "group_households")
