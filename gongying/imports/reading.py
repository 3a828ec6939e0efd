"""From a file to rows by field: what the upload page shows first and what every later step reads again."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Final

from django.utils.translation import gettext as _

from gongying.imports.complaints import Unreadable
from gongying.imports.headers import guess_mapping, known_words
from gongying.imports.importers import Importer, ImportField, MappedRow
from gongying.imports.sheet_tables import Column, Record, Table, find_tables, shown
from gongying.imports.workbooks import Row, Sheet, read_workbook

SAMPLES: Final = 3
SAMPLE_LENGTH: Final = 60
TOP_ROWS: Final = 12
TOP_ROW_LENGTH: Final = 80
# The marks of a Chinese keyboard, too.
PASTED_BETWEEN: Final = ("\t", "[,;\uff0c\uff1b\u3001]")


@dataclass(frozen=True)
class Survey:
    """What a file holds and what its columns seem to mean. `samples` are pairs of a column label and its first cells, in order."""

    digest: str
    sheets: list[dict[str, Any]]
    samples: list[tuple[str, list[str]]]
    mapping: dict[str, str]
    # The first rows of the first sheet with their numbers: where somebody looks for the header if the guess is wrong.
    top_rows: list[tuple[int, str]]


def read_tables(file: IO[bytes], *, name: str, importer: Importer, header_row: int | None = None) -> list[Table]:
    """The tables of a file; their headers are found, or all stand in `header_row`."""
    file.seek(0)
    return _tables(read_workbook(file, name=name), importer, header_row)


def _tables(sheets: Sequence[Sheet], importer: Importer, header_row: int | None) -> list[Table]:
    tables = find_tables(sheets, known_words=known_words(importer.words()), header_row=header_row)
    tables = [table for table in tables if table.records]
    if not tables:
        raise Unreadable(_("No table with a header and rows below it was found in this file."))
    return tables


def survey_file(file: IO[bytes], *, name: str, importer: Importer, header_row: int | None = None) -> Survey:
    file.seek(0)
    sheets = read_workbook(file, name=name)
    tables = _tables(sheets, importer, header_row)
    labels = dict.fromkeys(label for table in tables for label in table.labels)
    columns = [Column(index, label) for index, label in enumerate(labels)]
    return Survey(
        digest=digest_of(file),
        sheets=[_sheet_facts(table) for table in tables],
        samples=[(label, _samples(tables, label)) for label in labels],
        mapping=guess_mapping(columns, importer.words()),
        top_rows=_top_rows(sheets[0]),
    )


def map_rows(tables: Sequence[Table], mapping: Mapping[str, str]) -> list[MappedRow]:
    """The rows of all tables, read by field. A field whose column a sheet lacks is empty there."""
    rows = []
    for table in tables:
        positions = {mapping[label]: position for position, label in enumerate(table.labels) if mapping.get(label)}
        rows += [MappedRow(record, positions) for record in table.records]
    return rows


def read_list(sheets: Sequence[Sheet], fields: Sequence[ImportField]) -> list[MappedRow]:
    """A short list as somebody sends it: its columns by their headers, without headers in the order of `fields`."""
    words = {field.name: field.words for field in fields}
    needed = {field.name for field in fields if field.is_required}
    rows: list[MappedRow] | None = None
    for table in find_tables(sheets, known_words=known_words(words)):
        mapping = guess_mapping(table.columns, words)
        if needed <= set(mapping.values()):
            rows = [*(rows or ()), *map_rows([table], mapping)]
    if rows is not None:
        return rows
    positions = {field.name: position for position, field in enumerate(fields)}
    filled = (row for sheet in sheets[:1] for row in sheet.rows if not row.is_blank)
    return [
        MappedRow(
            Record("", row.number, row.cells), {name: at for name, at in positions.items() if at < len(row.cells)}
        )
        for row in filled
    ]


def pasted_sheet(text: str) -> Sheet:
    """Lines that somebody copied: cells between tabs, else between commas, else between spaces."""
    lines = [_pasted_cells(line) for line in text.splitlines()]
    width = max(map(len, lines), default=0)
    return Sheet(
        "", tuple(Row(number, (*cells, *[""] * (width - len(cells)))) for number, cells in enumerate(lines, 1))
    )


def _pasted_cells(line: str) -> list[str]:
    for marks in PASTED_BETWEEN:
        if re.search(marks, line.strip()):
            return [cell.strip() for cell in re.split(marks, line)]
    return line.split()


def digest_of(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.sha256(file.read()).hexdigest()


def _top_rows(sheet: Sheet) -> list[tuple[int, str]]:
    filled = (row for row in sheet.rows if not row.is_blank)
    return [
        (row.number, " \u00b7 ".join(filter(None, map(shown, row.cells)))[:TOP_ROW_LENGTH])
        for row in islice(filled, TOP_ROWS)
    ]


def _sheet_facts(table: Table) -> dict[str, Any]:
    return {
        "sheet": table.sheet,
        "header_rows": list(table.header_rows),
        "rows": len(table.records),
        "left_out": dict(Counter(left.reason.value for left in table.left_out)),
    }


def _samples(tables: Sequence[Table], label: str) -> list[str]:
    found: dict[str, None] = {}
    for table in tables:
        if label not in table.labels:
            continue
        position = table.labels.index(label)
        for record in table.records[:200]:
            if text := shown(record.cells[position]):
                found[text[:SAMPLE_LENGTH]] = None
            if len(found) == SAMPLES:
                return list(found)
    return list(found)
