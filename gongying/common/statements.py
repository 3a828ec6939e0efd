"""A statement that every call asks is put together once: for Django to do so costs more than for the database to answer.

    FIND = Statement(lambda digest: ApiToken.objects.select_related("user").filter(digest=digest), digest=str)

    FIND.rows(digest=digest_of(secret))

Only whole values may differ from call to call, not which conditions there are, nor how many values stand in a list.
What everybody asks all the time by a key has a second name, by which each connection plans it once: `Statement(…, "found_token", …)`.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators
from django.db.models.signals import post_init, pre_init
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from gongying.common import planned
from gongying.common.editions import kept

# A model, or a mapping of columns where the rows are those of `values()`.
Row = TypeVar("Row")

# What no row holds: each is found again among the values of the statement.
MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda number: 2**31 - 2 - number,
    str: lambda number: f"\ue000{number}",
    date: lambda number: date(9000, 1, 1) + timedelta(days=number),
    datetime: lambda number: datetime(9000, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
}
IN_SQL: dict[type, str] = {int: "bigint", str: "text", date: "date", datetime: "timestamptz"}


class Statement(Generic[Row]):
    """Rows of one model, with what `select_related`, `annotate` and `prefetch_related` add to them; or some of its columns."""

    def __init__(self, rows: Callable[..., QuerySet[Any, Row]], planned_as: str = "", /, **types: type) -> None:
        self.make, self.planned_as, self.types = rows, planned_as, types
        self.model: Any = None

    def rows(self, *, most: int | None = None, **values: Any) -> list[Row]:
        """All of them, or the first ones."""
        made = self._made
        if made is None:
            return []
        connection = connections[made.database]
        if made.locks and connection.get_autocommit():
            raise TransactionManagementError("a lock outlives no statement of its own")
        with connection.cursor() as cursor:
            if self.planned_as:
                cursor.execute(*made.planned(self.planned_as, self.types, values, cursor))
            else:
                cursor.execute(made.sql if most is None else f"{made.sql} LIMIT {most:d}", made.filled(values))
            found = [made.row(row) for row in cursor.fetchall()]
        if made.prefetches:
            prefetch_related_objects(found, *made.prefetches)
        return found

    def number(self, **values: Any) -> int:
        """How many rows there are."""
        made = self._made
        if made is None:
            return 0
        with connections[made.database].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({made.sql}) AS counted", made.filled(values))  # noqa: S608 made by Django
            return int(cursor.fetchone()[0])

    def put_together(self) -> None:
        """Now, and forget who wanted it."""
        _ = self._made
        del self.make

    def first(self, **values: Any) -> Row | None:
        return next(iter(self.rows(**values)), None)

    def one(self, **values: Any) -> Row:
        """The only one; as `get`."""
        found = self.first(**values)
        if found is None:
            raise self.model.DoesNotExist
        return found

    @cached_property
    def _made(self) -> "_Made | None":
        """None where Django knows that there can be no row: who serves no place sees nothing."""
        marks = {name: MARKS[kind](number) for number, (name, kind) in enumerate(self.types.items())}
        rows = self.make(**marks)
        self.model = rows.model
        with suppress(EmptyResultSet):
            return (_MadeColumns if rows.query.values_select else _Made)(rows, marks)
        return None


def statement_of(user: Any, name: str, rows: Callable[..., QuerySet[Any, Row]], **types: type) -> Statement[Row]:
    """Of rows that depend on what this person may see: put together anew when the set-up changes, and every day."""

    def make() -> Statement[Row]:
        statement = Statement(rows, **types)
        statement.put_together()
        return statement

    return kept(("statement", name, user.pk, timezone.localdate()), make)


def values_of(user: Any, name: str, rows: Callable[[], QuerySet[Any, dict[str, Any]]]) -> list[dict[str, Any]]:
    """As `statement_of`, of rows as `values()` gives them; what `name` does not tell apart must not differ."""
    return statement_of(user, f"columns: {name}", rows).rows()


class _Made:
    """As `django.db.models.query.ModelIterable` reads rows, up to what differs from call to call.

    `Model.from_db` would look up each field of each row and set it by its name, which costs more than all the rest.
    """

    def __init__(self, rows: QuerySet[Any, Any], marks: dict[str, Any]) -> None:
        self.database, self.locks = rows.db, rows.query.select_for_update
        compiler = rows.query.get_compiler(using=self.database)
        self.sql, given = compiler.as_sql()
        self.given = list(given)
        self.places = [
            (place, name)
            for place, value in enumerate(self.given)
            for name, mark in marks.items()
            if isinstance(value, type(mark)) and value == mark
        ]
        assert {name for _place, name in self.places} == set(marks), "a value that is no whole parameter"  # noqa: S101
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        self.converters = list(compiler.get_converters(columns).items())
        self.prefetches = rows._prefetch_related_lookups  # type: ignore[attr-defined]
        self.read_from(compiler, rows)

    def read_from(self, compiler: Any, rows: QuerySet[Any, Any]) -> None:
        """Which column goes where."""
        self.annotations = compiler.annotation_col_map or {}
        fields = compiler.klass_info["select_fields"]
        self.model, self.start, self.end = compiler.klass_info["model"], fields[0], fields[-1] + 1
        assert _is_made_as_django_makes_it(self.model), "a row would not be itself"  # noqa: S101
        self.names = [column[0].target.attname for column in compiler.select[self.start : self.end]]
        self.populators = get_related_populators(compiler.klass_info, compiler.select, self.database)  # type: ignore[call-arg]

    def filled(self, values: dict[str, Any]) -> list[Any]:
        given = self.given.copy()
        for place, name in self.places:
            given[place] = values[name]
        return given

    def planned(self, word: str, types: dict[str, type], values: dict[str, Any], cursor: Any) -> tuple[str, list[Any]]:
        """To execute what this connection has planned: the values that differ have numbers, all others stand in the text."""
        numbers = {name: number for number, name in enumerate(types, 1)}
        marked = {place: f"${numbers[name]}" for place, name in self.places}
        texts = self.sql.split("%s")
        sql = texts[0] + "".join(marked.get(place, "%s") + text for place, text in enumerate(texts[1:]))
        given = [value for place, value in enumerate(self.given) if place not in marked]
        name = planned.name_of_short(word, sql, given, [IN_SQL[kind] for kind in types.values()], cursor)
        return f"EXECUTE {name} ({', '.join(['%s'] * len(types))})", [values[name] for name in types]

    def row(self, row: Any) -> Any:
        return self.made_of(self._converted(row) if self.converters else row)

    def made_of(self, row: Any) -> Any:
        found = self.model.__new__(self.model)
        found.__dict__.update(zip(self.names, row[self.start : self.end], strict=True))
        found._state = ModelState()
        found._state.db, found._state.adding = self.database, False
        for populator in self.populators:
            populator.populate(row, found)
        for name, column in self.annotations.items():
            setattr(found, name, row[column])
        return found

    def _converted(self, row: Any) -> list[Any]:
        values, connection = list(row), connections[self.database]
        for column, (functions, expression) in self.converters:
            for function in functions:
                values[column] = function(values[column], expression, connection)
        return values


class _MadeColumns(_Made):
    """As `django.db.models.query.ValuesIterable` reads rows."""

    def read_from(self, compiler: Any, rows: QuerySet[Any, Any]) -> None:
        del compiler
        self.names = list(rows.query.selected or (*rows.query.values_select, *rows.query.annotation_select))

    def made_of(self, row: Any) -> dict[str, Any]:
        return dict(zip(self.names, row, strict=True))


def _is_made_as_django_makes_it(model: Any) -> bool:
    own = model.__init__ is not Model.__init__ or model.from_db.__func__ is not Model.from_db.__func__  # type: ignore[attr-defined]
    return not own and not pre_init.has_listeners(model) and not post_init.has_listeners(model)
