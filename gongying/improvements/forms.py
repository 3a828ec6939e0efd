from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.inputs import DayField
from gongying.improvements.models import LONGEST_TITLE
from gongying.organization.models import StaffMember


class FinishForm(forms.Form):
    effect = forms.CharField(label=_("effect"), max_length=10_000, widget=forms.Textarea({"rows": 3}))
    dropped = forms.BooleanField(label=_("dropped: it is not done"), required=False)


class MeasureForm(forms.Form):
    """Who changes what, by when."""

    title = forms.CharField(label=_("what changes"), max_length=LONGEST_TITLE)
    owner = forms.ModelChoiceField(StaffMember.objects.none(), label=_("in charge"))
    due_on = DayField(label=_("due on"))

    def __init__(self, data: Any = None, *, people: Any, title: str = "") -> None:
        super().__init__(data, initial={"title": title[:LONGEST_TITLE]})
        owner: Any = self.fields["owner"]
        owner.queryset = people

    def clean_owner(self) -> User:
        chosen: StaffMember = self.cleaned_data["owner"]
        return chosen.user

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise ValidationError(_("The due date lies in the past."), code="past")
        return due_on
