"""What is asked when requests are linked or split, and when another department is to support."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.selects import Select
from gongying.organization.models import Department
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.forms.steps import MergeForm, StepForm, long_text, moment_field
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory


class LinkForm(MergeForm):
    reason = long_text(_("what they have to do with each other"), required=False, rows=2)

    def arguments(self) -> dict[str, Any]:
        return {"to": super().arguments()["into"], "reason": self.cleaned_data["reason"]}


class SplitForm(StepForm):
    text = long_text(_("the second matter"))
    kind = forms.ChoiceField(label=_("kind"), choices=RequestKind.choices)
    category = forms.ModelChoiceField(ServiceCategory.objects.none(), label=_("category"), widget=Select)

    def prepare(self) -> None:
        offered: Any = self.fields["category"]
        offered.queryset = ServiceCategory.objects.offered_in(self.service_request.project)
        self.fields["kind"].initial = self.service_request.kind


class AskSupportForm(StepForm):
    """Those that the rule of the category names are ticked."""

    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(), label=_("supporting departments"), widget=forms.CheckboxSelectMultiple
    )
    task = long_text(pgettext_lazy("of a department", "what they are to do"))
    due_at = moment_field(_("due at"))

    def prepare(self) -> None:
        offered: Any = self.fields["departments"]
        offered.queryset = Department.objects.exclude(pk=self.service_request.department_id).order_by("pk")
        rule = ResponsibilityRule.objects.answering(self.service_request.category, self.service_request.project)
        offered.initial = list(rule.supporting.values_list("pk", flat=True)) if rule else []


class DoneForm(forms.Form):
    result = long_text(_("what was done"))


class ReasonOnlyForm(forms.Form):
    reason = long_text(_("reason"))
