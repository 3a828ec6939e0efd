from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.custody.enums import Confirmation, GuestPurpose
from gongying.custody.forms.fields import MomentField, PhoneField, PlacedForm, PlateField
from gongying.custody.models.gate_passes import LONGEST_PERSON, LONGEST_REASON
from gongying.custody.models.guests import LONGEST_BRINGS, MOST_PERSONS
from gongying.custody.operations.guests import MOST_DAYS


class AgreedForm(PlacedForm):
    """Why somebody comes to a unit, and who of the house agreed."""

    purpose = forms.ChoiceField(label=_("why they come"), choices=GuestPurpose.choices, initial=GuestPurpose.VISIT)
    confirmed_by = forms.CharField(
        label=_("who of the house agreed"),
        max_length=LONGEST_PERSON,
        required=False,
        help_text=_("Left out: nobody has been asked yet, the gate lets nobody in until somebody agrees."),
    )
    confirmation = forms.ChoiceField(
        label=_("how it was confirmed"), choices=Confirmation.choices, initial=Confirmation.PHONE
    )

    def arguments(self) -> dict[str, Any]:
        facts = super().arguments()
        facts.pop("project")
        if not facts["confirmed_by"].strip():
            facts["confirmation"] = ""
        return facts


class GuestForm(AgreedForm):
    """Who comes to whom. Whoever stands at the gate already needs a name and a unit only."""

    name = forms.CharField(label=pgettext_lazy("of a person", "name of the guest"), max_length=LONGEST_PERSON)
    persons = forms.IntegerField(label=_("how many come"), min_value=1, max_value=MOST_PERSONS, initial=1)
    phone = PhoneField(label=_("phone of the guest"), required=False)
    expected_at = MomentField(
        label=pgettext_lazy("a guest", "expected at"), required=False, help_text=_("Left out: now.")
    )
    valid_until = MomentField(
        label=pgettext_lazy("a guest", "may come until"), required=False, help_text=_("Left out: until midnight.")
    )
    brings = forms.CharField(label=_("what they bring along"), max_length=LONGEST_BRINGS, required=False)
    plate = PlateField(required=False)

    field_order = ("project", "unit_code", "name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        now = timezone.now()
        first, last = cleaned.get("expected_at") or now, cleaned.get("valid_until")
        if first > now + timedelta(days=MOST_DAYS):
            self.add_error("expected_at", _("A pass holds for a month at most, and begins within a month."))
        if last is not None:
            self._check_end(first, last, now)
        elif first < now - timedelta(days=1):
            self.add_error("expected_at", _("This time is over."))
        return cleaned

    def _check_end(self, first: Any, last: Any, now: Any) -> None:
        if last < first:
            self.add_error("valid_until", ValidationError(_("The end lies before the beginning."), code="order"))
        elif last < now:
            self.add_error("valid_until", ValidationError(_("This time is over."), code="over"))
        elif last - first > timedelta(days=MOST_DAYS):
            words = _("A pass holds for a month at most, and begins within a month.")
            self.add_error("valid_until", ValidationError(words, code="long"))


class ConfirmationForm(forms.Form):
    confirmed_by = forms.CharField(label=_("who of the house agreed"), max_length=LONGEST_PERSON)
    confirmation = forms.ChoiceField(
        label=_("how it was confirmed"), choices=Confirmation.choices, initial=Confirmation.PHONE
    )


class NotWantedForm(forms.Form):
    reason = forms.CharField(label=_("why they are not let in"), max_length=LONGEST_REASON)
