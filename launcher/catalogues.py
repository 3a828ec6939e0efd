"""Compiles the message catalogues with Babel: `msgfmt` is often missing."""

from __future__ import annotations

from launcher import places
from launcher.steps import run


def stale() -> list[str]:
    """Return the .po files whose .mo file is missing or older."""
    sources = places.ROOT.glob("gongying/**/locale/*/LC_MESSAGES/django.po")
    return [
        str(source)
        for source in sources
        if not source.with_suffix(".mo").exists() or source.with_suffix(".mo").stat().st_mtime < source.stat().st_mtime
    ]


def compile_all() -> None:
    if sources := stale():
        run([places.PYTHON, "-c", COMPILE, *sources], failure="catalogues_failed", cwd=places.ROOT)


COMPILE = """
import os, sys
from pathlib import Path
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

for name in sys.argv[1:]:
    source = Path(name)
    catalogue = read_po(source.read_bytes().splitlines(keepends=True))
    draft = source.with_suffix(f".mo{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.rename(source.with_suffix(".mo"))
"""
