"""What every API module builds on: schemas, value types, keyset pages, and rows by id."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Field, Query, Schema
from ninja.schema import DjangoGetter
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic import Strict as StrictMode

from gongying.common.errors import Stale
from gongying.common.models import Versioned
from gongying.common.paging import PAGE_SIZE, paginate
from gongying.common.phones import LONGEST, normalise_phone
from gongying.common.problems import FieldError, Problem, invalid, invalid_field

LARGEST_ID = 2**63 - 1
LARGEST_VERSION = 2**31 - 1
MOST_ROWS = 200
YEARS = range(1900, 2201)
TIME_OF_DAY = re.compile("^([01][0-9]|2[0-3]):[0-5][0-9]$")

# What a row gives as it is told.
PLAIN = frozenset({str, int, bool, type(None), float, Decimal, datetime, date, time, list})
MISSING = object()

RowType = TypeVar("RowType", bound=Model)
Shown = TypeVar("Shown")
VersionedType = TypeVar("VersionedType", bound=Versioned)


class Output(Schema):
    """What the API tells about a row."""

    @model_validator(mode="wrap")
    @classmethod
    def _run_root_validator(cls, values: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        """As ninja's own, which asks for each field through a getter that looks at what it got: this reads the row at once."""
        return handler(_reader_of(cls).read(values, info.context))


class Input(Schema):
    """What a caller sends: a field that is not known is an error, not a typing mistake passed over."""

    model_config = ConfigDict(extra="forbid")


class Change(Input):
    """A partial update: only the fields sent are changed, and only if nobody else changed the row meanwhile."""

    version: Annotated[int, StrictMode()] = Field(ge=1, le=LARGEST_VERSION, description="As last read", examples=[1])

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True, exclude={"version"})


class Listed(Output, Generic[Shown]):
    """One page of a list. Pass `next_cursor` as `cursor` for the next one; null: this was the last."""

    items: list[Shown]
    next_cursor: str | None = Field(description="Where the next page begins", examples=["WzE3LCAiMi0xLTMwMSJd"])


class _Reader:
    """How the fields of a shape are read off a row: all attributes at once, and the rest as ninja finds it."""

    def __init__(self, shown: type[Schema]) -> None:
        self.shown = shown
        self.keys = [field.alias or name for name, field in shown.model_fields.items()]
        resolvers = {key: shown._ninja_resolvers[key] for key in self.keys if key in shown._ninja_resolvers}
        self.names = [key for key in self.keys if key not in resolvers and "." not in key]
        self.others = [key for key in self.keys if key not in resolvers and "." in key]
        self.resolved = list(resolvers)
        self.resolvers = [(resolver._func, resolver._takes_context) for resolver in resolvers.values()]
        self.attributes = attrgetter(*self.names) if len(self.names) > 1 else None

    def read(self, row: Any, context: Any) -> dict[str, Any]:
        """A field that is missing is left out: it has its default, or is named in an error."""
        getter = DjangoGetter(row, self.shown, context)
        if self.attributes is None or isinstance(row, dict):
            return _found(getter, self.keys)
        try:
            told = dict(zip(self.names, _plain(self.attributes(row), getter), strict=True))
            given = [answer(row, context=context) if asks else answer(row) for answer, asks in self.resolvers]
        except AttributeError:
            return _found(getter, self.keys)
        told.update(zip(self.resolved, _plain(given, getter), strict=True))
        return told | _found(getter, self.others) if self.others else told


def _plain(values: Collection[Any], getter: DjangoGetter) -> Collection[Any]:
    if PLAIN.issuperset(map(type, values)):
        return values
    return [value if type(value) in PLAIN else getter._convert_result(value) for value in values]


def _found(getter: DjangoGetter, keys: Iterable[str]) -> dict[str, Any]:
    found = ((key, getattr(getter, key, MISSING)) for key in keys)
    return {key: value for key, value in found if value is not MISSING}


_reader_of = cache(_Reader)


def optional(**options: Any) -> Any:
    """A field that may be left out of a `Change` (but may not be null unless its type says so)."""
    return Field(default=None, **options)


def _only_text(value: Any) -> Any:
    # pydantic would also take numbers (seconds since 1970), which nobody means here.
    if isinstance(value, (str, date)):
        return value
    raise ValueError(_("Write dates and times as text in the ISO form."))


def _usual_year(day: Any) -> Any:
    if day.year not in YEARS:
        raise ValueError(_("The year must lie between 1900 and 2200."))
    return day


def _time_of_day(value: Any) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not TIME_OF_DAY.fullmatch(value):
        raise ValueError(_("Write the time of day as hours and minutes, such as 08:00."))
    return time.fromisoformat(value)


def _aware(moment: datetime) -> datetime:
    """A time without an offset is Shanghai time."""
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _as_kept(value: Any, handler: Callable[[Any], datetime]) -> datetime:
    """What was read from the database has a zone and a year that passed here once."""
    return (
        value if type(value) is datetime and value.utcoffset() is not None and value.year in YEARS else handler(value)
    )


