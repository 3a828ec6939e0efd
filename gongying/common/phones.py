"""Phone numbers as people write them, in the one form they are kept and compared in."""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import phonenumbers
from django.utils.translation import gettext as _

WORDS: Final = json.loads((Path(__file__).parent / "data" / "phone_words.json").read_text(encoding="utf-8"))
REGION: Final = "CN"
LONGEST: Final = 40
EXTENSION: Final = re.compile(
    rf"^((?:\D{{0,3}}\d){{7,}}?)[\s(]*(?:{'|'.join(map(re.escape, WORDS['extensions']))})[\s.:]*(\d{{1,6}})\)?$",
    re.IGNORECASE,
)
TYPED_NOISE: Final = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060\ufeff().\u00b7_\u2010-\u2015\u2212\u30fc-]")
MOBILE: Final = re.compile(r"^(?:\+?86|0086)?(1[3-9]\d{9})$")
MASKED: Final = re.compile(r"^(?:\+?86)?(\d{2,7}[*X\u00d7]{2,8}\d{2,4})$", re.IGNORECASE)
SERVICE_NUMBER: Final = re.compile(r"^(?:1\d{2}|12\d{3}|95\d{3,4}|96\d{3,4}|[48]00\d{7})$")


class UnreadablePhone(ValueError):  # noqa: N818 a word of the house, like "Refused"
    """The text is no telephone number; carries a translated sentence."""


@dataclass(frozen=True, slots=True)
class Phone:
    """`value` is E.164 (with `;ext=` where there is an extension), a service number, or a masked number as it came."""

    value: str
    is_dialable: bool = True

    @property
    def last_four(self) -> str:
        return self.value.partition(";ext=")[0][-4:]


@lru_cache(maxsize=4096)
def normalise_phone(text: str, *, area_code: str = "") -> Phone:
    """Return the one form of `text`; `area_code` (such as `0571`) completes a bare landline number.

    A masked number (`138****1234`) is kept: it still tells people apart, but it cannot be dialled.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if len(typed) > LONGEST:
        raise UnreadablePhone(_("“%(text)s” is not a telephone number.") % {"text": typed[:LONGEST]})
    typed, extension = _split_extension(typed)
    digits = TYPED_NOISE.sub("", typed)
    if match := MOBILE.match(digits):  # the usual case, twenty times faster than the general one
        return Phone(f"+86{match[1]}{extension}")
    if match := MASKED.match(digits):
        return Phone(re.sub(r"[^\d]", "*", match[1]), is_dialable=False)
    if SERVICE_NUMBER.match(digits):
        return Phone(digits)
    if not re.fullmatch(r"\+?\d{7,15}", digits):
        raise UnreadablePhone(_("“%(text)s” is not a telephone number.") % {"text": text.strip()[:LONGEST]})
    return Phone(_international(digits, area_code, text) + extension)


def _split_extension(typed: str) -> tuple[str, str]:
    match = EXTENSION.match(typed) or re.match(r"^(0\d{2,3}[-\s]?\d{7,8})-(\d{1,6})$", typed)
    return (match[1], f";ext={match[2]}") if match else (typed, "")


def _international(digits: str, area_code: str, text: str) -> str:
    if len(digits) in (7, 8) and not digits.startswith("+"):
        if not area_code:
            raise UnreadablePhone(_("“%(text)s” is a landline number without its area code.") % {"text": text.strip()})
        digits = area_code + digits
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    try:
        number = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException as error:
        raise UnreadablePhone(_("“%(text)s” is not a telephone number.") % {"text": text.strip()[:LONGEST]}) from error
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        raise UnreadablePhone(
            _("“%(text)s” has the wrong number of digits for a telephone number, or begins wrongly.")
            % {"text": text.strip()[:LONGEST]}
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def typed_phone(text: str) -> str:
    """The phone in the form it is stored in; empty if `text` is none."""
    try:
        return normalise_phone(text).value
    except UnreadablePhone:
        return ""


def spoken_phone(value: str) -> str:
    """A stored number as people write it: 138 0000 1111, 0571 8888 0002. What is none stays as it is."""
    try:
        number = phonenumbers.parse(value, REGION)
    except phonenumbers.NumberParseException:
        return value
    if not phonenumbers.is_possible_number(number):
        return value
    at_home = number.country_code == phonenumbers.country_code_for_region(REGION)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))
