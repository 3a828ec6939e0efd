"""Small workbooks made in memory, as offices keep them."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl
import xlwt


def xlsx(
    sheets: Mapping[str, Iterable[Sequence[Any]]], *, merges: Mapping[str, Sequence[str]] | None = None
) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for merge in (merges or {}).get(name, ()):
            sheet.merge_cells(merge)
    return _saved(book)


def xls(sheets: Mapping[str, Iterable[Sequence[Any]]]) -> io.BytesIO:
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row_index, row in enumerate(rows):
            for column_index, cell in enumerate(row):
                sheet.write(row_index, column_index, cell)
    return _saved(book)


def bomb() -> io.BytesIO:
    """A package whose one sheet says that it reaches the last cell of the grid."""
    file = xlsx({"A": [["x"]]})
    return _with_sheet(file, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def package(members: Mapping[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def _with_sheet(file: io.BytesIO, row: bytes) -> io.BytesIO:
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name in members if name.startswith("xl/worksheets/"))
    members[sheet] = members[sheet].replace(b"</sheetData>", row + b"</sheetData>")
    return package(members)


def _saved(book: Any) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file
