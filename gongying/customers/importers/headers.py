import json
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent.parent / "data"


@cache
def register_words(field: str) -> dict[str, str]:
    """What offices write for a value → the value."""
    known = json.loads((DATA / "register_words.json").read_text(encoding="utf-8"))
    return {word: value for value, words in known[field].items() for word in words}
