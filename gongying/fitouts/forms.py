from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.inputs import DayField
from gongying.common.selects import Select
from gongying.custody.forms import PassForm, PhoneField, PlacedForm
from gongying.files.forms import AttachmentsField, PhotosField
from gongying.fitouts.models import FitOut
from gongying.fitouts.models.files import LONGEST_NAME, LONGEST_REASON, LONGEST_SCOPE
from gongying.fitouts.operations.files import LONGEST_WORKS, check_extension
from gongying.servicedesk.models import ServiceCategory

FIT_OUT_CATEGORY = "common-works-fit-out"


class DaysForm(forms.Form):
    """First and last day, in that order, within a year."""

    first, last = "starts_on", "ends_on"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get(self.first), cleaned.get(self.last)
        if first is None or last is None:
            return cleaned
        if last < first:
            self.add_error(self.last, ValidationError(_("The last day lies before the first."), code="order"))
        elif last - first > LONGEST_WORKS:
            self.add_error(self.last, ValidationError(_("A fit-out takes a year at most."), code="long"))
        return cleaned


class ApplicationForm(DaysForm):
    """What the household brings to the counter; it may be set right until somebody has decided."""

    applicant = forms.CharField(label=pgettext_lazy("a fit-out", "applied for by"), max_length=LONGEST_NAME)
    applicant_phone = PhoneField(label=_("phone of the applicant"), required=False)
    contractor = forms.CharField(label=_("firm that does it"), max_length=LONGEST_NAME)
    foreman = forms.CharField(label=_("foreman"), max_length=LONGEST_NAME, required=False)
    foreman_phone = PhoneField(label=_("phone of the foreman"), required=False)
    scope = forms.CharField(label=_("what is done"), max_length=LONGEST_SCOPE, widget=forms.Textarea({"rows": 3}))
    starts_on = DayField(label=_("works begin"), initial=timezone.localdate)
    ends_on = DayField(label=_("works end"))
    drawings = AttachmentsField(label=_("drawings and papers"))


class FitOutForm(ApplicationForm, PlacedForm):
    def arguments(self) -> dict[str, Any]:
        facts = super().arguments()
        facts.pop("project")
        return facts


class FitOutPassForm(PassForm):
    """What leaves because of the works; of which unit is known."""

    def __init__(self, *args: Any, fit_out: FitOut, user: User) -> None:
        carrier = {"carrier": fit_out.contractor, "carrier_phone": fit_out.foreman_phone}
        super().__init__(*args, user=user, initial={**carrier, "confirmed_by": fit_out.applicant})
        del self.fields["project"], self.fields["unit_code"]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data


class PermitForm(DaysForm):
    first, last = "valid_from", "valid_until"

    rules_read_by = forms.CharField(label=_("rules acknowledged by"), max_length=LONGEST_NAME)
    valid_from = DayField(label=pgettext_lazy("a fit-out", "permitted from"))
    valid_until = DayField(label=pgettext_lazy("a fit-out", "permitted until"))
    deposit = forms.DecimalField(
        label=_("deposit"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2, required=False
    )
    deposit_receipt = forms.CharField(label=_("receipt of the deposit"), max_length=LONGEST_NAME, required=False)

    def __init__(self, data: Any = None, *, fit_out: FitOut) -> None:
        days = {"valid_from": fit_out.starts_on, "valid_until": fit_out.ends_on}
        super().__init__(data, initial={**days, "rules_read_by": fit_out.applicant})

    def clean_valid_until(self) -> Any:
        last = self.cleaned_data["valid_until"]
        if last < timezone.localdate():
            raise ValidationError(_("These days are over."), code="over")
        return last


class ExtensionForm(forms.Form):
    valid_until = DayField(label=pgettext_lazy("a fit-out", "permitted until"))
    reason = forms.CharField(label=_("why it takes longer"), max_length=LONGEST_REASON)

    def __init__(self, data: Any = None, *, fit_out: FitOut) -> None:
        super().__init__(data)
        self.fit_out = fit_out

    def clean_valid_until(self) -> Any:
        last = self.cleaned_data["valid_until"]
        try:
            check_extension(self.fit_out, last)
        except Refused as refused:
            raise ValidationError(str(refused), code="days") from refused
        return last


class RefusedExtensionForm(forms.Form):
    """What the household asked for, and why it is not given."""

    asked_by = forms.CharField(label=pgettext_lazy("an extension", "asked for by"), max_length=LONGEST_NAME)
    asked_on = DayField(label=pgettext_lazy("an extension", "asked for on"))
    valid_until = DayField(label=pgettext_lazy("an extension", "asked for until"))
    reason = forms.CharField(label=_("why it is not extended"), max_length=LONGEST_REASON)

    def __init__(self, data: Any = None, *, fit_out: FitOut) -> None:
        super().__init__(data, initial={"asked_by": fit_out.applicant, "asked_on": timezone.localdate()})
        self.fit_out = fit_out

    def clean_asked_on(self) -> Any:
        asked_on = self.cleaned_data["asked_on"]
        if asked_on > timezone.localdate():
            raise ValidationError(_("It cannot have happened in the future."), code="future")
        return asked_on

    def clean_valid_until(self) -> Any:
        last = self.cleaned_data["valid_until"]
        if self.fit_out.valid_until and last <= self.fit_out.valid_until:
            raise ValidationError(_("Until then it is permitted already."), code="days")
        return last


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=LONGEST_REASON)


class AcceptanceForm(forms.Form):
    word = forms.CharField(label=_("in a few words"), max_length=LONGEST_REASON, required=False)


class DepositForm(forms.Form):
    words = forms.CharField(
        label=_("what became of the deposit"),
        max_length=LONGEST_REASON,
        help_text=_("Paid back on which day and how, or kept for what"),
    )


class WorkerForm(forms.Form):
    name = forms.CharField(label=_("name"), max_length=LONGEST_NAME)
    trade = forms.CharField(label=_("trade"), max_length=LONGEST_NAME, required=False)
    phone = PhoneField(required=False)


class FoundForm(forms.Form):
    """What was found that must not be: it becomes a violation case."""

    category = forms.ModelChoiceField(ServiceCategory.objects.of_violations(), label=_("category"), widget=Select)
    text = forms.CharField(label=_("what is done there"), max_length=LONGEST_SCOPE, widget=forms.Textarea({"rows": 3}))
    photos = PhotosField(label=_("photo"))

    def __init__(self, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        usual = ServiceCategory.objects.of_violations().filter(code=FIT_OUT_CATEGORY).first()
        super().__init__(data, files, initial={"category": usual, **(initial or {})})
