"""The number of a request: in its answer, in every line it logs, on the page that says that something went wrong."""

import re
import secrets
from contextvars import ContextVar
from typing import Final

from django.conf import settings
from django.http import HttpRequest

HEADER: Final = "X-Request-ID"
# Read out on the phone: no letter that is taken for a digit.
LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{6,64}")

current: ContextVar[str] = ContextVar("request_id", default="")


def id_for(request: HttpRequest) -> str:
    """That of the proxy in front, where the settings name its header; else a new one."""
    given = request.headers.get(settings.REQUEST_ID_HEADER, "") if settings.REQUEST_ID_HEADER else ""
    return given if GIVEN.fullmatch(given) else new_id()


def new_id() -> str:
    # One call: each lets go of the interpreter, and who wants it back waits for the other threads.
    letters = "".join(LETTERS[byte % len(LETTERS)] for byte in secrets.token_bytes(10))
    return f"{letters[:5]}-{letters[5:]}"
