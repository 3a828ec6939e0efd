"""Types of values that a caller types: what cannot be read is 422 with the field's name, not a refusal."""

from decimal import Decimal
from typing import Annotated

from django.utils.translation import gettext as _
from ninja import Field
from pydantic import AfterValidator

from gongying.common.api import line
from gongying.common.phones import normalise_phone
from gongying.customers.plates import UnreadablePlate, normalise_plate


def _readable_phone(text: str) -> str:
    normalise_phone(text)  # its error is a ValueError with a translated sentence
    return text


def _readable_plate(text: str) -> str:
    try:
        return normalise_plate(text)
    except UnreadablePlate as error:
        raise ValueError(_("“%(plate)s” is not a number plate.") % {"plate": text}) from error


PhoneText = Annotated[str, line(40), AfterValidator(_readable_phone)]
PlateText = Annotated[str, line(20), AfterValidator(_readable_plate)]
Share = Annotated[Decimal, Field(gt=0, le=1, max_digits=7, decimal_places=6)]
