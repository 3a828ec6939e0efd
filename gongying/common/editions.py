"""What changes seldom and is read on every page (who may what, territories, categories) is kept in the process.

Each change of a watched table gives the set-up a new edition, in the same transaction (`watch`, `common_edition`). A page
learns the present edition together with its user, in one statement, and takes what it knows of that edition from memory.
So nobody ever sees an old right, on however many hosts the product runs, and nothing has to expire.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar

from django.db import connection, models
from django.db.migrations import RunSQL
from django.db.models import Subquery

from gongying.common.models import Edition

Value = TypeVar("Value")
Row = TypeVar("Row", bound=models.Model)

NOT_READ = object()
# More of them are made anew: a process answers for some hundred people, not for everybody at once.
MOST_KEPT = 20_000

_present: ContextVar[list[Any] | None] = ContextVar("present_edition", default=None)
# The edition and what is known of it, replaced together.
_memory: tuple[Any, dict[Hashable, Any]] = (None, {})
_lock = Lock()


def watch(table: str, *, columns: tuple[str, ...] = ()) -> RunSQL:
    """A migration's step: changes of this table (of these columns) make a new edition."""
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    return RunSQL(
        f"CREATE TRIGGER new_edition AFTER INSERT OR {update} OR DELETE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION gongying_new_edition()",
        f"DROP TRIGGER new_edition ON {table}",
    )


def edition_column() -> Subquery:
    """To read the edition along with a row: `users.annotate(edition=edition_column())`, then `note_edition`."""
    return Subquery(Edition.objects.values("token")[:1], output_field=models.UUIDField(null=True))


def read_edition() -> Any:
    """Ask the database; None where nothing was ever changed (an empty installation)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM common_edition")
        row = cursor.fetchone()
    return row and row[0]


def renew_edition() -> None:
    """For what fills tables while triggers stand aside."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gongying_renew_edition()")


@contextmanager
def one_request() -> Iterator[None]:
    """Inside, the edition is asked for once."""
    token = _present.set([NOT_READ])
    try:
        yield
    finally:
        _present.reset(token)


@contextmanager
def as_of(edition: Any) -> Iterator[None]:
    """Inside, this edition is the present one: it was read along with a row, so that it need not be asked for again."""
    token = _present.set([edition])
    try:
        yield
    finally:
        _present.reset(token)


def note_edition(edition: Any) -> None:
    """The edition that came along with the request's user."""
    holder = _present.get()
    if holder is not None:
        holder[0] = edition


def present_edition() -> Any:
    holder = _present.get()
    if holder is None:
        return read_edition()
    if holder[0] is NOT_READ:
        holder[0] = read_edition()
    return holder[0]


def kept(key: Hashable, make: Callable[[], Value]) -> Value:
    """`make()`, or what it gave earlier in this edition. Read only watched tables in it, and never change what it gave.

    What is new is kept under the edition that its own transaction sees: a change that is rolled back leaves nothing behind.
    """
    edition, (known_edition, known) = present_edition(), _memory
    if edition is not None and edition == known_edition and key in known:
        return known[key]  # type: ignore[no-any-return]
    now = read_edition()
    found = make()
    # Who began in an older edition knows things of that one, and may have made it of them.
    if now is not None and edition in (None, now):
        _keep(now, key, found)
    return found


def fill_from_memory(row: models.Model, *names: str) -> None:
    """Set foreign keys to watched tables without asking. The rows they lead to are shared: never change or save them."""
    for name in names:
        field: Any = row._meta.get_field(name)
        pk = getattr(row, field.attname)
        if pk is not None:
            setattr(row, name, kept_row(field.related_model, pk))


def fill_all_from_memory(rows: Sequence[models.Model], *names: str) -> None:
    """`fill_from_memory` of many rows; what is not kept yet is read in one statement for each of `names`."""
    for name in names:
        if not rows:
            return
        field: Any = rows[0]._meta.get_field(name)
        wanted = {pk for row in rows if (pk := getattr(row, field.attname)) is not None}
        _read_missing(field.related_model, wanted)
    for row in rows:
        fill_from_memory(row, *names)


def _read_missing(model: type[Row], wanted: Collection[Any]) -> None:
    edition, (known_edition, known) = present_edition(), _memory
    missing = [pk for pk in wanted if edition is None or edition != known_edition or (model, pk) not in known]
    if len(missing) > 1:
        edition = read_edition()
        found = model._default_manager.in_bulk(missing)
        if edition is not None:
            for pk, row in found.items():
                _keep(edition, (model, pk), row)


def kept_row(model: type[Row], pk: Any) -> Row:
    return kept((model, pk), lambda: model._default_manager.get(pk=pk))


def _keep(edition: Any, key: Hashable, value: Any) -> None:
    global _memory  # noqa: PLW0603 one memory per process
    with _lock:
        known_edition, known = _memory
        if edition != known_edition or len(known) >= MOST_KEPT:
            known = {}
            _memory = (edition, known)
        known[key] = value
