"""How the processes write what they log: a line for people or for machines, never with a secret or a person's data."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Final

from gongying.common import measures, request_ids

# What PostgreSQL quotes of the rows or of the statement; and what the addresses of guests, raters and phones' calendars hold.
QUOTED: Final = re.compile(r"^(DETAIL|CONTEXT|LINE \d+):.*(?:\n +\^)?$", re.MULTILINE)
SECRET_ADDRESS: Final = re.compile(r"(/(?:rate|guest|feeds)/)[^\s'\")]+")
PASSWORD: Final = re.compile(
    r"(\w+://[^\s:/@]*:)[^\s@]+(?=@)|((?:password|token|secret|key)['\"]?\s*[=:]\s*)\S+", re.IGNORECASE
)
BEARER: Final = re.compile(r"(Bearer\s+)\S+", re.IGNORECASE)
# Phones and identity numbers; the last two digits tell them apart.
LONG_NUMBER: Final = re.compile(r"(?<![\d.])\+?\d{6,}(?=[\dXx]{2}(?![\d]))")


def without_secrets(text: str) -> str:
    text = QUOTED.sub(r"\1: …", text)
    text = SECRET_ADDRESS.sub(r"\1…", text)
    text = BEARER.sub(r"\1…", text)
    text = PASSWORD.sub(lambda found: f"{found[1] or found[2]}…", text)
    return LONG_NUMBER.sub("…", text)


class Lines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {request_id} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": without_secrets(record.getMessage()),
        }
        for name in ("view", "milliseconds", "status"):
            if hasattr(record, name):
                line[name] = getattr(record, name)
        if record.exc_info:
            line["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """To stderr, with the number of the request; what is worse than news is counted."""

    def emit(self, record: logging.LogRecord) -> None:
        record.request_id = request_ids.current.get() or "-"
        if record.levelno >= logging.WARNING:
            measures.LOGGED.labels(record.levelname.lower()).inc()
        super().emit(record)
