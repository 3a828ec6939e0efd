"""An amount from a day on, in one project or in all: a price, a rate."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.inputs import DayField
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.organization.enums import Trade
from gongying.organization.rules import SEE_ALL_PROJECTS

SMALLEST = Decimal("0.01")


class AmountForm(forms.Form):
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"), required=False)
    starts_on = DayField(label=_("from"), required=False, help_text=_("Empty: today"))
    past = _("Prices of the past stay as they were: begin today or later.")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.queryset = Project.objects.visible_to(user)
        # Who does not see everything sets amounts for the own projects only.
        project.required = not may(user, SEE_ALL_PROJECTS)
        if not project.required:
            project.empty_label = _("all projects")

    def clean_starts_on(self) -> Any:
        starts_on = self.cleaned_data["starts_on"]
        if starts_on is not None and starts_on < timezone.localdate():
            raise ValidationError(self.past, code="past")
        return starts_on


class PriceForm(AmountForm):
    amount = forms.DecimalField(label=_("price"), min_value=SMALLEST, max_digits=14, decimal_places=2)
    field_order = ("project", "amount", "starts_on")


class LabourRateForm(AmountForm):
    trade = forms.ChoiceField(label=_("trade"), choices=[("", _("all trades")), *Trade.choices], required=False)
    amount = forms.DecimalField(label=_("yuan per hour"), min_value=SMALLEST, max_digits=8, decimal_places=2)
    field_order = ("project", "trade", "amount", "starts_on")
    past = _("Rates of the past stay as they were: begin today or later.")
