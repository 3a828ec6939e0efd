from django import forms
from django.utils.translation import gettext_lazy as _


class FinishForm(forms.Form):
    effect = forms.CharField(label=_("effect"), max_length=10_000, widget=forms.Textarea({"rows": 3}))
    dropped = forms.BooleanField(label=_("dropped: it is not done"), required=False)
