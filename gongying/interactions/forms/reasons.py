from typing import TYPE_CHECKING

from django import forms

from gongying.interactions.models import ContactReason
from gongying.organization.models import Department

if TYPE_CHECKING:
    ReasonModelForm = forms.ModelForm[ContactReason]
else:
    ReasonModelForm = forms.ModelForm


class ReasonForm(ReasonModelForm):
    department = forms.ModelChoiceField(
        Department.objects.order_by("name"),
        required=False,
        label=ContactReason._meta.get_field("department").verbose_name,
        help_text=ContactReason._meta.get_field("department").help_text,
    )

    class Meta:
        model = ContactReason
        fields = ("name", "words", "journey_stage", "department")
