"""Finding rows by any two characters of their text, newest first, at a cost that does not hang on the planner's luck.

A plain `search @@ words ORDER BY at DESC LIMIT 50` reads the whole index of a frequent word or the whole table for a rare
one, as the statistics of the day suggest. So the way is chosen here (engineering notes, 12): of a word that few rows have, all
of them are fetched by the word index, which gives their number as well. Of a frequent one the newest rows are looked
through; only if they do not fill the page (often, but only long ago) all hits are fetched after all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db import connections
from django.db.models import QuerySet

from gongying.common.paging import COUNT_BOUND, PAGE_SIZE, Count, Page, after_cursor, in_sql, page_of
from gongying.common.text import bigrams, normalise

Row = TypeVar("Row")

NEWEST = 20_000
# So many hits are fetched faster by the word index than found among the newest rows.
FEW = 5_000
EVERYTHING = 2**62
SHORTEST = 2


class Pairs(SearchQuery):
    """Pairs of characters as they are: `to_tsquery` would take signs among them for its own."""

    def __init__(self, pairs: str) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def as_sql(self, *_arguments: Any, **_options: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s::tsquery", [self.pairs]


def is_searchable(words: str) -> bool:
    """Two characters at least: one alone has no pair."""
    return len(normalise(words).replace(" ", "")) >= SHORTEST


def containing(rows: QuerySet[Any, Row], words: str) -> QuerySet[Any, Row]:
    """Rows whose text holds every space-separated word. For small sets; long lists take `find_containing`."""
    return rows.filter(search=Pairs(_tsquery(words)))


@dataclass(frozen=True)
class Found(Generic[Row]):
    """A page of hits, and how many there are: exact, or an honest bound."""

    page: Page[Row]
    count: Count


def find_containing(
    rows: QuerySet[Any, Any],
    words: str,
    *,
    order: tuple[str, ...],
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    read: Callable[[list[int], tuple[str, ...]], list[Row]] | None = None,
) -> Found[Row]:
    """As `paginate`, for the rows that contain `words` in their `search` column; `read` reads those with some keys, in order."""
    query = _tsquery(words)
    ids, is_all = _find(after_cursor(rows, order=order, cursor=cursor), query, order=order, limit=size + 1)
    shown = ids[: size + 1]
    read = read or (lambda keys, order: list(rows.filter(pk__in=keys).order_by(*order)))
    page = page_of(read(shown, order) if shown else [], order=order, size=size)
    if cursor:
        ids, is_all = _find(rows, query, order=order, limit=size + 1)
    number = min(len(ids), COUNT_BOUND) if is_all else min(len(ids), size)
    return Found(page, Count(number, is_exact=number == len(ids)))


def newest_containing(rows: QuerySet[Any, Row], words: str, *, order: tuple[str, ...], limit: int) -> list[Row]:
    found: Found[Row] = find_containing(rows, words, order=order, size=limit)
    return found.page.rows


def _tsquery(words: str) -> str:
    pairs = sorted({pair for word in normalise(words).split(" ") for pair in bigrams(word)})
    quoted = ("'" + pair.replace("\\", "\\\\").replace("'", "''") + "'" for pair in pairs)
    return " & ".join(quoted)


def _find(rows: QuerySet[Any, Any], query: str, *, order: tuple[str, ...], limit: int) -> tuple[list[int], bool]:
    """Keys of hits in order, and whether more of them would have been found up to the bound of counts."""
    if not query:
        return [], True
    if _expected(rows, query) > FEW:
        ids = _among_newest(rows, query, order=order, limit=limit)
        if len(ids) >= limit:
            return ids, False
    return _among_all(rows, query, order=order, limit=COUNT_BOUND + 1), True


def _expected(rows: QuerySet[Any, Any], query: str) -> int:
    """How many rows of the whole table the statistics expect to contain the words."""
    table = connections[rows.db].ops.quote_name(rows.model._meta.db_table)
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {table} WHERE search @@ %s::tsquery", [query])  # noqa: S608 our table
        (plan,) = cursor.fetchone()
    return int(plan[0]["Plan"]["Plan Rows"])


def _among_newest(rows: QuerySet[Any, Any], query: str, *, order: tuple[str, ...], limit: int) -> list[int]:
    inner, parameters = _keys(rows.order_by(*order)[:NEWEST], order)
    return _ids(rows, f"{inner} WHERE search @@ %s::tsquery", [*parameters, query], order=order, limit=limit)


def _among_all(rows: QuerySet[Any, Any], query: str, *, order: tuple[str, ...], limit: int) -> list[int]:
    """The word index names the hits; the limit that limits nothing keeps the planner from walking along the order."""
    hits = rows.filter(search=Pairs(query)).order_by()
    inner, parameters = _keys(hits[:EVERYTHING], order)
    return _ids(rows, inner, parameters, order=order, limit=limit)


def _keys(rows: QuerySet[Any, Any], order: tuple[str, ...]) -> tuple[str, Sequence[Any]]:
    """Some rows with what they are sorted by, as the beginning of a statement."""
    columns = list(dict.fromkeys([*(name.lstrip("-") for name in order), "pk", "search"]))
    inner, parameters = rows.values_list(*columns).query.sql_with_params()
    names = ", ".join(columns)
    return f"SELECT pk FROM ({inner}) AS chosen ({names})", parameters  # noqa: S608 names of our own


def _ids(
    rows: QuerySet[Any, Any], sql: str, parameters: Sequence[Any], *, order: tuple[str, ...], limit: int
) -> list[int]:
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {in_sql(order)} LIMIT %s", [*parameters, limit])
        return [row[0] for row in cursor.fetchall()]
