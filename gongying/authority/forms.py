from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.authority.enums import Per, Subject
from gongying.authority.models import AuthorityGrant
from gongying.authority.models.approvals import LONGEST_REASON
from gongying.common.inputs import DayField
from gongying.estates.models import Project
from gongying.estates.scopes import scope_of
from gongying.organization.models import Post, StaffMember

SMALLEST = Decimal("0.01")


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    """Money of a case, in yuan and fen."""
    return forms.DecimalField(label=label, min_value=SMALLEST, max_digits=14, decimal_places=2, **options)


class LimitForm(forms.Form):
    """What can be changed of authority: up to how much, and for how long."""

    limit_amount = amount_field(_("up to"))
    per = forms.ChoiceField(label=_("limit of"), choices=Per.choices, initial=Per.CASE)
    starts_on = DayField(label=_("from"), required=False, help_text=_("Empty: today"))
    ends_on = DayField(label=_("no more from"), required=False, help_text=_("Empty: until it is changed"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_on = cleaned.get("starts_on") or timezone.localdate()
        if cleaned.get("ends_on") and cleaned["ends_on"] <= starts_on:
            self.add_error("ends_on", ValidationError(_("It ends before it begins."), code="order"))
        return cleaned


class ChangeForm(LimitForm):
    def __init__(self, data: Any = None, *, grant: AuthorityGrant) -> None:
        today = timezone.localdate()
        starts_on = max(grant.starts_on or today, today)
        first = {"limit_amount": grant.limit_amount, "per": grant.per, "ends_on": grant.ends_on}
        super().__init__(data, initial={**first, "starts_on": starts_on})

    def clean_starts_on(self) -> Any:
        starts_on = self.cleaned_data["starts_on"]
        if starts_on is not None and starts_on < timezone.localdate():
            raise ValidationError(_("What was granted in the past stays as it was: begin today or later."), code="past")
        return starts_on


class GrantForm(LimitForm):
    """New authority, of a post or of one person."""

    post = forms.ModelChoiceField(
        Post.objects.select_related("department"),
        label=_("post"),
        required=False,
        help_text=_("Everybody on this post"),
    )
    staff = forms.ModelChoiceField(
        StaffMember.objects.none(),
        label=_("person"),
        required=False,
        help_text=_("Only this person; goes before her post's"),
    )
    subject = forms.ChoiceField(label=_("for what"), choices=Subject.choices)
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"), required=False)

    field_order = ("post", "staff", "subject", "limit_amount", "per", "project", "starts_on", "ends_on")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        staff: Any = self.fields["staff"]
        staff.queryset = StaffMember.objects.employed().select_related("user")
        project: Any = self.fields["project"]
        project.queryset = Project.objects.visible_to(user)
        if scope_of(user).everywhere:
            project.empty_label = _("all projects")
        else:
            project.required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (cleaned.get("post") is None) == (cleaned.get("staff") is None) and not {"post", "staff"} & set(self.errors):
            self.add_error("post", ValidationError(_("Choose a post or a person."), code="holder"))
        return cleaned


class DecisionForm(forms.Form):
    note = forms.CharField(
        label=_("note"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Whoever asked reads it."),
    )
