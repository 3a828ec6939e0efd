"""Take back what an import wrote, unless later work stands on it."""

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from gongying.imports.enums import RowAction
from gongying.imports.ledger import in_order_of_reference
from gongying.imports.models import ImportedRow, ImportRun

SHOWN_REASONS: Final = 5
BATCH: Final = 1000


def reasons_against(run: ImportRun) -> list[str]:
    """Why the import cannot be taken back, in words; empty where nothing was built on it."""
    reasons: list[str] = []
    for model in _written_models(run, RowAction.CREATED):
        reasons += _references(run, model)
        reasons += _later_edits(run, model)
    for model in _written_models(run, RowAction.CHANGED):
        reasons += _changed_since(run, model)
    return reasons


def take_back(run: ImportRun) -> None:
    """Put changed rows back to what they were and delete created ones, the youngest models first."""
    for model in _written_models(run, RowAction.CHANGED):
        _restore(run, model)
    for model in reversed(in_order_of_reference(_written_models(run, RowAction.CREATED))):
        rows = model._base_manager.filter(pk__in=_keys(run, model, RowAction.CREATED))
        # Nothing refers to them any more, so that Django's own cascade has nothing to look for.
        rows._raw_delete(connection.alias)


def _written_models(run: ImportRun, action: RowAction) -> list[type[models.Model]]:
    labels = run.rows.filter(action=action).order_by().values_list("model", flat=True).distinct()
    return [apps.get_model(label) for label in sorted(labels)]


def _keys(run: ImportRun, model: type[models.Model], action: RowAction) -> QuerySet[ImportedRow, int]:
    return ImportedRow.objects.filter(run=run, model=model._meta.label, action=action).values_list(
        "object_id", flat=True
    )


def _references(run: ImportRun, model: type[models.Model]) -> Iterator[str]:
    """Rows of any model that point at a created row and did not come with this import."""
    relations: list[Any] = list(model._meta.get_fields(include_hidden=True))
    for relation in relations:
        if not relation.auto_created or relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        other: Any = relation.related_model
        name = relation.field.attname
        own = ImportedRow.objects.filter(
            run=run, model=other._meta.label, action=RowAction.CREATED, object_id=OuterRef("pk")
        )
        later = other._base_manager.filter(~Exists(own), **{f"{name}__in": _keys(run, model, RowAction.CREATED)})
        if count := later.count():
            yield _("%(count)s × %(later)s refers to %(model)s of this import.") % {
                "count": count,
                "later": other._meta.verbose_name,
                "model": model._meta.verbose_name,
            }


def _later_edits(run: ImportRun, model: type[models.Model]) -> Iterator[str]:
    if not _is_versioned(model):
        return
    edited = model._base_manager.filter(pk__in=_keys(run, model, RowAction.CREATED), version__gt=1).count()
    if edited:
        yield _("%(count)s × %(model)s of this import was changed later.") % {
            "count": edited,
            "model": model._meta.verbose_name,
        }


def _changed_since(run: ImportRun, model: type[models.Model]) -> Iterator[str]:
    count = sum(
        1 for instance, row in _changed_rows(run, model) if instance is None or not _holds(instance, row.after or {})
    )
    if count:
        yield _("%(count)s × %(model)s that this import changed was changed again.") % {
            "count": count,
            "model": model._meta.verbose_name,
        }


def _changed_rows(run: ImportRun, model: type[models.Model]) -> Iterator[tuple[models.Model | None, ImportedRow]]:
    rows = list(run.rows.filter(model=model._meta.label, action=RowAction.CHANGED))
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        instances = model._base_manager.in_bulk([row.object_id for row in batch])
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
    for instance, row in _changed_rows(run, model):
        if instance is None:
            continue
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
