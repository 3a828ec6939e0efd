import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.functional import Promise

from gongying.imports.importers import ImportField

DATA: Final = Path(__file__).parent.parent / "data"


def import_fields(
    file_name: str, labels: Mapping[str, str | Promise], *, required: frozenset[str]
) -> tuple[ImportField, ...]:
    """Fields in the order of `labels`, with their header words and examples from the data file."""
    known = _read(file_name)
    return tuple(
        ImportField(name, label, known[name]["words"], name in required, known[name]["example"])
        for name, label in labels.items()
    )


@cache
def register_words(field: str) -> dict[str, str]:
    """What offices write for a value → the value."""
    return {word: value for value, words in _read("register_words.json")[field].items() for word in words}


@cache
def _read(file_name: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((DATA / file_name).read_text(encoding="utf-8"))
    return known
