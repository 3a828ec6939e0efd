"""What the launcher says, in English and Chinese. The texts stand in `texts.en.json` and `texts.zh.json`."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")


@cache
def catalogue(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((Path(__file__).parent / f"texts.{language}.json").read_text("utf-8"))
    return texts


def languages() -> tuple[str, ...]:
    """Both, unless GONGYING_LANGUAGE names one."""
    chosen = os.environ.get("GONGYING_LANGUAGE", "")
    return (chosen,) if chosen in LANGUAGES else LANGUAGES


def lines(key: str, **values: object) -> list[str]:
    return [catalogue(language)[key].format(**values) for language in languages()]


def line(key: str, **values: object) -> str:
    """Return both languages on one line: for the name of a step."""
    return " · ".join(lines(key, **values))


def say(key: str, **values: object) -> None:
    for text in lines(key, **values):
        print(text, flush=True)


def complain(key: str, **values: object) -> None:
    for text in lines(key, **values):
        print(text, file=sys.stderr, flush=True)
