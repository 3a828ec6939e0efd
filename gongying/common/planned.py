"""A long statement is planned once by each connection: to plan forty small questions takes PostgreSQL six times as long as to
answer them, and to plan how fifty rows of a list are read as long as to read them.

What differs from asking to asking are keys, `$1`, `$2`, … in the text, and the moment, `MOMENT`. A plan that is used again is
made without knowing the keys; what the moment was when it was made it does know: how many rows are overdue decides which
way is a good one.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import connection

MOMENT: Final = "current_setting('gongying.moment')::timestamptz"
# They end with the transaction, which on a page is this statement alone. Left to itself the database would plan anew each time.
SET_MOMENT: Final = "SET LOCAL gongying.moment = %s"
PLAN_ONCE: Final = "SET LOCAL plan_cache_mode = force_generic_plan"
# Two for each of six kinds of people. A plan of forty questions takes a megabyte of each connection, one of fourteen a half.
MOST: Final = 12

# By connection (of psycopg: the pool hands them round) the name of each text, the one used last at the end.
_names: WeakKeyDictionary[Any, OrderedDict[str, str]] = WeakKeyDictionary()
# There are a few of them, and their plans are small: they stay. The database itself finds out that a plan is as good for any key.
_short: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
_numbers = count(1)


def first_row(word: str, sql: str, keys: Sequence[int], *, at: datetime) -> Any:
    """By `word` the statement is known in logs."""
    with connection.cursor() as cursor:
        name = _name_of(word, sql, ["bigint"] * len(keys), cursor)
        given = f"({', '.join(['%s'] * len(keys))})" if keys else ""
        cursor.execute(f"{PLAN_ONCE}; {SET_MOMENT}; EXECUTE {name}{given}", [at.isoformat(), *keys])
        cursor.nextset()
        cursor.nextset()
        return cursor.fetchone()


def rows_by_name(word: str, sql: str, keys: Sequence[int]) -> list[dict[str, Any]]:
    """All rows, each column by its name; `$1` in the text are all the `keys`."""
    with connection.cursor() as cursor:
        name = _name_of(word, sql, ["bigint[]"], cursor)
        cursor.execute(f"{PLAN_ONCE}; EXECUTE {name}(%s)", [list(keys)])
        cursor.nextset()
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def short_row(word: str, sql: str, kinds: Sequence[str], values: Sequence[Any]) -> Any:
    """The first row of a short statement; `$1`, `$2`, … in its text are of these kinds."""
    with connection.cursor() as cursor:
        name = name_of_short(word, sql, None, kinds, cursor)
        cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(kinds))})", values)
        return cursor.fetchone()


def name_of_short(word: str, sql: str, given: Sequence[Any] | None, kinds: Sequence[str], cursor: Any) -> str:
    """Under which name this connection knows a short statement, such as of a row by its key."""
    names = _short.setdefault(connection.connection, {})
    if sql not in names:
        names[sql] = _made_known(word, sql, kinds, cursor, given)
    return names[sql]


def _name_of(word: str, sql: str, kinds: Sequence[str], cursor: Any) -> str:
    names = _names.setdefault(connection.connection, OrderedDict())
    if sql in names:
        names.move_to_end(sql)
        return names[sql]
    if len(names) >= MOST:
        _sql, oldest = names.popitem(last=False)
        cursor.cursor.execute(f"DEALLOCATE {oldest}")
    names[sql] = _made_known(word, sql, kinds, cursor)
    return names[sql]


def _made_known(word: str, sql: str, kinds: Sequence[str], cursor: Any, given: Sequence[Any] | None = None) -> str:
    """Past what counts statements: it falls to whoever comes first, and is not what she asked."""
    name = f"{word}_{next(_numbers)}"
    declared = f"({', '.join(kinds)})" if kinds else ""
    with connection.wrap_database_errors:
        cursor.cursor.execute(f"PREPARE {name} {declared} AS {sql}", given)
    return name
