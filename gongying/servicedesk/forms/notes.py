from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.files.forms import PhotosField
from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.enums import NoteAudience


class NoteForm(forms.Form):
    audience = forms.ChoiceField(
        label=_("for whom"), choices=NoteAudience.choices, initial=NoteAudience.COLLEAGUES, widget=forms.RadioSelect
    )
    text = forms.CharField(label=_("text"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 2}))


class PhotosForm(forms.Form):
    photos = PhotosField(label=_("photos"), required=True)
