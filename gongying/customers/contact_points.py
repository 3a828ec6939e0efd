"""How customers are reached. Phone numbers have one form in the whole product (`common/phones.py`)."""

import json
from pathlib import Path
from typing import Final

from gongying.common.phones import Phone, UnreadablePhone, normalise_phone

__all__ = ["WORDS", "Phone", "UnreadablePhone", "normalise_phone"]

WORDS: Final = json.loads((Path(__file__).parent / "data" / "people_words.json").read_text(encoding="utf-8"))
