"""Write rows into a file that a spreadsheet opens, so that nothing in them is ever run as a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LONGEST_CELL: Final = 32_767
WIDEST_COLUMN: Final = 48
SETTINGS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd hh:mm",
}

Values = Iterable[Sequence[Any]]
Progress = Callable[[int], None]


def write_xlsx(
    file: IO[bytes], *, labels: Sequence[str], rows: Values, title: str, progress: Progress | None = None
) -> int:
    """Write one sheet with a frozen, filterable header; return the number of rows. Text stays text."""
    with xlsxwriter.Workbook(file, SETTINGS) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        heading = book.add_format({"bold": True, "bg_color": "#F1F5F9", "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for index, label in enumerate(labels):
            sheet.set_column(index, index, min(max(len(label) * 2 + 2, 12), WIDEST_COLUMN))
            sheet.write_string(0, index, label, heading)
        count = 0
        for count, row in enumerate(rows, start=1):
            for index, value in enumerate(row):
                _write_cell(sheet, count, index, plain_value(value), day)
            if progress:
                progress(count)
        sheet.autofilter(0, 0, count, len(labels) - 1)
    return count


def write_csv(file: IO[bytes], *, labels: Sequence[str], rows: Values, progress: Progress | None = None) -> int:
    """Write UTF-8 with a mark, as Excel in China expects; a text that a spreadsheet would run gets an apostrophe in front."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([_inert(label) for label in labels])
    count = 0
    for count, row in enumerate(rows, start=1):
        writer.writerow([_inert(plain_value(value)) for value in row])
        if progress:
            progress(count)
    text.flush()
    text.detach()
    return count


def plain_value(value: Any) -> str | int | float | Decimal | date | datetime | None:
    """A value as a spreadsheet knows it: local wall-clock times, yes and no in words, everything unknown as text."""
    if value is None or isinstance(value, (str, Decimal)):
        return value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0) if timezone.is_aware(value) else value
    if isinstance(value, (int, float, date)):
        return value
    return str(value)


def _write_cell(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST_CELL])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - Excel has no zones
    else:
        sheet.write_number(row, column, value)


def _inert(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "1"
