from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.forms.steps import SCORES
from gongying.servicedesk.models.ratings import LONGEST_WORDS


class DoorRatingForm(forms.Form):
    score = forms.TypedChoiceField(label=_("How was it?"), choices=SCORES, coerce=int, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your words"), required=False, max_length=LONGEST_WORDS, widget=forms.Textarea({"rows": 3})
    )
