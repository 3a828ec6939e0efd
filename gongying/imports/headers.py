"""Guess which column of a table is meant for which field."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from gongying.imports.sheet_tables import Column, header_word

WHOLE_LABEL: Final = 3
LAST_LINE: Final = 2
BEGINNING: Final = 1


def known_words(words: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Every header word of an importer, bare, to find the header row with."""
    return frozenset(header_word(word) for field_words in words.values() for word in field_words)


def guess_mapping(columns: Sequence[Column], words: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return column label → field name. Each field is given at most once, to the column that says it best, the first at a tie."""
    bare = {
        field: {header_word(word): rank for rank, word in enumerate(field_words)}
        for field, field_words in words.items()
    }
    matches = sorted(
        (-strength, rank, column.index, column.label, field)
        for column in columns
        for field, field_words in bare.items()
        for strength, rank in [_match(column, field_words)]
        if strength
    )
    mapping: dict[str, str] = {}
    for _strength, _rank, _index, label, field in matches:
        if label not in mapping and field not in mapping.values():
            mapping[label] = field
    return dict(
        sorted(mapping.items(), key=lambda pair: next(column.index for column in columns if column.label == pair[0]))
    )


def _match(column: Column, field_words: Mapping[str, int]) -> tuple[int, int]:
    for strength, word in zip((WHOLE_LABEL, LAST_LINE), column.words, strict=False):
        if word in field_words:
            return strength, field_words[word]
    whole = column.words[0]
    for word, rank in field_words.items():
        if len(word) > 1 and whole.startswith(word):
            return BEGINNING, rank
    return 0, 0
