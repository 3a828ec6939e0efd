"""Number plates as people write them, in the one form they are kept and compared in."""

import re
import unicodedata

NOISE = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060\ufeff.\u00b7\u2022\u30fb_-]")
PLATE = re.compile(r"[\u4e00-\u9fff]?[A-Z0-9\u4e00-\u9fff]{4,10}")
LONGEST = 12


class UnreadablePlate(ValueError):  # noqa: N818 a word of the house, like "Refused"
    """The text is no number plate."""


def normalise_plate(text: str) -> str:
    """Province, letter, number without dot or space, capital and half-width."""
    plate = plate_key(text)
    if len(plate) > LONGEST or not PLATE.fullmatch(plate) or not any(char.isdigit() for char in plate):
        raise UnreadablePlate(text)
    return plate


def plate_key(text: str) -> str:
    """The part of a plate somebody typed, in the form plates are kept in."""
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
