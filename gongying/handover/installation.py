"""What a fresh installation knows of warranties: the legal minimum, each with its source."""

import json
from pathlib import Path
from typing import Any

from gongying.handover.models import WarrantyPeriod

DATA = Path(__file__).parent / "data"


def install_warranties() -> None:
    if not WarrantyPeriod.objects.exists():
        rows = read("warranties")
        WarrantyPeriod.objects.bulk_create(WarrantyPeriod(position=at, **row) for at, row in enumerate(rows))


def standard_documents() -> list[str]:
    """What an owner of a new flat is given."""
    documents: list[str] = read("documents")
    return documents


def read(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
