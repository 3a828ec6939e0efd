from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.briefings.models import LONGEST_TEXT, LONGEST_TITLE
from gongying.estates.models import Project
from gongying.organization.models import Role


class ReportForm(forms.Form):
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"), empty_label=None)
    title = forms.CharField(label=_("title"), max_length=LONGEST_TITLE)
    text = forms.CharField(label=_("text"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 8}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["project"]
        field.queryset = Project.objects.visible_to(user)


class NoticeForm(ReportForm):
    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(),
        label=_("only to these roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: everybody who works in the project"),
    )


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("reply"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4}))
