"""Find the table in a sheet as offices keep it: titles above, headers of one or two lines, totals and blank rows between."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from gongying.imports.workbooks import Cell, Row, Sheet

SEARCHED_ROWS: Final = 40
WORDS: Final = json.loads((Path(__file__).parent / "data" / "table_words.json").read_text(encoding="utf-8"))
BRACKETS: Final = re.compile(r"[(\[{\u3010].*?[)\]}\u3011]")
NOT_A_WORD: Final = re.compile(r"[\W_]+")
GROUP_MARK: Final = "/"
LONGEST_HEADER: Final = 30
GROUP_LENGTH: Final = 12
NONE_MERGED: Final[frozenset[int]] = frozenset()
SECTION_ENDS: Final = tuple(WORDS["sections"])


class LeftOutReason(StrEnum):
    ABOVE_TABLE = "above_table"
    BLANK = "blank"
    TOTAL = "total"
    REPEATED_HEADER = "repeated_header"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    label: str

    @property
    def words(self) -> tuple[str, ...]:
        """What a header may be known by, the fullest first: `owner/name` is ownername, then name."""
        group, _, last = self.label.rpartition(GROUP_MARK)
        return (header_word(group + last), header_word(last)) if group else (header_word(last),)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table: its cells in the order of the columns.

    `section` is the title row standing above it inside the table, such as a building. `merged` are the positions of the
    cells that Excel merged with those of the row above.
    """

    sheet: str
    row: int
    cells: tuple[Cell, ...]
    section: str = ""
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class LeftOut:
    row: int
    reason: LeftOutReason
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    sheet: str
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    records: tuple[Record, ...]
    left_out: tuple[LeftOut, ...] = field(default=())

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(column.label for column in self.columns)


@cache
def header_word(text: str) -> str:
    """The bare word of a header: no brackets, units, stars, spaces or half- and full-width differences."""
    normalised = unicodedata.normalize("NFKC", text)
    return NOT_A_WORD.sub("", BRACKETS.sub("", normalised)).lower() or NOT_A_WORD.sub("", normalised).lower()


def shown(cell: Cell) -> str:
    """A cell as a person reads it, on one line."""
    if isinstance(cell, str):
        return cell if cell.isalnum() else " ".join(cell.split())
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    return " ".join(str(cell).split())


def find_table(sheet: Sheet, *, known_words: Collection[str], header_row: int | None = None) -> Table | None:
    """Return the table of `sheet`; `header_row` overrides the guess. None where no row looks like a header."""
    top = header_row or _guess_header_row(sheet, known_words)
    if top is None or not 1 <= top <= len(sheet.rows):
        return None
    depth = 2 if _has_second_line(sheet, top, known_words) else 1
    header = sheet.rows[top - 1 : top - 1 + depth]
    columns = _columns(header)
    left_out = [
        LeftOut(row.number, LeftOutReason.ABOVE_TABLE, _joined(filter(None, map(shown, row.cells))))
        for row in sheet.rows[: top - 1]
        if not row.is_blank
    ]
    records, also_left_out = _read_records(sheet, columns, first=top + depth, header=header)
    return Table(sheet.name, tuple(row.number for row in header), columns, tuple(records), (*left_out, *also_left_out))


def find_tables(sheets: Iterable[Sheet], *, known_words: Collection[str], header_row: int | None = None) -> list[Table]:
    tables = (find_table(sheet, known_words=known_words, header_row=header_row) for sheet in sheets)
    return [table for table in tables if table is not None]


def names_a_thing(sheet_name: str) -> bool:
    """Whether somebody gave the sheet a name of its own, so that it may name a building."""
    bare = header_word(sheet_name).rstrip("0123456789")
    return bool(sheet_name) and bare not in WORDS["default_sheet_names"]


def _guess_header_row(sheet: Sheet, known_words: Collection[str]) -> int | None:
    """The row with the most known header words; failing that, the first with two texts or more and no number."""
    best, best_score = None, 0
    for row in sheet.rows[:SEARCHED_ROWS]:
        score = _known_headers(row, known_words)
        if score > best_score:
            best, best_score = row.number, score
    if best is not None and best > 1 and _is_group_line(sheet, sheet.rows[best - 2], sheet.rows[best - 1], known_words):
        return best - 1
    if best is not None and (best_score > 1 or _width(sheet.rows[best - 1]) == 1):
        return best
    texts = (row.number for row in sheet.rows[:SEARCHED_ROWS] if _is_texts(row) and not _is_banner(row))
    return next(texts, best)


def _known_headers(row: Row, known_words: Collection[str]) -> int:
    return len({word for word in _header_words(row) if word in known_words})


def _header_words(row: Row) -> list[str]:
    return [
        header_word(cell) for cell in row.cells if isinstance(cell, str) and 0 < len(cell.strip()) <= LONGEST_HEADER
    ]


