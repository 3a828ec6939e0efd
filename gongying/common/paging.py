"""Keyset paging: the same cost on page 1 and page 10,000, and no row seen twice while others write."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import BadRequest, EmptyResultSet, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

PAGE_SIZE = 50
COUNT_BOUND = 1000

# A model, or a mapping of columns where a list is read with `values()`.
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows in order, and where the next ones begin."""

    rows: list[Row]
    next_cursor: str | None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Count:
    """How many rows there are: exact, or an honest bound ("1,000+")."""

    number: int
    is_exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}" if self.is_exact else f"{self.number:,}+"

    @classmethod
    def up_to_bound(cls, counted: int, bound: int = COUNT_BOUND) -> "Count":
        """Of rows that were counted up to one more than `bound`."""
        return cls(min(counted, bound), is_exact=counted <= bound)


def paginate(
    rows: QuerySet[Any, Row], *, order: tuple[str, ...], cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Row]:
    """One page of `rows` sorted by `order` (names, `-` for descending; the last one must be unique).

    Sorted-by columns must not be null. A cursor that is not ours raises `BadRequest` (400).
    """
    rows = after_cursor(rows.order_by(*order), order=order, cursor=cursor)
    return page_of(list(rows[: size + 1]), order=order, size=size)


def paginate_together(
    ranges: Sequence[QuerySet[Any, Row]], *, order: tuple[str, ...], cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Row]:
    """One page out of several sets of rows that have none in common: each gives its first ones, so that none is read whole."""
    if len(ranges) == 1:
        return paginate(ranges[0], order=order, cursor=cursor, size=size)
    heads = [after_cursor(rows.order_by(*order), order=order, cursor=cursor)[: size + 1] for rows in ranges]
    first, *others = heads
    return page_of(list(first.union(*others, all=True).order_by(*order)[: size + 1]), order=order, size=size)


def after_cursor(rows: QuerySet[Any, Row], *, order: tuple[str, ...], cursor: str | None) -> QuerySet[Any, Row]:
    """The rows behind the cursor; all of them without one."""
    if not cursor:
        return rows
    with _refusing_foreign_cursors():
        return behind(rows, order=order, values=_decode(cursor, length=len(order)))


def behind(rows: QuerySet[Any, Row], *, order: tuple[str, ...], values: Sequence[Any]) -> QuerySet[Any, Row]:
    """The rows that come after one with these values."""
    return rows.filter(_after(order, values))


def place_of(cursor: str, model: type[Model], *, order: tuple[str, ...]) -> list[Any]:
    """The values in a cursor, as the columns of the model take them."""
    with _refusing_foreign_cursors():
        values = _decode(cursor, length=len(order))
        if None in values:
            raise ValueError(cursor)
        fields: list[Any] = [model._meta.get_field(name.lstrip("-")) for name in order]
        return [field.get_prep_value(value) for field, value in zip(fields, values, strict=True)]


@contextmanager
def _refusing_foreign_cursors() -> Iterator[None]:
    try:
        yield
    except (TypeError, ValueError, ValidationError) as error:
        raise BadRequest(_("This page address is not valid. Open the list again.")) from error


def lead_of(cursor: str | None) -> Any:
    """The leading value behind which a cursor that was looked at stands; None without one."""
    return json.loads(_opened(cursor))[0] if cursor else None


def in_sql(order: tuple[str, ...]) -> str:
    """Of columns that are called as their fields."""
    return ", ".join(f"{name.lstrip('-')} {'DESC' if name.startswith('-') else 'ASC'}" for name in order)


def page_of(found: list[Row], *, order: tuple[str, ...], size: int) -> Page[Row]:
    """A page out of `size + 1` rows: the extra one says that there are more."""
    more = len(found) > size
    found = found[:size]
    return Page(rows=found, next_cursor=_encode(order, found[-1]) if more else None)


def bounded_count(rows: QuerySet[Any], *, bound: int = COUNT_BOUND) -> Count:
    """Count up to `bound` rows and no further."""
    return bounded_counts([rows], bound=bound)[0]


def bounded_counts(lists: list[QuerySet[Any]], *, bound: int = COUNT_BOUND) -> list[Count]:
    """`bounded_count` of several lists in one statement."""
    columns: list[str] = []
    parameters: list[Any] = []
    for rows in lists:
        try:
            sql, needed = rows.order_by().values_list("pk")[: bound + 1].query.sql_with_params()
        except EmptyResultSet:
            columns.append("0")
            continue
        columns.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 made by Django, values apart
        parameters += needed
    with connections[lists[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", parameters)
        numbers = cursor.fetchone()
    return [Count.up_to_bound(number, bound) for number in numbers]


def count_of(page: Page[Any], rows: QuerySet[Any], *, cursor: str | None) -> Count:
    """`bounded_count` of a list whose first page may show already that there are no more."""
    if cursor is None and page.next_cursor is None:
        return Count(len(page), is_exact=True)
    return bounded_count(rows)


def _after(order: tuple[str, ...], values: Sequence[Any]) -> Q:
    """Rows behind `values` in the lexicographic order: a > x or (a = x and b > y) …"""
    condition = Q()
    equal = Q()
    for name, value in zip(order, values, strict=True):
        field, beyond = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= equal & Q(**{f"{field}__{beyond}": value})
        equal &= Q(**{field: value})
    # The bare bound on the leading column lets the index skip straight to the place.
    lead, beyond = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    return Q(**{f"{lead}__{beyond}": values[0]}) & condition


def _encode(order: tuple[str, ...], row: Any) -> str:
    values = []
    for name in order:
        value, path = row, name.lstrip("-")
        if isinstance(row, Mapping):
            value = row[path]
        else:
            for part in path.split("__"):
                value = getattr(value, part)
        values.append(value)
    return base64.urlsafe_b64encode(json.dumps(values, cls=PreciseEncoder).encode()).decode().rstrip("=")


def _decode(cursor: str, *, length: int) -> list[Any]:
    values = json.loads(_opened(cursor))
    if not isinstance(values, list) or len(values) != length or any(isinstance(v, (list, dict)) for v in values):
        raise ValueError(cursor)
    return values


class PreciseEncoder(DjangoJSONEncoder):
    """Keep microseconds: a cursor cut to milliseconds would skip rows."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _opened(cursor: str) -> bytes:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
