"""What people type into forms and addresses, read with care."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FIRST_YEAR = 1900
YEARS_AHEAD = 50
LONGEST_ID = 18
# Chinese has one word for the name of a person, another for that of a thing.
NAME_OF_A_THING = pgettext_lazy("of a thing", "name")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class DayField(forms.DateField):
    """A day of a calendar that people use."""

    widget = DateInput

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[check_year], **options)


class ChipsInput(forms.RadioSelect):
    """A choice of a few, each one tap away."""

    template_name = "common/chips.html"


def check_year(day: date | datetime) -> None:
    """A validator: a slip of the finger, and years in which no calendar can count a day on."""
    if not FIRST_YEAR <= day.year <= timezone.localdate().year + YEARS_AHEAD:
        raise ValidationError(_("This year cannot be right."), code="year")


def id_in(text: str) -> int | None:
    """The id that an address or a hidden field names; None if it can be none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ID else None


def announced_bytes(request: HttpRequest) -> int:
    """The length that a request says its body has, read as Django reads it: what is no number is none."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0


def check_readable(query: QueryDict) -> None:
    """Refuse words with a null byte, which no text in the database can hold (400)."""
    if any("\x00" in word for name, values in query.lists() for word in (name, *values)):
        raise BadRequest(_("This address has a character that cannot be searched. Open the page again."))
