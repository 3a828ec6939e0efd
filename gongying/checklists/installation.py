"""What a fresh installation starts with: the company's check lists and phrases, each with its source. Edited ones are left alone."""

import json
from datetime import time
from pathlib import Path
from typing import Any

from gongying.checklists.models import CheckItem, CheckList, Phrase

DATA = Path(__file__).parent / "data"


def install_lists() -> None:
    """One for each use that has none yet."""
    known = set(CheckList.objects.values_list("use", flat=True))
    for row in (row for row in _read("check_lists") if row["use"] not in known):
        items, due_by = row.pop("items"), row.pop("due_by", "")
        check_list = CheckList.objects.create(
            key=row["use"], due_by=time.fromisoformat(due_by) if due_by else None, **row
        )
        CheckItem.objects.bulk_create(
            CheckItem(check_list=check_list, position=position, text=text, source=source, level="".join(level))
            for position, (text, source, *level) in enumerate(items, 1)
        )


def install_phrases() -> None:
    if not Phrase.objects.exists():
        Phrase.objects.bulk_create(Phrase(position=position, **row) for position, row in enumerate(_read("phrases")))


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return rows
