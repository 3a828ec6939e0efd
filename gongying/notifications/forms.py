from django import forms
from django.utils.translation import gettext_lazy as _


class DigestForm(forms.Form):
    at = forms.TimeField(
        label=_("summary of the day at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty: no summary."),
    )
