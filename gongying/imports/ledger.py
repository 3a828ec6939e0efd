"""Write a draft as one block of rows, remember every row, and take them back."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from graphlib import TopologicalSorter
from typing import Any, Final

from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models.fields.json import JSONField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.copying import insert_all
from gongying.common.errors import Refused
from gongying.events.models import Event, EventSubject, kind_of
from gongying.imports.importers import Change, Deed, Draft, PlannedEvent
from gongying.imports.models import ChangedRow, CreatedRows, ImportRun

BATCH: Final = 1000
CHANGED_MEANWHILE = gettext_lazy("The register changed while the file was being written. Check it again.")
Progress = Callable[[int, int], None]


def write_draft(draft: Draft, *, run: ImportRun, progress: Progress) -> None:
    """Write everything that `draft` plans, in the order its foreign keys need, and enter it into the ledger.

    New rows come before changed ones: what is only then free of conflict is looked at when all is written.
    """
    defer_constraints()
    ordered = in_order_of_reference(draft.created)
    total = sum(map(len, draft.created.values())) + len(draft.changes) + len(draft.events) + len(draft.deeds)
    done = 0
    for model in ordered:
        instances = draft.created[model]
        insert_all(model, instances)
        keys = [instance.pk for instance in instances]
        CreatedRows.objects.create(run=run, model=model._meta.label, keys=keys)
        done += len(instances)
        progress(done, total)
    _change(run, list(draft.changes.values()))
    _write_events(draft.events, run=run)
    done = total - len(draft.deeds)
    _act(draft.deeds, run=run, progress=lambda acted: progress(done + acted, total))
    progress(total, total)


def _act(deeds: Sequence[Deed], *, run: ImportRun, progress: Callable[[int], None]) -> None:
    keys: dict[str, list[int]] = {}
    for done, deed in enumerate(deeds, start=1):
        try:
            keys.setdefault(deed.model._meta.label, []).append(deed.act().pk)
        except Refused as refusal:
            where = {"row": deed.row.record.row, "why": refusal}
            raise Refused(_("Row %(row)s: %(why)s") % where) from refusal
        progress(done)
    CreatedRows.objects.bulk_create(CreatedRows(run=run, model=label, keys=made) for label, made in keys.items())


def defer_constraints() -> None:
    """Those that can be: they are checked at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def in_order_of_reference(created: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """Models so that each comes after those it refers to."""
    created = list(created)
    sorter: TopologicalSorter[type[models.Model]] = TopologicalSorter()
    for model in created:
        referred = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
        sorter.add(model, *(other for other in created if other in referred and other is not model))
    return list(sorter.static_order())


def _refuse_changed_meanwhile(model: type[models.Model], changes: Sequence[Change], names: Sequence[str]) -> None:
    """A plan of many rows takes a while: nothing is written over what somebody has changed since it was read.

    The rows are held, in the order of their ids; what is read of each is all that will be written to it.
    """
    ordered = sorted(changes, key=lambda change: change.instance.pk)
    rows = model._default_manager.select_for_update(of=("self",), no_key=True).order_by("pk")
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        present = {row.pk: row for row in rows.filter(pk__in=[change.instance.pk for change in batch])}
        if any(not _is_as_read(present.get(change.instance.pk), change, names) for change in batch):
            raise Refused(CHANGED_MEANWHILE)


def _is_as_read(present: models.Model | None, change: Change, names: Sequence[str]) -> bool:
    return present is not None and all(
        getattr(present, name) == (change.before[name] if name in change.before else getattr(change.instance, name))
        for name in names
    )


def _change(run: ImportRun, changes: Sequence[Change]) -> None:
    by_model: dict[type[models.Model], list[Change]] = {}
    for change in changes:
        by_model.setdefault(type(change.instance), []).append(change)
    for model, same in by_model.items():
        names = sorted({name for change in same for name in change.after})
        is_versioned = any(field.name == "version" for field in model._meta.concrete_fields)
        _refuse_changed_meanwhile(model, same, [*names, "version"] if is_versioned else names)
        if is_versioned:
            names.append("version")
            for change in same:
                change.instance.version += 1  # type: ignore[attr-defined]
        model._default_manager.bulk_update([change.instance for change in same], names, batch_size=BATCH)
    ChangedRow.objects.bulk_create(
        (
            ChangedRow(
                run=run,
                model=change.instance._meta.label,
                object_id=change.instance.pk,
                before=_as_json(change.instance, change.before),
                after=_as_json(change.instance, change.after),
            )
            for change in changes
        ),
        batch_size=BATCH,
    )


def _as_json(instance: models.Model, values: dict[str, Any]) -> dict[str, Any]:
    """Values by field name as the model's own text form, which `to_python` reads back; foreign keys as ids."""
    plain = {}
    for name, value in values.items():
        field = instance._meta.get_field(name)
        plain[name] = value.pk if isinstance(value, models.Model) else value
        if isinstance(value, bool | int | dict | list) or value is None or isinstance(field, JSONField):
            continue
        plain[name] = _range_as_json(value) if isinstance(value, Range) else str(plain[name])
    return plain


def _range_as_json(value: Any) -> str:
    """As the range fields of Django read it back."""
    lower, upper = (None if end is None else str(end) for end in (value.lower, value.upper))
    return json.dumps({"lower": lower, "upper": upper, "bounds": value.bounds})


def _write_events(events: Sequence[PlannedEvent], *, run: ImportRun) -> None:
    """The journal's entries of an import, in bulk; they say which import they came from."""
    if not events:
        return
    rows = [
        Event(
            verb=event.verb,
            actor=run.by,
            at=event.at,
            project_id=event.place.project_id,
            building_id=event.place.building_id,
            entrance_id=event.place.entrance_id,
            details={**event.details, "import": run.pk},
        )
        for event in events
    ]
    insert_all(Event, rows)
    insert_all(EventSubject, list(_subjects(rows, events)))


def _subjects(rows: Sequence[Event], events: Sequence[PlannedEvent]) -> Iterator[EventSubject]:
    for row, event in zip(rows, events, strict=True):
        for kind, key in dict.fromkeys((kind_of(subject), subject.pk) for subject in event.subjects):
            yield EventSubject(event=row, kind=kind, object_id=key, at=event.at)
