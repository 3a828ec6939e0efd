"""Many rows at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.db.models.fields.json import JSONField


def insert_all(model: type[models.Model], instances: Sequence[models.Model]) -> None:
    """COPY the instances into their table with keys from its own sequence: some ten times faster than INSERT."""
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.generated]
    relations = [(field.name, field.attname) for field in fields if field.is_relation]
    set_keys: Callable[[Any], None] | None = getattr(model, "set_keys", None)
    for instance, key in zip(instances, _next_keys(model, len(instances)), strict=True):
        instance.pk = key
        instance._state.adding = False
        if set_keys is not None:  # what `save` would have derived
            set_keys(instance)
    for instance in instances:
        cache = instance._state.fields_cache
        for name, attname in relations:
            # A planned row got its key after it was referred to.
            if (other := cache.get(name)) is not None:
                setattr(instance, attname, other.pk)
    _copy(model, [field.column for field in fields], _raw_rows(fields, instances))


def _raw_rows(fields: Sequence[Any], instances: Sequence[models.Model]) -> Iterator[Sequence[Any]]:
    """Values as psycopg writes them by itself; the field's own preparation, a hundred times slower, only where it matters."""
    prepared = {
        field.attname: field
        for field in fields
        if isinstance(field, JSONField) or getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    }
    names = [field.attname for field in fields]
    # Not out of `__dict__`: asked for it, each instance would make one.
    values_of = attrgetter(*names)
    for instance in instances:
        values = values_of(instance)
        if prepared:
            yield [
                _prepared(prepared[name], instance) if name in prepared else value
                for name, value in zip(names, values, strict=True)
            ]
        else:
            yield values


def _prepared(field: Any, instance: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(instance, add=True), connection)


def _next_keys(model: type[models.Model], count: int) -> list[int]:
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(name) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) AS sequence,"
            " generate_series(1, %s)",
            [f'"{table}"', column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def _copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
