"""The frame around every API operation: who calls, what may be sent, one transaction, problems instead of exceptions.

`config/api.py` builds the one instance; modules contribute routers and know nothing of this file.
"""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import Any, Protocol

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as SchemaError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from gongying.common import request_ids
from gongying.common.api import errors_of
from gongying.common.errors import Collided, Refused, Stale, refusal_in
from gongying.common.inputs import announced_bytes
from gongying.common.problems import CONTENT_TYPE, KINDS, FieldError, Problem, invalid, invalid_field, sentence_for

logger = logging.getLogger(__name__)

Run = Callable[..., HttpResponse]
READING = {"GET", "HEAD", "OPTIONS"}


class Doorman(Protocol):
    """Says who calls, or raises a `Problem`."""

    def __call__(self, request: HttpRequest) -> Any: ...


class Writer(Protocol):
    """Runs changing work in a transaction, once per idempotency key."""

    def __call__(self, request: HttpRequest, user: Any, work: Callable[[], HttpResponse]) -> HttpResponse: ...


class Encoder(NinjaJSONEncoder):
    """Most of what JSON has no type for are moments: they are asked for first, and written as Django does."""

    def default(self, o: Any) -> Any:
        if type(o) is not datetime:
            return super().default(o)
        text = o.isoformat()
        if o.microsecond:
            text = text[:23] + text[26:]
        return f"{text[:-6]}Z" if text.endswith("+00:00") else text


class Renderer(JSONRenderer):
    encoder_class = Encoder


class Frame(NinjaAPI):
    """An API whose every operation passes the doorman, takes only what it names, and answers problems."""

    def __init__(self, *, doorman: Doorman, writer: Writer, security_schemes: dict[str, Any], **options: Any) -> None:
        self.doorman = doorman
        self.writer = writer
        self.security_schemes = security_schemes
        super().__init__(parser=StrictParser(), renderer=Renderer(), **options)
        self.add_decorator(self.guard, mode="view")
        self.described: OpenAPISchema | None = None

    def guard(self, run: Run) -> Run:
        operation: Operation = run.__self__  # type: ignore[attr-defined]
        known = set(_names_of(operation, "query"))
        parts = {*_names_of(operation, "form"), *_names_of(operation, "file")}

        @wraps(run)
        def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
            try:
                user = self.doorman(request)
                request.user = user
                _refuse_unknown(set(request.GET) - known, "query", _("This parameter is not known."))
                _refuse_other_media(request, operation)
                if parts:
                    _refuse_unknown({*request.POST, *request.FILES} - parts, "body", _("This field is not known."))
                if request.method in READING:
                    return run(request, **path)
                return self.writer(request, user, lambda: run(request, **path))
            except Exception as exception:  # noqa: BLE001 whatever happens becomes a problem
                return self.on_exception(request, exception)

        return guarded

    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, _answer)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """What all operations share (security, idempotency, problems) is written down once, here."""
        if self.described is None:
            self.described = super().get_openapi_schema(**options)
            _describe_frame(self.described, self)
        return self.described


class StrictParser(Parser):
    """JSON as the standard has it, and no text that a database cannot hold."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            data = json.loads(request.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Problem(400, _("The body is not valid JSON.")) from error
        _refuse_odd_text(data, "body")
        return data

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        where = "query" if data is request.GET else "body"
        parsed = super().parse_querydict(data, list_fields, request)
        _refuse_odd_text(parsed, where)
        return parsed


def _answer(request: HttpRequest, exception: Any) -> HttpResponse:
    return problem_of(exception).as_response()


def problem_of(exception: Exception) -> Problem:
    """The answer to whatever was raised. What nobody foresaw is logged and becomes a 500 without a trace."""
    exception = refusal_in(exception) or exception
    for kinds, translate in TRANSLATIONS:
        if isinstance(exception, kinds):
            return translate(exception)
    logger.error("The API failed", exc_info=exception)
    told = _("The error was recorded. Nothing was changed; try again later.")
    return Problem(500, told, extra={"request_id": request_ids.current.get()})


def _of_schema(error: Any) -> Problem:
    return invalid(_field_error(entry) for entry in error.errors)


def _field_error(entry: dict[str, Any]) -> FieldError:
    where, *path = entry["loc"]
    if where == "body" and len(path) > 1:
        path = path[1:]  # the name of the operation's argument
    name = ".".join(str(part) for part in path) or str(where)
    return FieldError(
        name, sentence_for(entry), where="body" if where in ("form", "file") else where, code=entry["type"]
    )


def _of_refused(refused: Any) -> Problem:
    kind = "stale" if isinstance(refused, Stale) else "collided" if isinstance(refused, Collided) else ""
    return Problem(409, str(refused), kind=kind, extra={"current": refused.current} if refused.current else {})


def _of_http(error: Any) -> Problem:
    # Ninja wraps whatever the parser raises.
    return error.__cause__ if isinstance(error.__cause__, Problem) else Problem(error.status_code, str(error))


def _of_integrity(error: Any) -> Problem:
    """A rule of the database that no operation had checked before: true for every writer, so tell it as it is."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    logger.warning("Refused by the database: %s", constraint or error)
    return Problem(
        409,
        _("This contradicts what is already recorded."),
        extra={"constraint": constraint} if constraint else {},
    )


