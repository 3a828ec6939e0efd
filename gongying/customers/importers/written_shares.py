"""Ownership shares as offices write them: 50%, 1/3, 0.5, one for all owners of a line or one for each."""

import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _

from gongying.customers.contact_points import WORDS
from gongying.imports.cells import plain_text
from gongying.imports.complaints import Unreadable
from gongying.imports.workbooks import Cell

SIX_PLACES: Final = Decimal("0.000001")
# 33.3 % three times is meant to be the whole.
ROUNDED: Final = Fraction(1, 100)
SHARE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:(%)|/\s*(\d+)(?![\d.]))?")
BETWEEN: Final = re.compile(f"[{re.escape(WORDS['between_shares'])}\\s]+")


def read_shares(cell: Cell) -> list[Fraction]:
    """The shares of one cell, in order."""
    text = _plain(plain_text(cell))
    for word in WORDS["each"]:
        text = text.replace(word, "")
    if SHARE.fullmatch(text.strip()):
        return [_share(text.strip())]
    # Among shares in percent the slash parts two of them: 50%/50%.
    return [_share(part) for part in BETWEEN.split(text.replace("%/", "% ")) if part]


def is_share(text: str) -> bool:
    """Whether a remark in brackets behind a name is her share; a bare number could be anything."""
    match = SHARE.fullmatch(_plain(text).strip())
    return match is not None and bool(match[2] or match[3])


def shares_of(count: int, written: Sequence[Fraction]) -> list[Fraction]:
    """One share for each of so many owners."""
    if len(written) == count:
        return list(written)
    if len(written) == 1 and written[0] * count <= 1:
        return list(written) * count
    raise Unreadable(
        _("%(owners)s owners, but %(shares)s shares are written.") % {"owners": count, "shares": len(written)}
    )


def settled(shares: Sequence[Fraction | None]) -> list[Decimal]:
    """Shares to six places; who has none written gets an equal part of the rest. Together at most 1."""
    if list(shares) == [None]:  # nearly every unit
        return [Decimal(1)]
    written = sum((share for share in shares if share is not None), Fraction(0))
    unwritten = shares.count(None)
    if written > 1 or (unwritten and written == 1):
        raise Unreadable(_("The shares of the owners are more than the whole."))
    rest = (1 - written) / unwritten if unwritten else Fraction(0)
    exact = [rest if share is None else share for share in shares]
    rounded = [_to_six_places(share) for share in exact]
    if unwritten or 1 - written < ROUNDED:
        rounded[0] += 1 - sum(rounded)
    return rounded


def _plain(text: str) -> str:
    return text.replace("\uff05", "%").replace("\uff0f", "/").replace("\u2044", "/")


def _to_six_places(share: Fraction) -> Decimal:
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(SIX_PLACES, rounding=ROUND_DOWN)


def _share(text: str) -> Fraction:
    match = SHARE.fullmatch(text.strip())
    if match is None or (match[3] is not None and int(match[3]) == 0):
        raise Unreadable(_("“%(text)s” is not a share: write 50%%, 1/2 or 0.5.") % {"text": text[:40]})
    value = Fraction(match[1])
    if match[3]:
        value /= int(match[3])
    elif match[2] or value > 1:
        value /= 100
    if not 0 < value <= 1:
        raise Unreadable(_("“%(text)s” is not a share: write 50%%, 1/2 or 0.5.") % {"text": text[:40]})
    return value
