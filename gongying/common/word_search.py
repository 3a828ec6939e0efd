"""Finding rows by any two characters of their text, newest first, at a cost that does not hang on the planner's luck.

A plain `search @@ words ORDER BY at DESC LIMIT 50` reads the whole index of a frequent word or the whole table for a rare
one, as the statistics of the day suggest. Two steps are steady (engineering notes, 12): look through the newest rows first;
only if they do not fill the page, fetch all hits of the (then rare) word at once.
"""

from typing import Any, TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

from gongying.common.paging import COUNT_BOUND, PAGE_SIZE, Count, Page, after_cursor, page_of
from gongying.common.text import bigrams, normalise

Row = TypeVar("Row", bound=Model)

NEWEST = 20_000
SHORTEST = 2


def is_searchable(words: str) -> bool:
    """Two characters at least: one alone has no pair."""
    return len(normalise(words).replace(" ", "")) >= SHORTEST


def containing(rows: QuerySet[Row], words: str) -> QuerySet[Row]:
    """Rows whose text holds every space-separated word. For small sets; long lists take `paginate_containing`."""
    return rows.filter(search=SearchQuery(_tsquery(words), search_type="raw", config="simple"))


def paginate_containing(
    rows: QuerySet[Row], words: str, *, order: tuple[str, ...], cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Row]:
    """As `paginate`, for the rows that contain `words` in their `search` column."""
    ids = _newest_ids(after_cursor(rows, order=order, cursor=cursor), words, order=order, limit=size + 1)
    found = rows.in_bulk(ids)
    return page_of([found[pk] for pk in ids if pk in found], order=order, size=size)


def count_containing(rows: QuerySet[Row], words: str, *, order: tuple[str, ...], bound: int = COUNT_BOUND) -> Count:
    number = len(_newest_ids(rows, words, order=order, limit=bound + 1))
    return Count(min(number, bound), is_exact=number <= bound)


def newest_containing(rows: QuerySet[Row], words: str, *, order: tuple[str, ...], limit: int) -> list[Row]:
    return paginate_containing(rows, words, order=order, size=limit).rows


def _tsquery(words: str) -> str:
    pairs = sorted({pair for word in normalise(words).split(" ") for pair in bigrams(word)})
    quoted = ("'" + pair.replace("\\", "\\\\").replace("'", "''") + "'" for pair in pairs)
    return " & ".join(quoted)


def _newest_ids(rows: QuerySet[Row], words: str, *, order: tuple[str, ...], limit: int) -> list[int]:
    query = _tsquery(words)
    if not query:
        return []
    rows = rows.select_related(None).order_by(*order)
    ids = _among_newest(rows, query, order=order, limit=limit)
    return ids if len(ids) >= limit else _among_all(rows, query, limit=limit)


def _among_newest(rows: QuerySet[Row], query: str, *, order: tuple[str, ...], limit: int) -> list[int]:
    columns = list(dict.fromkeys([*(name.lstrip("-") for name in order), "pk", "search"]))
    inner, parameters = rows.values_list(*columns)[:NEWEST].query.sql_with_params()
    names = ", ".join(f"c{n}" for n in range(len(columns)))
    ordering = ", ".join(
        f"c{columns.index(name.lstrip('-'))} {'DESC' if name.startswith('-') else 'ASC'}" for name in order
    )
    key, search = columns.index("pk"), columns.index("search")
    sql = (
        f"SELECT c{key} FROM ({inner}) AS newest ({names})"  # noqa: S608 names of our own
        f" WHERE c{search} @@ %s::tsquery ORDER BY {ordering} LIMIT %s"
    )
    return _ids(rows, sql, [*parameters, query, limit])


def _among_all(rows: QuerySet[Row], query: str, *, limit: int) -> list[int]:
    table = connections[rows.db].ops.quote_name(rows.model._meta.db_table)
    chosen = rows.filter(pk__in=RawSQL("SELECT id FROM hits", []))
    outer, parameters = chosen.values_list("pk")[:limit].query.sql_with_params()
    sql = f"WITH hits AS MATERIALIZED (SELECT id FROM {table} WHERE search @@ %s::tsquery) {outer}"  # noqa: S608
    return _ids(rows, sql, [query, *parameters])


def _ids(rows: QuerySet[Row], sql: str, parameters: list[Any]) -> list[int]:
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
