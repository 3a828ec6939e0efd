"""Read single cells: what people typed and what Excel made of it. Each reader raises `Unreadable` with a sentence."""

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext_lazy as _

from gongying.imports.complaints import Unreadable
from gongying.imports.workbooks import Cell

INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
EXPONENT: Final = re.compile(r"^([+-]?\d)(?:\.(\d+))?[eE]\+?(\d{1,2})$")
NUMBER: Final = re.compile(r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$")
DAY: Final = re.compile(
    r"^(\d{4})\s*[-/.\u5e74]\s*(\d{1,2})\s*[-/.\u6708]\s*(\d{1,2})\s*\u65e5?$|^(\d{4})(\d{2})(\d{2})$"
)
MOMENT: Final = re.compile(
    r"^(.*?\d\s*\u65e5?)(?:[\sT]+(\d{1,2})\s*[:\u65f6]\s*(\d{1,2})(?:\s*[:\u5206]\s*(\d{1,2})(?:\.\d+)?\u79d2?)?\u5206?)?$",
    re.DOTALL,
)
AREA_UNIT: Final = re.compile(
    r"\s*(?:\u33a1|m2|m\^2|\u5e73\u65b9\u7c73|\u5e73\u7c73|\u5e73\u65b9|\u5e73|\u33a1)$", re.IGNORECASE
)
MONEY_UNIT: Final = re.compile(r"^[\u00a5\uffe5]\s*|\s*(?:\u5143|rmb)$", re.IGNORECASE)
EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - wall-clock time, as Excel keeps it
LARGEST_AREA: Final = 1_000_000
LARGEST_AMOUNT: Final = 1_000_000_000
LARGEST_NUMBER: Final = 2_000_000_000
EXCEL_DAYS: Final = range(20_000, 80_000)  # 1954 to 2119: outside, a bare number is hardly meant as a day


def plain_text(cell: Cell) -> str:
    """The text of a cell with only its outer white space taken away; whole numbers without `.0`."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    return str(cell).replace("\0", "").strip()


def tidy_text(cell: Cell) -> str:
    """A name or a code: half-width, without invisible marks, single spaces."""
    if not isinstance(cell, str):
        return plain_text(cell)
    if cell.isalnum() and unicodedata.is_normalized("NFKC", cell):  # nearly every cell
        return cell
    normalised = INVISIBLE.sub("", unicodedata.normalize("NFKC", cell))
    return " ".join(CONTROL.sub("", normalised).split())


def code_text(cell: Cell) -> str:
    """A code such as a room number. Excel turns `2-1-3` into a day; what was typed cannot be told any more."""
    if isinstance(cell, (date, datetime)):
        guess = f"{cell.year % 100}-{cell.month}-{cell.day}"
        raise Unreadable(
            _(
                "Excel has turned this code into the date %(day)s; perhaps it was %(guess)s. Format the column as text and enter it again."
            )
            % {"day": f"{cell:%Y-%m-%d}", "guess": guess}
        )
    return tidy_text(cell).removesuffix(".0") if not isinstance(cell, float) else plain_text(cell)


def digits_text(cell: Cell) -> str:
    """A number that is a name: a phone, an identity number. Excel shows long ones as 1.38E+10.

    A number cell still holds all its digits. A text that says `1.38E+10` has lost them, and is refused.
    """
    text = tidy_text(cell)
    if match := EXPONENT.match(text):
        whole, fraction, exponent = match[1], match[2] or "", int(match[3])
        if len(fraction) < exponent:
            raise Unreadable(
                _(
                    "Excel has shortened this number to %(text)s and its last digits are lost. Format the column as text and enter it again."
                )
                % {"text": text}
            )
        return whole + fraction[:exponent]
    return text.removesuffix(".0")


def decimal_number(cell: Cell) -> Decimal:
    """A number that counts something, with thousands commas allowed; `95,46` is refused, because it may mean two things."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell):
        return Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    text = tidy_text(cell)
    if not NUMBER.match(text):
        raise Unreadable(
            _("%(text)s is not a number. Write it like 95.46, with a point before the decimals.")
            % {"text": _quoted(text)}
        )
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise Unreadable(
            _("%(text)s is not a number. Write it like 95.46, with a point before the decimals.")
            % {"text": _quoted(text)}
        ) from error


def area(cell: Cell) -> Decimal:
    """Square metres, more than nothing and less than a million, to the hundredth."""
    value = decimal_number(AREA_UNIT.sub("", tidy_text(cell)) if isinstance(cell, str) else cell)
    if not 0 < value < LARGEST_AREA:
        raise Unreadable(_("An area must be more than 0 and less than 1,000,000 square metres."))
    return value.quantize(Decimal("0.01"))


def money(cell: Cell) -> Decimal:
    value = decimal_number(MONEY_UNIT.sub("", tidy_text(cell)) if isinstance(cell, str) else cell)
    if abs(value) >= LARGEST_AMOUNT:
        raise Unreadable(_("An amount must be less than 1,000,000,000."))
    return value.quantize(Decimal("0.01"))


def whole_number(cell: Cell) -> int:
    value = decimal_number(cell)
    if value != value.to_integral_value() or abs(value) > LARGEST_NUMBER:
        raise Unreadable(_("%(text)s is not a whole number.") % {"text": _quoted(tidy_text(cell))})
    return int(value)


def day(cell: Cell) -> date:
    return moment(cell).date()


def moment(cell: Cell) -> datetime:
    """A wall-clock time, as written: `2019/2/28 11:25:05`, ISO, padded, a day alone, Excel's own dates and serial numbers."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - the importer knows the time zone
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_serial(cell)
    text = tidy_text(cell)
    match = MOMENT.match(text)
    found = DAY.match(match[1]) if match else None
    if not match or not found:
        if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
            return _from_serial(float(text))
        raise Unreadable(_("%(text)s is not a date. Write it like 2026-11-21.") % {"text": _quoted(text)})
    year, month, day_of_month = (int(part) for part in (found.groups()[:3] if found[1] else found.groups()[3:]))
    hour, minute, second = (int(part or 0) for part in match.groups()[1:])
    try:
        return datetime(year, month, day_of_month, hour, minute, second)  # noqa: DTZ001 - the importer knows the time zone
    except ValueError as error:
        raise Unreadable(_("There is no such day or time: %(text)s.") % {"text": _quoted(text)}) from error


def _from_serial(number: float) -> datetime:
    if not math.isfinite(number) or int(number) not in EXCEL_DAYS:
        raise Unreadable(_("%(text)s is not a date. Write it like 2026-11-21.") % {"text": _quoted(str(number))})
    moment_ = EXCEL_EPOCH + timedelta(days=number)
    return (moment_ + timedelta(microseconds=500_000)).replace(microsecond=0)


def _quoted(text: str) -> str:
    return f"\u201c{text[:40]}\u201d"
