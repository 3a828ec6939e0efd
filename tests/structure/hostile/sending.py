"""Sends a request and notes all that it did, then takes every trace of it back."""

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.forms import BaseForm
from django.test import Client

WRITES = re.compile(r"\s*(WITH\b.*)?(INSERT|UPDATE|DELETE)\b", re.IGNORECASE | re.DOTALL)
# What the frame keeps about browsers, and how often they call, is no part of the register.
FRAME_TABLES = ("django_session", "common_cache", "accounts_callpace")
BAD = 400
BROKEN = 500


@dataclass
class Notes:
    """What happened while an answer was made."""

    failures: list[str] = field(default_factory=list)
    forms: list[BaseForm] = field(default_factory=list)
    writes: list[Any] = field(default_factory=list)

    @contextmanager
    def taken(self) -> Iterator[None]:
        clean = BaseForm.full_clean

        def note_form(form: BaseForm) -> None:
            if form.is_bound:
                self.forms.append(form)
            clean(form)

        got_request_exception.connect(self._note_failure)
        try:
            with connection.execute_wrapper(self._note_write), patch.object(BaseForm, "full_clean", note_form):
                yield
        finally:
            got_request_exception.disconnect(self._note_failure)

    def _note_failure(self, **_kwargs: Any) -> None:
        self.failures.append(traceback.format_exc(limit=-4, chain=False))

    def _note_write(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(str(sql)) and not any(table in str(sql) for table in FRAME_TABLES):
            self.writes.append(params)
        return execute(sql, params, many, context)


@dataclass
class Answer:
    status: int
    text: str
    forms: list[BaseForm]
    texts: list[str]  # all texts that were written
    was_changed: bool  # anything of the register is other than before, though the answer says that nothing was done
    failure: str

    @property
    def is_taken(self) -> bool:
        return self.status < BAD and not self.failure

    @property
    def errors(self) -> dict[str, BaseForm]:
        return {name: form for form in self.forms for name in form.errors}


class Sender:
    def __init__(self, browser: Client) -> None:
        self.browser = browser
        self.before = ""

    def send(
        self,
        method: str,
        url: str,
        *data: Any,
        language: str = "zh-hans",
        then: Callable[[Any], list[str]] | None = None,
        **more: Any,
    ) -> Answer:
        """The answer, and the pages that are looked at afterwards (`then`)."""
        self.before = self.before or _fingerprint()
        self.browser.cookies["django_language"] = language
        # As the drawer sends it, and in the other language as a browser without scripts does.
        headers = {"HX-Request": "true"} if method == "post" and language == "zh-hans" else {}
        notes = Notes()
        with transaction.atomic(), notes.taken():
            response = getattr(self.browser, method)(url, *data, headers=headers, **more)
            body = _text_of(response)
            if response.status_code < BAD and notes.writes and not notes.failures:
                connection.check_constraints()
                shown = then(response) if then else []
                body += " ".join(_text_of(self.browser.get(address)) for address in shown)
            is_refused = method == "get" or response.status_code >= BAD
            was_changed = is_refused and bool(notes.writes) and not notes.failures and _fingerprint() != self.before
            transaction.set_rollback(True)
        self.browser.cookies.pop("messages", None)  # with buttons that would take back what is taken back already
        return Answer(
            response.status_code,
            body,
            notes.forms,
            [text for params in notes.writes for text in _texts_in(params)],
            was_changed,
            " ".join(notes.failures[:1])
            or (f"status {response.status_code}" if response.status_code >= BROKEN else ""),
        )


def _text_of(response: Any) -> str:
    return "" if response.streaming else response.content.decode()


def _fingerprint() -> str:
    """One value for all rows of all tables: another one if anything at all was changed."""
    with connection.cursor() as cursor:
        cursor.execute(_fingerprint_sql())
        return str(cursor.fetchone()[0])


@cache
def _fingerprint_sql() -> str:
    tables = sorted(
        {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
        - set(FRAME_TABLES)
    )
    one = "(SELECT coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t)"
    # An array, because a function takes a hundred arguments at most.
    sums = ", ".join(one.format(connection.ops.quote_name(table)) for table in tables)
    return f"SELECT array_to_string(ARRAY[{sums}], ',')"


def _texts_in(value: Any) -> list[str]:
    """All texts in the parameters of a statement, however they are wrapped."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in value.items() for text in _texts_in(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts_in(item)]
    return _texts_in(value.obj) if hasattr(value, "obj") else []
