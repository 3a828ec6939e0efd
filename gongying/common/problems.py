"""Errors of the API as RFC 9457 problems, in the caller's language.

Every answer of 400 and above has the same shape; `errors` names the fields, `current` the present state of a row.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CONTENT_TYPE = "application/problem+json"
MOST_ERRORS = 100
LONGEST_FIELD = 200

# status → (last word of the type, title). One type per status, unless a `Problem` names its own.
KINDS: Mapping[int, tuple[str, Promise]] = {
    400: ("bad-request", gettext_lazy("The request cannot be read")),
    401: ("not-signed-in", gettext_lazy("Not signed in")),
    403: ("not-allowed", gettext_lazy("Not allowed")),
    404: ("not-found", gettext_lazy("Not found")),
    405: ("method-not-allowed", gettext_lazy("Method not allowed")),
    409: ("refused", gettext_lazy("Cannot be done now")),
    413: ("too-large", gettext_lazy("Too large")),
    415: ("unsupported-media-type", gettext_lazy("Unsupported media type")),
    422: ("invalid-input", gettext_lazy("Input is not valid")),
    429: ("too-many-requests", gettext_lazy("Too many requests")),
    500: ("server-error", gettext_lazy("Something went wrong on our side")),
    503: ("try-again", gettext_lazy("Cannot be done at this moment")),
}


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one value; `field` is its dotted path, `where` is body, query, path or header."""

    field: str
    message: str | Promise
    where: str = "body"
    code: str = "invalid"

    def as_json(self) -> dict[str, str]:
        return {"field": self.field[:LONGEST_FIELD], "in": self.where, "code": self.code, "message": str(self.message)}


@dataclass
class Problem(Exception):  # noqa: N818 RFC 9457 calls it a problem
    """Raise it anywhere below an API operation; it becomes the answer."""

    status: int
    detail: str | Promise = ""
    kind: str = ""
    errors: Sequence[FieldError] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        kind, title = KINDS.get(self.status, KINDS[400])
        body: dict[str, Any] = {
            "type": f"urn:gongying:problem:{self.kind or kind}",
            "title": str(title),
            "status": self.status,
            "detail": str(self.detail) or str(title),
        }
        if self.errors:
            body["errors"] = [error.as_json() for error in self.errors]
        return body | dict(self.extra)

    def as_response(self) -> HttpResponse:
        return HttpResponse(
            json.dumps(self.as_json(), cls=DjangoJSONEncoder, ensure_ascii=False),
            status=self.status,
            content_type=CONTENT_TYPE,
            headers=dict(self.headers),
        )


def invalid(errors: Iterable[FieldError]) -> Problem:
    """422: every wrong value with its name, the first hundred of them: no answer outgrows its question."""
    errors = list(islice(errors, MOST_ERRORS))
    return Problem(422, "; ".join(f"{error.field[:LONGEST_FIELD]}: {error.message}" for error in errors), errors=errors)


def invalid_field(name: str, message: str | Promise, *, where: str = "body", code: str = "invalid") -> Problem:
    return invalid([FieldError(name, message, where, code)])


def sentence_for(error: Mapping[str, Any]) -> str:
    """A translated sentence for one error of pydantic (its type and context; never the value)."""
    template = SENTENCES.get(error["type"])
    if template is not None:
        return str(template) % {name: _shown(value) for name, value in error.get("ctx", {}).items()}
    own = error.get("ctx", {}).get("error") if error["type"] == "value_error" else None
    return str(own) if own else _("This value is not valid.")


def _shown(value: Any) -> str:
    return str(value).replace("' or '", "', '").replace("'", "")


_A_NUMBER = gettext_lazy("This must be a whole number.")
_A_DATE = gettext_lazy("This must be a date such as 2026-11-21.")
_A_MOMENT = gettext_lazy("This must be a time such as 2026-11-21T14:30:00+08:00.")
_A_DECIMAL = gettext_lazy("This must be a number such as 95.46.")
_DIGITS = gettext_lazy("This number has too many digits.")

# pydantic's error types that our schemas can meet.
SENTENCES: Mapping[str, Promise] = {
    "missing": gettext_lazy("This is required."),
    "extra_forbidden": gettext_lazy("This field is not known."),
    "string_type": gettext_lazy("This must be text."),
    "string_too_short": gettext_lazy("This needs at least %(min_length)s characters."),
    "string_too_long": gettext_lazy("This may have at most %(max_length)s characters."),
    "string_pattern_mismatch": gettext_lazy("This does not have the right form."),
    "too_short": gettext_lazy("This needs at least %(min_length)s entries."),
    "too_long": gettext_lazy("This may have at most %(max_length)s entries."),
    "int_type": _A_NUMBER,
    "int_parsing": _A_NUMBER,
    "int_parsing_size": _DIGITS,
    "int_from_float": _A_NUMBER,
    "bool_type": gettext_lazy("This must be true or false."),
    "bool_parsing": gettext_lazy("This must be true or false."),
    "decimal_type": _A_DECIMAL,
    "decimal_parsing": _A_DECIMAL,
    "finite_number": _A_DECIMAL,
    "decimal_max_digits": _DIGITS,
    "decimal_whole_digits": _DIGITS,
    "decimal_max_places": gettext_lazy("At most %(decimal_places)s digits may follow the point."),
    "greater_than": gettext_lazy("This must be more than %(gt)s."),
    "greater_than_equal": gettext_lazy("This must be at least %(ge)s."),
    "less_than": gettext_lazy("This must be less than %(lt)s."),
    "less_than_equal": gettext_lazy("This may be at most %(le)s."),
    "enum": gettext_lazy("This must be one of: %(expected)s."),
    "literal_error": gettext_lazy("This must be one of: %(expected)s."),
    "list_type": gettext_lazy("This must be a list."),
    "dict_type": gettext_lazy("This must be an object."),
    "model_type": gettext_lazy("This must be an object."),
    "model_attributes_type": gettext_lazy("This must be an object."),
    "date_type": _A_DATE,
    "date_parsing": _A_DATE,
    "date_from_datetime_parsing": _A_DATE,
    "date_from_datetime_inexact": _A_DATE,
    "datetime_type": _A_MOMENT,
    "datetime_parsing": _A_MOMENT,
    "datetime_from_date_parsing": _A_MOMENT,
    "datetime_object_invalid": _A_MOMENT,
}
