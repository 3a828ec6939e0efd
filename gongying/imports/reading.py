"""From a file to rows by field: what the upload page shows first and what every later step reads again."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from django.utils.translation import gettext as _

from gongying.imports.complaints import Unreadable
from gongying.imports.headers import guess_mapping, known_words
from gongying.imports.importers import Importer, MappedRow
from gongying.imports.sheet_tables import Column, Table, find_tables, shown
from gongying.imports.workbooks import read_workbook

SAMPLES: Final = 3
SAMPLE_LENGTH: Final = 60


@dataclass(frozen=True)
class Survey:
    """What a file holds and what its columns seem to mean. `samples` are pairs of a column label and its first cells, in order."""

    digest: str
    sheets: list[dict[str, Any]]
    samples: list[tuple[str, list[str]]]
    mapping: dict[str, str]


def read_tables(file: IO[bytes], *, name: str, importer: Importer) -> list[Table]:
    file.seek(0)
    tables = find_tables(read_workbook(file, name=name), known_words=known_words(importer.words()))
    tables = [table for table in tables if table.records]
    if not tables:
        raise Unreadable(_("No table with a header and rows below it was found in this file."))
    return tables


def survey_file(file: IO[bytes], *, name: str, importer: Importer) -> Survey:
    tables = read_tables(file, name=name, importer=importer)
    labels = dict.fromkeys(label for table in tables for label in table.labels)
    columns = [Column(index, label) for index, label in enumerate(labels)]
    return Survey(
        digest=digest_of(file),
        sheets=[_sheet_facts(table) for table in tables],
        samples=[(label, _samples(tables, label)) for label in labels],
        mapping=guess_mapping(columns, importer.words()),
    )


def map_rows(tables: Sequence[Table], mapping: Mapping[str, str]) -> list[MappedRow]:
    """The rows of all tables, read by field. A field whose column a sheet lacks is empty there."""
    rows = []
    for table in tables:
        positions = {mapping[label]: position for position, label in enumerate(table.labels) if mapping.get(label)}
        rows += [MappedRow(record, positions) for record in table.records]
    return rows


def digest_of(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.sha256(file.read()).hexdigest()


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