def _is_group_line(sheet: Sheet, upper: Row, lower: Row, known_words: Collection[str]) -> bool:
    """Whether `upper` is the first line of a two-line header that ends with `lower`."""
    if _is_banner(upper) or not _is_texts(upper) or any(_is_remark(cell) for cell in upper.cells):
        return False
    spans_columns = any(
        merge.top == upper.number == merge.bottom and merge.right > merge.left for merge in sheet.merges
    )
    spans_rows = any(merge.top == upper.number and merge.bottom == lower.number for merge in sheet.merges)
    groups_by_gaps = _known_headers(upper, known_words) > 0 and _has_gap_filled_below(upper, lower)
    return spans_columns or spans_rows or groups_by_gaps


def _has_second_line(sheet: Sheet, top: int, known_words: Collection[str]) -> bool:
    if top >= len(sheet.rows):
        return False
    upper, lower = sheet.rows[top - 1], sheet.rows[top]
    return (
        _is_texts(lower) and _known_headers(lower, known_words) > 0 and _is_group_line(sheet, upper, lower, known_words)
    )


def _has_gap_filled_below(upper: Row, lower: Row) -> bool:
    return any(not shown(above) and shown(below) for above, below in zip(upper.cells, lower.cells, strict=False))


def _columns(header: Sequence[Row]) -> tuple[Column, ...]:
    columns: list[Column] = []
    seen: dict[str, int] = {}
    group = ""
    for index, cell in enumerate(header[0].cells):
        upper = shown(cell)
        lower = shown(header[1].cells[index]) if len(header) > 1 else upper
        group = upper or (group if lower and len(header) > 1 else "")
        label = GROUP_MARK.join(dict.fromkeys(part for part in (group, lower) if part)) if len(header) > 1 else upper
        if not label:
            continue
        seen[label] = seen.get(label, 0) + 1
        columns.append(Column(index, label if seen[label] == 1 else f"{label} {seen[label]}"))
    return tuple(columns)


def _read_records(
    sheet: Sheet, columns: Sequence[Column], *, first: int, header: Sequence[Row]
) -> tuple[list[Record], list[LeftOut]]:
    records: list[Record] = []
    left_out: list[LeftOut] = []
    header_texts = [[shown(cell) for cell in row.cells] for row in header]
    banners = _banner_rows(sheet, columns)
    indices = [column.index for column in columns]
    merged = _merged_with_above(sheet, indices)
    section = ""
    for row in sheet.rows[first - 1 :]:
        texts = [shown(cell) for cell in row.cells]
        filled = [text for text in texts if text]
        if not filled:
            continue
        reason = LeftOutReason.REPEATED_HEADER if texts in header_texts else _why_left_out(filled, len(columns))
        if reason is not None:
            left_out.append(LeftOut(row.number, reason, _joined(filled)))
        elif row.number in banners or (len(filled) == 1 < len(columns) and filled[0].endswith(SECTION_ENDS)):
            section = filled[0]
        elif any(texts[index] for index in indices):
            cells = tuple(row.cells[index] for index in indices)
            records.append(Record(sheet.name, row.number, cells, section, merged.get(row.number, NONE_MERGED)))
    return records, left_out


def _why_left_out(filled: Sequence[str], width: int) -> LeftOutReason | None:
    first = unicodedata.normalize("NFKC", filled[0])
    is_sparse = len(filled) < width
    bare = first.replace(" ", "").strip(":")
    if bare in WORDS["totals"] or (is_sparse and bare.startswith(tuple(WORDS["totals"]))):
        return LeftOutReason.TOTAL
    if len(filled) <= max(width // 2, 1) and first.startswith(tuple(WORDS["notes"])):
        return LeftOutReason.NOTE
    return None


def _merged_with_above(sheet: Sheet, indices: Sequence[int]) -> dict[int, frozenset[int]]:
    merged: dict[int, frozenset[int]] = {}
    for merge in sheet.merges:
        positions = frozenset(position for position, index in enumerate(indices) if merge.left <= index <= merge.right)
        for row in range(merge.top + 1, merge.bottom + 1):
            merged[row] = merged.get(row, NONE_MERGED) | positions
    return merged


def _banner_rows(sheet: Sheet, columns: Sequence[Column]) -> set[int]:
    """Rows merged over most of the table: they name what follows."""
    wide = max(len(columns) * 2 // 3, 2)
    return {merge.top for merge in sheet.merges if merge.top == merge.bottom and merge.right - merge.left + 1 >= wide}


def _is_banner(row: Row) -> bool:
    return len({shown(cell) for cell in row.cells if shown(cell)}) <= 1


def _is_texts(row: Row) -> bool:
    filled = [cell for cell in row.cells if shown(cell)]
    return len(filled) > 1 and all(isinstance(cell, str) and not cell.strip().isdigit() for cell in filled)


def _is_remark(cell: Cell) -> bool:
    """A line above a table that says whose it is or when it was made is no header."""
    text = shown(cell)
    return len(text) > GROUP_LENGTH or ":" in unicodedata.normalize("NFKC", text)


def _width(row: Row) -> int:
    return sum(1 for cell in row.cells if shown(cell))


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(texts))[:120]
