from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import check_year
from gongying.customers.enums import AbuseKind
from gongying.customers.models.abuse import LONGEST_WHO, LONGEST_WORDS
from gongying.estates.models import Project
from gongying.estates.spoken_codes import find_unit


class AbuseForm(forms.Form):
    """What was done to me, where, and by whom as far as I know."""

    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"), empty_label=None)
    kind = forms.ChoiceField(label=_("what happened"), choices=AbuseKind.choices)
    words = forms.CharField(label=_("in detail"), max_length=LONGEST_WORDS, widget=forms.Textarea({"rows": 4}))
    unit_code = forms.CharField(label=_("unit"), max_length=60, required=False)
    who = forms.CharField(label=_("who did it"), max_length=LONGEST_WHO, required=False)
    happened_at = forms.DateTimeField(
        label=pgettext_lazy("abuse", "happened at"),
        required=False,
        validators=[check_year],
        help_text=_("Left out: just now."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    wants_relief = forms.BooleanField(label=_("somebody else should go on"), required=False)

    def __init__(self, data: Any = None, *, user: User, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.user = user
        projects: Any = self.fields["project"]
        projects.queryset = Project.objects.visible_to(user).order_by("code")

    def clean_happened_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["happened_at"]
        if at is not None and at > timezone.now():
            raise ValidationError(_("It cannot have happened in the future."), code="future")
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed, project = cleaned.pop("unit_code", "").strip(), cleaned.get("project")
        if typed and project is not None:
            cleaned["unit"] = find_unit(typed, project, user=self.user)
            if cleaned["unit"] is None:
                self.add_error("unit_code", ValidationError(_("No unit, or more than one, is called so."), code="unit"))
        return cleaned


class SettlementForm(forms.Form):
    settlement = forms.CharField(
        label=_("what was done about it"), max_length=LONGEST_WORDS, widget=forms.Textarea({"rows": 4})
    )
