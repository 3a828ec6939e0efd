from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.inputs import NAME_OF_A_THING, DayField
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.organization.enums import Trade
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.servicedesk.models import OutsideFirm

if TYPE_CHECKING:
    FirmModelForm = forms.ModelForm[OutsideFirm]
else:
    FirmModelForm = forms.ModelForm


class OutsideFirmForm(FirmModelForm):
    trades = forms.MultipleChoiceField(
        label=_("trades"), choices=Trade.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    contract_until = DayField(label=_("contract until"), required=False, help_text=_("The last day. Empty: no end"))

    class Meta:
        model = OutsideFirm
        fields = ("name", "trades", "projects", "contract_until", "phone", "duties", "is_active")
        widgets = {"projects": forms.CheckboxSelectMultiple, "duties": forms.Textarea({"rows": 4})}
        labels = {"name": NAME_OF_A_THING}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["projects"]
        field.queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        # Who does not see everything knows firms of the own projects only.
        field.required = not may(user, SEE_ALL_PROJECTS)

    def clean_projects(self) -> list[Project]:
        """Projects that she does not see stay as they are."""
        seen: Any = self.fields["projects"]
        present = self.instance.projects.all() if self.instance.pk else Project.objects.none()
        return [*self.cleaned_data["projects"], *present.exclude(pk__in=seen.queryset.values("pk"))]
