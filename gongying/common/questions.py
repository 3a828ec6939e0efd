"""Many small questions of one page as one statement, whose text is made once.

To compile a set of rows takes Django longer than the database needs to answer, and a first page has forty of them. What
somebody sees depends on the set-up alone (`editions`): so the text stands until that changes, and only the moment and the
keys under which people differ from each other (`marks`) are filled in each time. A question therefore names the moment as
`PRESENT`, never as `timezone.now()`; a day may be named as it is, and belongs into the key.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateTimeField, Expression, QuerySet
from django.utils import timezone

from gongying.common import planned


class HowMany(NamedTuple):
    """Only their number is wanted; sliced rows are counted no further."""

    rows: QuerySet[Any]


Questions = Mapping[str, "QuerySet[Any] | HowMany"]
# Of one column its values, of several a list for each row, as JSON has them; of `HowMany` the number.
Answers = dict[str, Any]


class _Present(Expression):
    """The moment at which a question is asked, in `filter(due_at__lt=PRESENT)`. Only for an `inquiry`."""

    def __init__(self) -> None:
        super().__init__(output_field=DateTimeField())

    def as_sql(self, *_compiler: Any) -> Any:
        return "%s", [self]


PRESENT: Final = _Present()
# A sign for a value, or a percent sign as such.
PLACE: Final = re.compile("%[%s]")
Moment = datetime | _Present
NOBODY: Final[Mapping[int, int]] = {}


class Text(NamedTuple):
    sql: str
    parameters: list[Any]
    names: list[str]


class NotWhole(Exception):  # noqa: N818 nothing went wrong
    """A mark became part of another value, where it cannot be replaced."""


class Inquiry(NamedTuple):
    """Ready to be asked again and again: instead of the marks stand `$1`, `$2`, …"""

    word: str
    sql: str
    marks: list[int]
    names: list[str]

    def answers(self, values: Mapping[int, int] = NOBODY) -> Answers:
        """With the value of each mark."""
        if not self.names:
            return {}
        row = planned.first_row(self.word, self.sql, [values[mark] for mark in self.marks], at=timezone.now())
        return dict(zip(self.names, row, strict=True))


def inquiry(word: str, questions: Questions, *, marks: Collection[int] = ()) -> Inquiry:
    """`word` stands in the logs for its long text."""
    text = text_of(questions)
    sql, found = _with_values(text, marks)
    return Inquiry(word, sql, found, text.names)


def text_of(questions: Questions) -> Text:
    columns: list[str] = []
    parameters: list[Any] = []
    for name, asked in questions.items():
        column, needed = _column(asked)
        columns.append(f"{column} AS {connection.ops.quote_name(name)}")
        parameters += needed
    return Text(f"SELECT {', '.join(columns)}", parameters, list(questions))


def _with_values(text: Text, marks: Collection[int]) -> tuple[str, list[int]]:
    """All values are written into it, but for the moment and the marks; and which of these there are."""
    values = iter(text.parameters)
    found: list[int] = []
    with connection.cursor() as cursor:
        write: Any = cursor.mogrify  # of psycopg: as `execute` writes them

        def written(place: re.Match[str]) -> str:
            if place[0] == "%%":
                return "%"
            value = next(values)
            if isinstance(value, _Present):
                return planned.MOMENT
            if isinstance(value, int) and value in marks:
                if value not in found:
                    found.append(value)
                return f"${found.index(value) + 1}"
            words = str(write("%s", [value]))
            if any(str(mark) in words for mark in marks):
                raise NotWhole(words)
            return words

        return PLACE.sub(written, text.sql), found


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
