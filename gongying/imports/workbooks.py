"""Read the files offices keep (.xlsx, .xls, .csv) into sheets of rows that know their true row numbers."""

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Final, TypeAlias

import python_calamine
from django.utils.translation import gettext_lazy as _

from gongying.imports.calendar_files import read_events
from gongying.imports.complaints import Unreadable

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 600 * 1024 * 1024
MAX_ROWS: Final = 300_000
MAX_COLUMNS: Final = 256
MAX_CELLS: Final = 6_000_000
MAX_MEMBERS: Final = 10_000
EXTENSIONS: Final = (".xlsx", ".xls", ".csv", ".ics")

ENTRY_OF_MEMBER: Final = b"PK\x01\x02"
OLE_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
CELL_REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,7})([0-9]{1,10})["']""")
FORMULA_WITHOUT_RESULT: Final = re.compile(
    rb"""<c\b(?![^>]*\bt="str")[^>]*\br="([A-Z]+[0-9]+)"[^>]*><f\b[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>"""
)
CHUNK: Final = 1024 * 1024
BROKEN_PACKAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        return all(isinstance(cell, str) and not cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Merge:
    """A block of merged cells: row numbers as Excel shows them, columns counted from 0; both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: tuple[Row, ...]
    merges: tuple[Merge, ...] = ()


def read_workbook(file: IO[bytes], *, name: str) -> list[Sheet]:
    """Return the visible sheets of `file` that hold anything; raise `Unreadable` with a sentence for the user."""
    content = file.read(MAX_BYTES + 1)
    extension = name[name.rfind(".") :].lower() if "." in name else ""
    if extension not in EXTENSIONS:
        raise Unreadable(_("Only .xlsx, .xls, .csv and .ics files can be imported."))
    if len(content) > MAX_BYTES:
        raise Unreadable(
            _("The file is larger than %(limit)s MB. Split it into several files.") % {"limit": MAX_BYTES // CHUNK}
        )
    if not content:
        raise Unreadable(_("The file is empty."))
    sheets = READERS.get(extension, _read_excel)(content)
    sheets = [sheet for sheet in sheets if any(not row.is_blank for row in sheet.rows)]
    if not sheets:
        raise Unreadable(_("The file holds no rows."))
    return sheets


def _read_excel(content: bytes) -> list[Sheet]:
    if content.startswith(b"PK"):
        _inspect_package(content)
    elif not content.startswith(OLE_SIGNATURE):
        raise Unreadable(_("This is not an Excel file, whatever its name says. Open it in Excel and save it as .xlsx."))
    elif ENCRYPTED_STREAM in content:
        raise Unreadable(_("The file is protected by a password. Save it without one and upload it again."))
    try:
        with python_calamine.CalamineWorkbook.from_object(io.BytesIO(content)) as workbook:
            return [_excel_sheet(workbook, meta.name) for meta in workbook.sheets_metadata if _is_visible_table(meta)]
    except python_calamine.PasswordError as error:
        raise Unreadable(_("The file is protected by a password. Save it without one and upload it again.")) from error
    except python_calamine.CalamineError as error:
        raise Unreadable(_("The file is damaged. Open it in Excel and save it again.")) from error
    except BaseException as error:
        # The reader is Rust: a file that breaks an assumption arrives as a panic, which is no `Exception`.
        if type(error).__name__ == "PanicException":
            raise Unreadable(_("The file is damaged. Open it in Excel and save it again.")) from error
        raise


def _is_visible_table(meta: python_calamine.SheetMetadata) -> bool:
    return (
        meta.typ == python_calamine.SheetTypeEnum.WorkSheet and meta.visible == python_calamine.SheetVisibleEnum.Visible
    )


def _excel_sheet(workbook: python_calamine.CalamineWorkbook, name: str) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)
    _refuse_too_many(sheet.total_height, sheet.total_width)
    cells = sheet.to_python(skip_empty_area=False)
    merges = tuple(
        Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    for merge in merges:
        _fill(cells, merge)
    return Sheet(name.strip(), tuple(Row(number, tuple(row)) for number, row in enumerate(cells, start=1)), merges)


def _fill(cells: list[list[Cell]], merge: Merge) -> None:
    """Excel keeps the value of merged cells in their first cell only."""
    if merge.top > len(cells) or merge.left >= len(cells[merge.top - 1]):
        return
    value = cells[merge.top - 1][merge.left]
    for row in cells[merge.top - 1 : merge.bottom]:
        for column in range(merge.left, min(merge.right + 1, len(row))):
            row[column] = value


def _inspect_package(content: bytes) -> None:
    """Refuse bombs before the reader allocates a dense grid for them, and formulas that carry no result."""
    unpacked = 0
    if content.count(ENTRY_OF_MEMBER) > MAX_MEMBERS:  # each would become an object
        raise Unreadable(_("The file unpacks to more than can be read. Split it into several files."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(member.file_size for member in package.infolist()) > MAX_UNPACKED_BYTES:
                raise Unreadable(_("The file unpacks to more than can be read. Split it into several files."))
            for member in package.infolist():
                with package.open(member) as stream:
                    unpacked += _inspect_member(member.filename, stream)
    except BROKEN_PACKAGE as error:
        raise Unreadable(_("The file is damaged. Open it in Excel and save it again.")) from error


def _inspect_member(name: str, stream: IO[bytes]) -> int:
    is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
    size = bottom = right = 0
    tail = b""
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if not is_sheet:
            continue
        window = tail + chunk
        if references := CELL_REFERENCE.findall(window):
            bottom = max(bottom, *map(int, {row for _column, row in references}))
            right = max(right, *(_column_index(column) + 1 for column in {column for column, _row in references}))
        if b"<f" in window and (stale := FORMULA_WITHOUT_RESULT.search(window)):
            raise Unreadable(
                _(
                    "Cell %(cell)s holds a formula without its result. Open the file in Excel, save it and upload it again."
                )
                % {"cell": stale[1].decode()}
            )
        tail = window[-2000:]
    _refuse_too_many(bottom, right)
    return size


def _refuse_too_many(rows: int, columns: int) -> None:
    if rows > MAX_ROWS:
        raise Unreadable(_("A sheet has more than %(limit)s rows. Split it into several files.") % {"limit": MAX_ROWS})
    if columns > MAX_COLUMNS:
        raise Unreadable(
            _("A sheet has more than %(limit)s columns. Delete the empty ones at the right.") % {"limit": MAX_COLUMNS}
        )
    if rows * columns > MAX_CELLS:
        raise Unreadable(
            _("A sheet has more than %(limit)s cells. Split it into several files.") % {"limit": MAX_CELLS}
        )


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - ord("A") + 1
    return index - 1


def _read_csv(content: bytes) -> list[Sheet]:
    text = _decode(content)
    rows: list[Row] = []
    # `newline=""` keeps line breaks inside quoted cells; the row number counts records, as Excel does.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        for number, cells in enumerate(reader, start=1):
            _refuse_too_many(number, len(cells))
            rows.append(Row(number, tuple(cells)))
    except csv.Error as error:
        raise Unreadable(_("The file is damaged: line %(line)s cannot be read.") % {"line": reader.line_num}) from error
    width = max((len(row.cells) for row in rows), default=0)
    _refuse_too_many(len(rows), width)
    return [Sheet("", tuple(Row(row.number, row.cells + ("",) * (width - len(row.cells))) for row in rows))]


def _read_calendar(content: bytes) -> list[Sheet]:
    rows = read_events(_decode(content))
    return [Sheet("", tuple(Row(number, cells) for number, cells in enumerate(rows, start=1)))]


READERS: Final[dict[str, Callable[[bytes], list[Sheet]]]] = {".csv": _read_csv, ".ics": _read_calendar}


def _decode(content: bytes) -> str:
    """UTF-8 with or without a mark, else GBK in its widest form; anything else is refused, not guessed."""
    if b"\0" in content:
        raise Unreadable(_("This is not a text file, whatever its name says. Open it in Excel and save it as .xlsx."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The text is neither UTF-8 nor GBK. Open it in Excel and save it as .xlsx."))


def _delimiter(text: str) -> str:
    head = text[:20_000]
    return max(",\t;", key=head.count)


def column_letters(index: int) -> str:
    """The name Excel shows above the column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters
