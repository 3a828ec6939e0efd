"""The server that DATABASE_URL names: whether it answers, asked before anything waits for it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from typing import Final

from launcher import django, places
from launcher.steps import Failed

CONNECT_SECONDS: Final = 5
PATIENCE_SECONDS: Final = 12  # a name with several addresses, or a resolver that does not answer
UNREADABLE: Final = 3
ASK: Final = f"""
import os, sys, psycopg
try:
    psycopg.connect(os.environ["DATABASE_URL"], connect_timeout={CONNECT_SECONDS}).close()
except psycopg.OperationalError as error:
    sys.exit(str(error))
except psycopg.Error:  # its words repeat the address, password and all
    sys.exit({UNREADABLE})
"""
# What stands between the user's name and the host; a password with a bare @ or / in it is read wrongly, not shown.
SECRET: Final = re.compile(r"^\w+://[^:/?#]*:(.*)@[^@]*$", re.DOTALL)
SECRET_WORD: Final = re.compile(r"password\s*=\s*('(?:[^'\\]|\\.)*'|[^\s&]*)")


def require() -> None:
    """Fail with what to check unless the server answers under both roles that will use it."""
    urls = {
        django.environment(as_owner=as_owner, postgres=None)["DATABASE_URL"]: as_owner for as_owner in (True, False)
    }
    for url, as_owner in urls.items():
        _ask(url, "OWNER_DATABASE_URL" if as_owner else "DATABASE_URL")


def _ask(url: str, name: str) -> None:
    try:
        answer = subprocess.run(
            [places.PYTHON, "-c", ASK],
            env=os.environ | {"DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Failed("database_unreached", name=name) from None
    if answer.returncode == UNREADABLE:
        raise Failed("database_address", name=name)
    if answer.returncode:
        raise Failed("database_unreached", output=without_secrets(answer.stderr, url), name=name)


def without_secrets(text: str, url: str) -> str:
    for secret in sorted(_secrets(url), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(url: str) -> Iterator[str]:
    """The password in one piece, and the pieces it falls into where a bare @, / or : makes it be read wrongly."""
    for found in [*SECRET.findall(url), *SECRET_WORD.findall(url)]:
        yield from filter(None, {found, *re.split(r"[@/:?#]", found)})
