from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.servicedesk.models import SavedView

SHARING = [("", _("only me")), ("department", _("my department")), ("everybody", _("everybody"))]
LONGEST_QUERY = 2000


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("name of the view"), max_length=40)
    query = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_QUERY, required=False)
    shared_with = forms.ChoiceField(label=_("shared with"), choices=SHARING, required=False)

    def __init__(self, *args: Any, user: User, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not may_share:
            del self.fields["shared_with"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if SavedView.objects.visible_to(self.user).filter(owner=self.user, name=name).exists():
            raise forms.ValidationError(_("You have a view of this name already."))
        return name
