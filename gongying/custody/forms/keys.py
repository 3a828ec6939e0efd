from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.custody.enums import KeyEnding, KeyKind
from gongying.custody.forms.fields import MomentField, PhoneField, PlacedForm
from gongying.custody.models import LONGEST_BORROWER, LONGEST_NOTE, LONGEST_TAG, Key, KeyLoan
from gongying.custody.models.keys import MOST_ON_A_RING
from gongying.estates.models import Project
from gongying.files.forms import PhotosField
from gongying.organization.models import StaffMember

END_OF_DAY = time(18)
SHORTEST_LOAN = timedelta(hours=1)


class KeyForm(PlacedForm):
    """A key as it hangs there."""

    field_order = ("project", "kind", "tag", "unit_code", "opens", "number_of_keys", "entrusted_by", "note")

    kind = forms.ChoiceField(label=_("kind"), choices=KeyKind.choices)
    tag = forms.CharField(label=_("number on the tag"), max_length=LONGEST_TAG)
    opens = forms.CharField(
        label=_("what it opens"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("Front door, letter box, pump room …"),
    )
    number_of_keys = forms.IntegerField(label=_("keys on the ring"), min_value=1, max_value=MOST_ON_A_RING, initial=1)
    entrusted_by = forms.CharField(label=_("entrusted by"), max_length=LONGEST_BORROWER, required=False)
    note = forms.CharField(label=_("note"), max_length=LONGEST_NOTE, required=False)

    def __init__(self, *args: Any, key: Key | None = None, **kwargs: Any) -> None:
        if key is not None:
            kwargs.setdefault("initial", _facts_of(key))
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit_code"].required = False
        if key is not None:  # a key does not move to another project
            fields["project"].queryset = Project.objects.filter(pk=key.project_id)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_public = cleaned.get("kind") == KeyKind.PUBLIC
        if is_public and not cleaned.get("opens", "x"):
            self.add_error("opens", _("Say what a key of common parts opens."))
        if not is_public and cleaned.get("unit", "x") is None and not self.has_error("unit_code"):
            self.add_error("unit_code", _("Say which unit the key belongs to."))
        return cleaned


class LoanForm(forms.Form):
    """Who takes it, what for, until when."""

    borrower = forms.ModelChoiceField(
        StaffMember.objects.none(), label=_("colleague"), required=False, empty_label=_("somebody from outside")
    )
    borrower_name = forms.CharField(label=_("name, if from outside"), max_length=LONGEST_BORROWER, required=False)
    borrower_phone = PhoneField(label=_("phone, if from outside"), required=False)
    reason = forms.CharField(label=_("what for"), max_length=LONGEST_NOTE)
    due_at = MomentField(label=_("due back at"))
    photos = PhotosField(label=_("photo"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["borrower"].queryset = StaffMember.objects.employed().select_related("user").order_by("user__name")
        fields["due_at"].initial = usual_return
        for name in ("borrower_name", "borrower_phone"):
            fields[name].is_needed_mostly = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "borrower" in cleaned and cleaned["borrower"] is None:
            if not cleaned.get("borrower_name", "x"):
                self.add_error("borrower_name", _("Say who takes the key."))
            if not cleaned.get("borrower_phone", "x"):
                self.add_error("borrower_phone", _("Somebody from outside leaves a telephone number."))
        return cleaned


class ExtensionForm(forms.Form):
    due_at = MomentField(label=_("due back at"))

    def __init__(self, *args: Any, loan: KeyLoan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_at"].initial = max(loan.due_at, usual_return())


class ReturnForm(forms.Form):
    note = forms.CharField(label=_("note on the return"), max_length=LONGEST_NOTE, required=False)


class KeyEndForm(forms.Form):
    ending = forms.ChoiceField(label=_("why it is in the register no more"), choices=KeyEnding.choices)
    note = forms.CharField(label=_("note"), max_length=LONGEST_NOTE, required=False)


def usual_return() -> datetime:
    """The end of this working day, or soon where that is over."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    end = now.replace(hour=END_OF_DAY.hour, minute=0)
    return max(end, now + SHORTEST_LOAN)


def _facts_of(key: Key) -> dict[str, Any]:
    return {
        "project": key.project_id,
        "kind": key.kind,
        "tag": key.tag,
        "unit_code": key.unit.code if key.unit else "",
        "opens": key.opens,
        "number_of_keys": key.number_of_keys,
        "entrusted_by": key.entrusted_by,
        "note": key.note,
    }