TRANSLATIONS: list[tuple[Any, Callable[[Any], Problem]]] = [
    (Problem, lambda problem: problem),
    (SchemaError, _of_schema),
    (ValidationError, errors_of),
    (Refused, _of_refused),
    (PermissionDenied, lambda error: Problem(403, str(error))),
    (Http404, lambda _error: Problem(404)),
    (RequestDataTooBig, lambda _error: Problem(413, _("The body is too large."))),
    ((BadRequest, SuspiciousOperation), lambda error: Problem(400, str(error))),
    (HttpError, _of_http),
    (IntegrityError, _of_integrity),
    (DataError, lambda _error: Problem(422, _("A value is out of range."))),
]


def _names_of(operation: Operation, source: str) -> Iterator[str]:
    for model in operation.models:
        if model.__ninja_param_source__ == source:
            # Files have no map: their names are the arguments themselves.
            yield from getattr(model, "__ninja_flatten_map__", model.model_fields)


def _takes_body(operation: Operation) -> str | None:
    """The media type of the operation's body, if it has one."""
    sources = {model.__ninja_param_source__ for model in operation.models}
    if sources & {"form", "file"}:
        return "multipart/form-data"
    return "application/json" if "body" in sources else None


def _refuse_unknown(names: set[str], where: str, sentence: str) -> None:
    if names:
        raise invalid(FieldError(name.replace("\x00", "\\0"), sentence, where, "unknown") for name in sorted(names))


def _refuse_other_media(request: HttpRequest, operation: Operation) -> None:
    expected = _takes_body(operation)
    if expected and request.content_type not in ("", expected) and announced_bytes(request):
        raise Problem(415, _("Send %(media_type)s.") % {"media_type": expected})


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _refuse_odd_text(data: Any, where: str, path: str = "") -> None:
    """Null bytes and halves of surrogate pairs: valid in JSON, impossible in the database."""
    if isinstance(data, str):
        if "\x00" in data or any("\ud800" <= char <= "\udfff" for char in data):
            message = _("This text has a character that cannot be stored.")
            raise invalid_field(path or where, message, where=where, code="character")
    elif isinstance(data, dict):
        for key, value in data.items():
            _refuse_odd_text(str(key), where, path or where)
            _refuse_odd_text(value, where, f"{path}.{key}".lstrip("."))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            _refuse_odd_text(value, where, f"{path}.{position}".lstrip("."))


# --- the description ---------------------------------------------------------------------------------------------------

IDEMPOTENCY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    # No example: the docs page would fill it in, and the second thing tried out would be "sent again".
    "schema": {"type": "string", "maxLength": 100},
    "description": (
        "A text of your own for this one POST, such as a UUID. Sent again with the same body, the POST is not done "
        "again: the first answer is repeated. Kept for a week."
    ),
}

PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457. Texts follow Accept-Language (Chinese or English).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:gongying:problem:invalid-input"]},
        "title": {"type": "string", "examples": ["Input is not valid"]},
        "status": {"type": "integer", "examples": [422]},
        "detail": {"type": "string", "examples": ["text: This is required."]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "in", "code", "message"],
                "properties": {
                    "field": {"type": "string", "examples": ["text"]},
                    "in": {"type": "string", "enum": ["body", "query", "path", "header"]},
                    "code": {"type": "string", "examples": ["missing"]},
                    "message": {"type": "string", "examples": ["This is required."]},
                },
            },
        },
        "current": {"type": "object", "description": "The present state, where the request was stale or refused."},
        "constraint": {
            "type": "string",
            "description": "The rule of the database that refused.",
            "examples": ["unit_code_unique"],
        },
    },
}

RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "string"}, "example": "7"}}


def _describe_frame(schema: dict[str, Any], api: Frame) -> None:
    schema["security"] = [{name: []} for name in api.security_schemes]
    schema["components"]["securitySchemes"] = api.security_schemes
    schema["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    schema["components"]["responses"] = {f"Problem{status}": _problem_response(status) for status in KINDS}
    for path, methods in schema["paths"].items():
        for method, details in methods.items():
            if method == "post":
                details["parameters"] = [*details["parameters"], IDEMPOTENCY_PARAMETER]
            for status in _possible_problems(path, method, details):
                # By number: ninja keys its own answers by int, and JSON makes one text of both.
                details["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})


def _possible_problems(path: str, method: str, details: dict[str, Any]) -> list[int]:
    problems = [400, 401, 403, 422, 429, 500]
    if "{" in path:
        problems.append(404)
    if method != "get":
        problems.append(409)
    if "requestBody" in details:
        problems += [413, 415]
    return sorted(problems)


def _problem_response(status: int) -> dict[str, Any]:
    kind, title = KINDS[status]
    example = {"type": f"urn:gongying:problem:{kind}", "title": str(title), "status": status, "detail": str(title)}
    described = {
        "description": str(title),
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    return described | ({"headers": RETRY_AFTER} if kind == "too-many-requests" else {})
