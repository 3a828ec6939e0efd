from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.interactions.models import LONGEST_TEXT


class InspectionForm(forms.Form):
    passed = forms.TypedChoiceField(
        label=_("finding"),
        choices=[("1", _("good")), ("0", _("not good"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("what was found"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea({"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("passed") is False and not cleaned.get("note", "").strip():
            self.add_error("note", _("Say what is not good."))
        return cleaned
