import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data" / "demo"


@cache
def read(name: str) -> Any:
    """What the story says, from `data/demo/<name>.json`."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
