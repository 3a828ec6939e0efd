"""Watches every request and every statement from outside: number, duration, outcome."""

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core.signals import request_finished
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from gongying.common import measures, request_ids

LONGEST_STATEMENT: Final = 800

requests = logging.getLogger("gongying.requests")
statements = logging.getLogger("gongying.statements")


def observe(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The outermost middleware: whatever the others answer has a number and is counted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        number = request_ids.id_for(request)
        # Until the request is finished: Django still logs what it thinks of the answer.
        request_ids.current.set(number)
        response = get_response(request)
        _count(request, response, time.perf_counter() - started)
        response.headers[request_ids.HEADER] = number
        return response

    return middleware


def _count(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    view = match.view_name or "-" if match else "-"
    status = response.status_code
    measures.REQUESTS.labels(view, request.method or "-", str(status)).observe(seconds)
    if status >= 500:  # noqa: PLR2004
        measures.FAILED.labels(view).inc()
    if settings.LOG_REQUESTS:
        told = {"view": view, "milliseconds": round(seconds * 1000), "status": status}
        requests.info("%s %s %s, %.0f ms", request.method, view, status, seconds * 1000, extra=told)


def forget_number(**_signal: Any) -> None:
    request_ids.current.set("")


def watch_requests() -> None:
    request_finished.connect(forget_number, dispatch_uid="gongying.request_ids")


def watch_statements() -> None:
    connection_created.connect(_watch, dispatch_uid="gongying.statements")


def _watch(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - started
        if seconds >= settings.SLOW_QUERY_SECONDS:
            measures.SLOW_QUERIES.inc()
            statements.warning("Slow statement, %.0f ms: %s", seconds * 1000, _shown(sql))


def _shown(sql: Any) -> str:
    """Without its values: they are people's data."""
    text = " ".join(sql.split()) if isinstance(sql, str) else type(sql).__name__
    return text if len(text) <= LONGEST_STATEMENT else f"{text[:LONGEST_STATEMENT]} …"
