"""Take back what an import wrote, unless later work stands on it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from gongying.common.errors import Refused
from gongying.imports.enums import ImportState
from gongying.imports.importers import Undoing, find_importer
from gongying.imports.ledger import defer_constraints, in_order_of_reference
from gongying.imports.models import ChangedRow, ImportRun

Report = Callable[[int, int], None]

SHOWN_REASONS: Final = 5
BATCH: Final = 1000


def reasons_against(run: ImportRun, report: Report | None = None) -> list[str]:
    """Why the import cannot be taken back, in words; empty where nothing was built on it."""
    created, changed = _created_keys(run), _changed_models(run)
    steps = _Steps(report, sum(map(len, created.values())))
    reasons: list[str] = []
    undoings = _undoings_of(run)
    for model, keys in created.items():
        if model._meta.label in undoings:
            reasons += undoings[model._meta.label].reasons(keys)
            steps.finish(len(keys))
            continue
        reasons += _references(model, keys, created)
        reasons += _later_edits(model, keys)
        steps.finish(len(keys))
    for model in changed:
        reasons += _changed_since(run, model)
    return reasons


def take_back(run: ImportRun, report: Report | None = None) -> None:
    """Undo what operations made, put changed rows back to what they were and delete created ones, the youngest models first."""
    defer_constraints()
    for model in _changed_models(run):
        _restore(run, model)
    created = _created_keys(run)
    steps = _Steps(report, sum(map(len, created.values())))
    for model, undoing in [(model, _undoings_of(run).get(model._meta.label)) for model in created]:
        if undoing is not None:
            undoing.act(created.pop(model), run.reverted_by or run.by)
    for model in reversed(in_order_of_reference(created)):
        # Nothing refers to them any more, so that Django's own cascade would have nothing to look for.
        _execute(f"DELETE FROM {_table(model)} WHERE id = ANY(%s)", [created[model]])  # noqa: S608 - a table's own name
        steps.finish(len(created[model]))


def _undoings_of(run: ImportRun) -> Mapping[str, Undoing]:
    importer = find_importer(run.kind)
    return importer.undoings if importer else {}


class _Steps:
    """How many of the rows are behind us, told to whoever wants to know."""

    def __init__(self, report: Report | None, total: int) -> None:
        self.report, self.done, self.total = report, 0, total

    def finish(self, rows: int) -> None:
        self.done += rows
        if self.report is not None:
            self.report(self.done, self.total)


def undone_events(prefix: str) -> models.Q:
    """Events that came with an import which was taken back."""
    numbers = ImportRun.objects.filter(state=ImportState.REVERTED).annotate(number=Cast("pk", models.TextField()))
    origin = Coalesce(KeyTextTransform("import", f"{prefix}details"), models.Value(""), output_field=models.TextField())
    return models.Q(_IsAmong(origin, ArraySubquery(numbers.values("number"))))


class _IsAmong(models.Func):
    """In an array that is made once for the statement: a list of rows would have the planner read the whole range instead of its beginning."""

    template, arg_joiner = "(%(expressions)s))", " = ANY("
    output_field = models.BooleanField()


def _created_keys(run: ImportRun) -> dict[type[models.Model], list[int]]:
    """As lists, not as subqueries: how long a query takes must not depend on when the ledger was last analysed."""
    return {apps.get_model(rows.model): rows.keys for rows in run.created.order_by("model")}


def _changed_models(run: ImportRun) -> list[type[models.Model]]:
    labels = run.changes.order_by().values_list("model", flat=True).distinct()
    return [apps.get_model(label) for label in sorted(labels)]


def _references(
    model: type[models.Model], keys: list[int], created: dict[type[models.Model], list[int]]
) -> Iterator[str]:
    """Rows of any model that point at a created row and did not come with this import."""
    relations: list[Any] = list(model._meta.get_fields(include_hidden=True))
    for relation in relations:
        if not relation.auto_created or relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        later = relation.related_model
        if count := len(_pointing_at(keys, relation.field) - set(created.get(later, []))):
            yield _("%(count)s × %(later)s refers to %(model)s of this import.") % {
                "count": count,
                "later": later._meta.verbose_name,
                "model": model._meta.verbose_name,
            }


def _pointing_at(keys: list[int], field: Any) -> set[int]:
    """The rows whose foreign key holds one of `keys`; joined by hash, since after a bulk load the planner knows no statistics."""
    column = connection.ops.quote_name(field.column)
    rows = f"SELECT id FROM {_table(field.model)} AS later JOIN unnest(%s::bigint[]) AS imported(key) ON imported.key = {column}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(rows, [keys])
        found = {pk for (pk,) in cursor.fetchall()}
        cursor.execute("SET LOCAL enable_nestloop = on")
    return found


def _later_edits(model: type[models.Model], keys: list[int]) -> Iterator[str]:
    if _is_versioned(model) and (count := _count(f"{_table(model)} WHERE version > 1 AND id = ANY(%s)", [keys])):
        yield _("%(count)s × %(model)s of this import was changed later.") % {
            "count": count,
            "model": model._meta.verbose_name,
        }


def _count(condition: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {condition}", values)  # noqa: S608 - tables' and columns' own names
        return int(cursor.fetchone()[0])


def _execute(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _changed_since(run: ImportRun, model: type[models.Model]) -> Iterator[str]:
    count = sum(
        1 for instance, row in _changed_rows(run, model) if instance is None or not _holds(instance, row.after or {})
    )
    if count:
        yield _("%(count)s × %(model)s that this import changed was changed again.") % {
            "count": count,
            "model": model._meta.verbose_name,
        }


def _changed_rows(
    run: ImportRun, model: type[models.Model], *, is_held: bool = False
) -> Iterator[tuple[models.Model | None, ChangedRow]]:
    rows = list(run.changes.filter(model=model._meta.label).order_by("object_id"))
    found: models.QuerySet[models.Model] = model._base_manager.order_by("pk")
    if is_held:
        found = found.select_for_update(of=("self",), no_key=True)
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        instances = found.in_bulk([row.object_id for row in batch])
        for row in batch:
            yield instances.get(row.object_id), row


def _holds(instance: models.Model, values: dict[str, Any]) -> bool:
    return all(_value(instance, name) == _read(instance, name, value) for name, value in values.items())


def _value(instance: models.Model, name: str) -> Any:
    return getattr(instance, instance._meta.get_field(name).attname)  # type: ignore[union-attr]


def _read(instance: models.Model, name: str, value: Any) -> Any:
    field: Any = instance._meta.get_field(name)
    return None if value is None else (field.target_field if field.is_relation else field).to_python(value)


def _restore(run: ImportRun, model: type[models.Model]) -> None:
    instances: list[models.Model] = []
    names: set[str] = set()
    # Held, and looked at once more: somebody may have changed one since the reasons against it were looked for.
    for instance, row in _changed_rows(run, model, is_held=True):
        if instance is None or not _holds(instance, row.after or {}):
            raise Refused(" ".join(_changed_since(run, model)))
        for name, value in (row.before or {}).items():
            setattr(instance, instance._meta.get_field(name).attname, _read(instance, name, value))  # type: ignore[union-attr]
            names.add(name)
        if _is_versioned(model):
            instance.version += 1  # type: ignore[attr-defined]
        instances.append(instance)
    if _is_versioned(model):
        names.add("version")
    model._default_manager.bulk_update(instances, sorted(names), batch_size=BATCH)


def _is_versioned(model: type[models.Model]) -> bool:
    return any(field.name == "version" for field in model._meta.concrete_fields)
