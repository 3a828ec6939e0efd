"""Numbers as they may stand on a screen, in a list, in an answer of the API (decision 15)."""

import re

MOBILE = re.compile(r"\+86(1\d{10})")
HOME = "+86"
HIDDEN, SHOWN = 4, 4
# Such as 12345 or 95588: public, nothing to hide.
LONGEST_SERVICE_NUMBER = 5


def spoken_phone(value: str) -> str:
    """A whole number as people write it at home: `13800001234`, `057188888888-801`."""
    number, _separator, extension = value.partition(";ext=")
    if match := MOBILE.fullmatch(number):
        number = match[1]
    elif number.startswith(HOME):
        number = f"0{number.removeprefix(HOME)}"
    return f"{number}-{extension}" if extension else number


def masked_phone(value: str) -> str:
    """`+8613800001234` → `138****1234`. A number that came masked stays as it came."""
    number = spoken_phone(value).partition("-")[0]
    if "*" in number or len(number) <= LONGEST_SERVICE_NUMBER:
        return number
    return f"{number[: -HIDDEN - SHOWN]}{'*' * HIDDEN}{number[-SHOWN:]}"


def masked_identity(value: str) -> str:
    """First and last character only: `3****************X`."""
    return "*" * len(value) if len(value) <= 2 else f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}"  # noqa: PLR2004 two are too few to hide anything
