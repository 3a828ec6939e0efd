"""Fields that read what people type about people."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.inputs import check_year
from gongying.common.phones import Phone, UnreadablePhone, normalise_phone
from gongying.customers.plates import UnreadablePlate, normalise_plate
from gongying.estates.models import Unit
from gongying.estates.room_codes import UnclearRoomCode, read_room_code


class DayField(forms.DateField):
    """A day; today unless another is chosen."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d"],
            initial=options.pop("initial", timezone.localdate),
            validators=[check_year],
            **options,
        )


class PhonesField(forms.CharField):
    """One or several numbers, separated by commas; each in the form it is kept in."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("phone"))
        super().__init__(
            max_length=200, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}), **options
        )

    def clean(self, value: Any) -> tuple[str, ...]:
        text = super().clean(value)
        for mark in _SEPARATORS:
            text = text.replace(mark, ",")
        return tuple(dict.fromkeys(_read(part).value for part in text.split(",") if part.strip()))


class PlateField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, label=_("plate"), **options)

    def clean(self, value: Any) -> str:
        try:
            return normalise_plate(super().clean(value))
        except UnreadablePlate as error:
            raise ValidationError(_("Write the plate as on the car.")) from error


class UnitField(forms.CharField):
    """A unit of one project by its code, as people write it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("unit"))
        super().__init__(max_length=60, **options)
        self.units: Any = Unit.objects.none()

    def clean(self, value: Any) -> Unit | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            code = str(read_room_code(text))
        except UnclearRoomCode as error:
            code, unclear = text, str(error)
        else:
            unclear = ""
        found = list(self.units.filter(code__in=[code, text])[:2])
        if len(found) == 1:
            unit: Unit = found[0]
            return unit
        raise ValidationError(unclear or _("There is no such unit here."))


# What people write between two numbers: comma, semicolon, slash, their full-width forms, the enumeration comma, line breaks.
_SEPARATORS = (";", "/", "\uff0c", "\uff1b", "\u3001", "\n")


def _read(text: str) -> Phone:
    try:
        return normalise_phone(text)
    except UnreadablePhone as error:
        raise ValidationError(str(error)) from error