# `openapi_extra` of an operation that answers with a file.
A_FILE = {
    "responses": {
        200: {"description": "The file", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    }
}

Day = Annotated[date, BeforeValidator(_only_text), AfterValidator(_usual_year), Field(examples=["2026-11-21"])]
Moment = Annotated[
    datetime,
    BeforeValidator(_only_text),
    AfterValidator(_usual_year),
    AfterValidator(_aware),
    WrapValidator(_as_kept),
    Field(examples=["2026-11-21T14:30:00+08:00"]),
]
# As people say it. Not the format "time" of JSON schema: that one has a zone.
TimeOfDay = Annotated[
    time,
    BeforeValidator(_time_of_day),
    PlainSerializer(lambda clock: clock.strftime("%H:%M")),
    WithJsonSchema({"type": "string", "pattern": TIME_OF_DAY.pattern, "examples": ["08:00"]}),
]
Id = Annotated[int, StrictMode(), Field(ge=1, le=LARGEST_ID, examples=[17])]
PathId = Annotated[int, Field(ge=1, le=LARGEST_ID, examples=[17])]
# Of a deletion: `version: Seen = None`.
Seen = Annotated[
    int | None,
    Query(ge=1, le=LARGEST_VERSION, description="As last read; left out: whatever it is now", examples=[1]),
]
Flag = Annotated[bool, StrictMode()]
Whole = Annotated[int, StrictMode()]
Area = Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=2, examples=["95.46"])]


def line(longest: int, *, shortest: int = 1) -> Any:
    """One line of text: outer spaces are cut."""
    return StringConstraints(strip_whitespace=True, min_length=shortest, max_length=longest)


def _phone(text: str) -> str:
    """Its error is a ValueError with a translated sentence."""
    return normalise_phone(text).value if text else ""


# In the one form in which numbers are kept and compared; "": none is known.
PhoneNumber = Annotated[str, line(LONGEST, shortest=0), AfterValidator(_phone)]


class Paging(Schema):
    cursor: str = Field("", max_length=500, description="`next_cursor` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS, description="Rows per page")


PagingQuery = Annotated[Paging, Query()]


def page(
    rows: QuerySet[RowType], paging: Paging, *, order: tuple[str, ...], each: Callable[[RowType], Any] | None = None
) -> dict[str, Any]:
    """One keyset page as `Listed`."""
    with naming_bad_cursor(paging.cursor):
        found = paginate(rows, order=order, cursor=paging.cursor or None, size=paging.limit)
    return {"items": [each(row) for row in found.rows] if each else found.rows, "next_cursor": found.next_cursor}


@contextmanager
def naming_bad_cursor(cursor: str) -> Iterator[None]:
    """A cursor is opaque to callers: one that was tampered with may hold anything, and whatever that breaks is 422."""
    try:
        yield
    except (BadRequest, ValidationError, ValueError, TypeError, OverflowError, DataError) as error:
        if not cursor:
            raise
        message = _("This cursor does not belong to this list. Start again without it.")
        raise invalid_field("cursor", message, where="query") from error


def matching(rows: QuerySet[RowType], query: Schema, *names: str) -> QuerySet[RowType]:
    """Only the rows whose columns equal what the query names; a parameter left out does not count."""
    given = {name: getattr(query, name) for name in names if getattr(query, name) is not None}
    return rows.filter(**given)


NOT_THERE = gettext_lazy("There is no such thing, or you do not serve its place.")


def row_or_404(rows: QuerySet[RowType], pk: int) -> RowType:
    """The row of a path; what a person may not see does not exist for her."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Problem(404, NOT_THERE)
    return row


def named_row(rows: QuerySet[RowType], pk: int, field: str) -> RowType:
    """The row that a body or query names by id; 422 with the field's name if it cannot be seen."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise invalid_field(field, NOT_THERE)
    return row


def named_row_if(rows: QuerySet[RowType], pk: int | None, field: str) -> RowType | None:
    return None if pk is None else named_row(rows, pk, field)


def visible_row_if(model: type[RowType], user: Any, pk: int | None, field: str) -> RowType | None:
    """Where most ids are left out: what the person may see is put together only for one that is named."""
    return None if pk is None else named_row(model._default_manager.visible_to(user), pk, field)  # type: ignore[attr-defined]


@contextmanager
def current_if_stale(row: VersionedType, shown: type[Schema], *, rows: Any = None) -> Iterator[None]:
    """A stale edit is answered with the row as it is now, in the shape in which it is read (`rows`: as this reader sees it)."""
    try:
        yield
    except Stale as stale:
        present = (type(row)._default_manager if rows is None else rows).get(pk=row.pk)
        raise Stale(current=shown.model_validate(present).model_dump()) from stale


def errors_of(error: ValidationError) -> Problem:
    """422 for what a form or a model's `full_clean` found."""
    if hasattr(error, "error_dict"):
        return invalid(
            FieldError("" if name == "__all__" else name, message)
            for name, messages in error.message_dict.items()
            for message in messages
        )
    return invalid(FieldError("", message) for message in error.messages)
