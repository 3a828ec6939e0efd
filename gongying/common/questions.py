"""Many small questions of one page as one statement, whose text is made once.

To compile a set of rows takes Django longer than the database needs to answer, and a first page has forty of them. What
somebody sees depends on the set-up alone (`editions`): so the text stands until that changes, and only the moment
is filled in each time. A question therefore names the moment as `PRESENT`, never as `timezone.now()`; a day may be named
as it is, and belongs into the key.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateTimeField, Expression, QuerySet
from django.utils import timezone

from gongying.common.editions import kept


class HowMany(NamedTuple):
    """Only their number is wanted; sliced rows are counted no further."""

    rows: QuerySet[Any]


Questions = Mapping[str, "QuerySet[Any] | HowMany"]
# Of one column its values, of several a list for each row, as JSON has them; of `HowMany` the number.
Answers = dict[str, Any]


class _Present(Expression):
    """The moment at which a question is asked, in `filter(due_at__lt=PRESENT)`. Only for what `answers_to` asks."""

    def __init__(self) -> None:
        super().__init__(output_field=DateTimeField())

    def as_sql(self, *_compiler: Any) -> Any:
        return "%s", [self]


PRESENT: Final = _Present()
# A sign for a value, or a percent sign as such.
PLACE: Final = re.compile("%[%s]")
Moment = datetime | _Present


class Text(NamedTuple):
    sql: str
    parameters: list[Any]
    names: list[str]


def answers_to(key: Hashable, make: Callable[[], Questions]) -> Answers:
    """Ask what `make` gives, a set of rows for each name. `make` reads watched tables only, as all that is kept under a `key`."""
    text = kept(("questions", key), lambda: _with_values(text_of(make())))
    if not text.names:
        return {}
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(text.sql, [now] * len(text.parameters))
        return dict(zip(text.names, cursor.fetchone(), strict=True))


def text_of(questions: Questions) -> Text:
    columns: list[str] = []
    parameters: list[Any] = []
    for name, asked in questions.items():
        column, needed = _column(asked)
        columns.append(f"{column} AS {connection.ops.quote_name(name)}")
        parameters += needed
    return Text(f"SELECT {', '.join(columns)}", parameters, list(questions))


def _with_values(text: Text) -> Text:
    """Only the moments stay parameters: to write hundreds of values into a long text takes a millisecond each time."""
    values = iter(text.parameters)
    moments = []
    with connection.cursor() as cursor:
        write: Any = cursor.mogrify  # of psycopg: as `execute` writes them

        def written(place: re.Match[str]) -> str:
            if place[0] == "%%":
                return "%%"
            value = next(values)
            if isinstance(value, _Present):
                moments.append(value)
                return "%s"
            return str(write("%s", [value])).replace("%", "%%")

        return Text(PLACE.sub(written, text.sql), moments, text.names)


def _column(asked: QuerySet[Any] | HowMany) -> tuple[str, Sequence[Any]]:
    """One value that holds all rows."""
    rows, is_number = (asked.rows, True) if isinstance(asked, HowMany) else (asked, False)
    try:
        sql, needed = rows.query.sql_with_params()
    except EmptyResultSet:
        return "0" if is_number else "'{}'::int[]", ()
    width = len(rows.query.values_select) + len(rows.query.annotation_select)
    if is_number:
        return f"(SELECT count(*) FROM ({sql}) AS counted)", needed  # noqa: S608 made by Django, values apart
    if width == 1:
        return f"ARRAY({sql})", needed
    columns = ", ".join(f"c{number}" for number in range(width))
    rows_as_lists = f"SELECT json_agg(json_build_array({columns})) FROM ({sql}) AS found({columns})"  # noqa: S608 as above
    return f"coalesce(({rows_as_lists}), '[]')", needed
