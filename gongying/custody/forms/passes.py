from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.inputs import DayField
from gongying.custody.enums import Confirmation
from gongying.custody.forms.fields import PhoneField, PlacedForm, PlateField
from gongying.custody.models.gate_passes import LONGEST_PERSON, LONGEST_REASON
from gongying.custody.models.passes import LONGEST_ITEMS
from gongying.custody.operations.passes import MOST_DAYS
from gongying.files.forms import PhotosField

LONGEST_QUERY = 30


class PassForm(PlacedForm):
    """What leaves, with whom, and who agreed."""

    items = forms.CharField(label=_("what leaves"), max_length=LONGEST_ITEMS, widget=forms.Textarea({"rows": 4}))
    confirmed_by = forms.CharField(label=_("who of the household agreed"), max_length=LONGEST_PERSON)
    confirmation = forms.ChoiceField(label=_("how it was confirmed"), choices=Confirmation.choices)
    carrier = forms.CharField(label=_("carrier"), max_length=LONGEST_PERSON, required=False)
    carrier_phone = PhoneField(label=_("phone of the carrier"), required=False)
    plate = PlateField(required=False)
    valid_from = DayField(label=pgettext_lazy("a pass", "valid from"), initial=timezone.localdate)
    valid_until = DayField(label=pgettext_lazy("a pass", "valid until"), initial=timezone.localdate)
    photos = PhotosField(label=_("photo"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        today = timezone.localdate()
        if first is not None and first > today + timedelta(days=MOST_DAYS):
            self.add_error("valid_from", _("A pass holds for a month at most, and begins within a month."))
        if first is None or last is None:
            return cleaned
        if last < first:
            self.add_error("valid_until", _("The last day lies before the first."))
        elif last < today:
            self.add_error("valid_until", _("These days are over."))
        elif last - first >= timedelta(days=MOST_DAYS):
            self.add_error("valid_until", _("A pass holds for a month at most, and begins within a month."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        facts = super().arguments()
        facts.pop("project")
        return facts


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("why it is withdrawn"), max_length=LONGEST_REASON)


class GateForm(forms.Form):
    """What the carrier says or shows."""

    q = forms.CharField(label=_("number or code"), max_length=LONGEST_QUERY, required=False)


class ReleaseForm(forms.Form):
    photos = PhotosField(label=_("photo"))
