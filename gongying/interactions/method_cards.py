"""Which way of talking fits counterpart, purpose, content and place (R-161): the card that fits in the most of them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gongying.common.text import normalise
from gongying.interactions.enums import TalkWay

CARDS = Path(__file__).parent / "data" / "method_cards.json"


@dataclass(frozen=True)
class MethodCard:
    """A way, what to mind with it, and whom, what for, where and for which words it is; what it leaves out fits anything."""

    way: TalkWay
    advice: tuple[str, ...]
    kinds: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def fit(self, *, kind: str, purpose: str, content: str, place_kind: str) -> int:
        """In how many it fits; -1: it does not."""
        said = normalise(content)
        asked = [
            (self.kinds, kind in self.kinds),
            (self.purposes, purpose in self.purposes),
            (self.places, place_kind in self.places),
            (self.words, any(word in said for word in self.words)),
        ]
        wanted = [fits for condition, fits in asked if condition]
        return len(wanted) if all(wanted) else -1


@cache
def method_cards() -> tuple[MethodCard, ...]:
    rows: list[dict[str, Any]] = json.loads(CARDS.read_text(encoding="utf-8"))
    return tuple(
        MethodCard(
            TalkWay(row["way"]),
            tuple(row["advice"]),
            **{name: frozenset(row.get(name, ())) for name in ("kinds", "purposes", "places", "words")},
        )
        for row in rows
    )


def card_for(*, kind: str, purpose: str, content: str, place_kind: str) -> MethodCard:
    """Of those that fit equally well the first."""
    return max(
        method_cards(), key=lambda card: card.fit(kind=kind, purpose=purpose, content=content, place_kind=place_kind)
    )
