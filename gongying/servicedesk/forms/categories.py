from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.inputs import NAME_OF_A_THING
from gongying.common.permissions import may
from gongying.estates.enums import PropertyKind
from gongying.estates.models import Project
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.servicedesk.enums import DispatchMode
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory

if TYPE_CHECKING:
    CategoryModelForm = forms.ModelForm[ServiceCategory]
    RuleModelForm = forms.ModelForm[ResponsibilityRule]
else:
    CategoryModelForm = RuleModelForm = forms.ModelForm


class CategoryForm(CategoryModelForm):
    property_kinds = forms.MultipleChoiceField(
        label=_("kinds of property"),
        choices=PropertyKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all"),
    )

    dispatch_mode = forms.ChoiceField(
        label=_("how a job finds its doer"), choices=DispatchMode.choices, required=False, initial=DispatchMode.CLAIM
    )

    class Meta:
        model = ServiceCategory
        fields = (
            "parent",
            "name",
            "code",
            "property_kinds",
            "default_urgency",
            "trade",
            "payer",
            "needs_follow_up",
            "dispatch_mode",
            "is_active",
            "position",
        )
        labels = {"name": NAME_OF_A_THING}

    def clean_dispatch_mode(self) -> str:
        """What is not sent stays as it is."""
        return self.cleaned_data["dispatch_mode"] or self.instance.dispatch_mode

    def clean_parent(self) -> ServiceCategory | None:
        parent: ServiceCategory | None = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk and self.instance in parent.lineage():
            raise forms.ValidationError(_("A category cannot belong to itself."))
        return parent


class ResponsibilityRuleForm(RuleModelForm):
    class Meta:
        model = ResponsibilityRule
        fields = ("category", "project", "department", "supporting")
        widgets = {"supporting": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["project"]
        field.queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        # Who does not see everything sets rules for the own projects only.
        field.required = not may(user, SEE_ALL_PROJECTS)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned and cleaned.get("department") in (cleaned.get("supporting") or []):
            self.add_error("supporting", _("The responsible department need not support itself."))
        return cleaned
