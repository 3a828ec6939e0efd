"""Finding rows by any two characters of their text, newest first, at a cost that does not hang on the planner's luck.

A plain `search @@ words ORDER BY at DESC LIMIT 50` reads the whole index of a frequent word or the whole table for a rare
one, as the statistics of the day suggest. So the way is chosen here (engineering notes, 12): of a word that few rows have, all
of them are fetched by the word index, which gives their number as well. Of others the hits are fetched week by week from the
newest back (`WordIndex`); of a very frequent one the newest rows are looked through before. A list in another order has no
weeks: it looks through more of its first rows, and fetches all hits after all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db import connections
from django.db.models import Model, QuerySet

from gongying.common.paging import COUNT_BOUND, PAGE_SIZE, Count, Page, after_cursor, in_sql, lead_of, page_of
from gongying.common.text import bigrams, normalise
from gongying.common.word_index import WEEK, WEEKS_OF_SPELL, IsInWeek, WordIndex, weeks_sql

Row = TypeVar("Row")

NEWEST = 1_000
NEWEST_WITHOUT_WEEKS = 20_000
# So many hits are all fetched by the word index; of a frequent word even a small scope has a page among its newest rows.
FEW = 5_000
FREQUENT = 60_000
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
    ids, is_all = _find(rows, query, order=order, limit=size + 1, cursor=cursor)
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


def _find(
    rows: QuerySet[Any, Any], query: str, *, order: tuple[str, ...], limit: int, cursor: str | None = None
) -> tuple[list[int], bool]:
    """Keys of hits in order behind the cursor, and whether more would have been found up to the bound of counts."""
    if not query:
        return [], True
    rows = after_cursor(rows, order=order, cursor=cursor)
    expected = _expected(rows, query)
    if expected <= FEW:
        return _among_all(rows, query, order=order, limit=COUNT_BOUND + 1), True
    moment = _moment_of_weeks(rows.model, order)
    if moment is None or expected > FREQUENT:
        newest = NEWEST if moment else NEWEST_WITHOUT_WEEKS
        ids = _among_newest(rows, query, order=order, limit=limit, newest=newest)
        if len(ids) >= limit:
            return ids, False
    if moment is None:
        return _among_all(rows, query, order=order, limit=COUNT_BOUND + 1), True
    ids = _week_by_week(rows, query, moment=moment, order=order, limit=limit, since=lead_of(cursor))
    return ids, len(ids) < limit


def _expected(rows: QuerySet[Any, Any], query: str) -> int:
    """How many rows of the whole table the statistics expect to contain the words."""
    table = connections[rows.db].ops.quote_name(rows.model._meta.db_table)
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {table} WHERE search @@ %s::tsquery", [query])  # noqa: S608 our table
        (plan,) = cursor.fetchone()
    return int(plan[0]["Plan"]["Plan Rows"])


def _moment_of_weeks(model: type[Model], order: tuple[str, ...]) -> str | None:
    """The column by whose weeks the words of `model` are indexed, if the newest come first in this order."""
    indexes = (index for index in model._meta.indexes if isinstance(index, WordIndex))
    return next((index.moment for index in indexes if order[0] == f"-{index.moment}"), None)


def _among_newest(
    rows: QuerySet[Any, Any], query: str, *, order: tuple[str, ...], limit: int, newest: int
) -> list[int]:
    chosen, parameters = _chosen(rows.order_by(*order)[:newest], order, "search")
    return _ids(rows, f"{chosen} WHERE search @@ %s::tsquery", [*parameters, query], order=order, limit=limit)


def _week_by_week(
    rows: QuerySet[Any, Any], query: str, *, moment: str, order: tuple[str, ...], limit: int, since: str | None
) -> list[int]:
    """Hits of one week after the other from `since` back, each sorted: it ends with the week that fills the page.

    Of the older weeks four at a time are passed over where no row has the word. The question is put so that the planner does
    not think of reading the table until the first hit.
    """
    table = connections[rows.db].ops.quote_name(rows.model._meta.db_table)
    hits = rows.filter(IsInWeek(moment), search=Pairs(query)).order_by(*order)
    chosen, parameters = _chosen(hits[:limit], order)
    hit = f"SELECT FROM {table} WHERE {weeks_sql(moment)} @> ARRAY[-spell] AND search @@ %s::tsquery"
    sql = f"""
        SELECT chosen.* FROM (
            SELECT {WEEK.format(f"least(max({moment}), %s::timestamptz)")} AS newest,
                   {WEEK.format(f"min({moment})")} AS oldest FROM {table}
        ) AS known,
        generate_series(newest / {WEEKS_OF_SPELL}, oldest / {WEEKS_OF_SPELL}, -1) AS spell,
        LATERAL (
            SELECT chosen.* FROM generate_series(
                least({WEEKS_OF_SPELL} * (spell + 1) - 1, newest), {WEEKS_OF_SPELL} * spell, -1
            ) AS week, LATERAL {chosen}
            WHERE spell >= newest / {WEEKS_OF_SPELL} - 1
                OR (WITH hit AS MATERIALIZED ({hit}) SELECT EXISTS (SELECT FROM hit))
            LIMIT {limit:d}
        ) AS chosen LIMIT {limit:d}
    """  # noqa: S608 names of our own
    return _ids(rows, f"({sql}) AS found", [since, *parameters, query], order=order, limit=limit)


def _among_all(rows: QuerySet[Any, Any], query: str, *, order: tuple[str, ...], limit: int) -> list[int]:
    """The word index names the hits; the limit that limits nothing keeps the planner from walking along the order."""
    hits = rows.filter(search=Pairs(query)).order_by()
    chosen, parameters = _chosen(hits[:EVERYTHING], order)
    return _ids(rows, chosen, parameters, order=order, limit=limit)


def _chosen(rows: QuerySet[Any, Any], order: tuple[str, ...], *more: str) -> tuple[str, Sequence[Any]]:
    """Some rows with what they are sorted by, as a table of a statement."""
    columns = list(dict.fromkeys([*(name.lstrip("-") for name in order), "pk", *more]))
    inner, parameters = rows.values_list(*columns).query.sql_with_params()
    names = ", ".join(columns)
    return f"({inner}) AS chosen ({names})", parameters


def _ids(
    rows: QuerySet[Any, Any], table: str, parameters: Sequence[Any], *, order: tuple[str, ...], limit: int
) -> list[int]:
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"SELECT pk FROM {table} ORDER BY {in_sql(order)} LIMIT %s", [*parameters, limit])  # noqa: S608 our names
        return [row[0] for row in cursor.fetchall()]
