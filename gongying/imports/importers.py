"""The contract between the import pipeline, which knows no business, and the apps that own the rows.

An app declares an `Importer` and registers it at start-up. Its `plan` reads the mapped rows and the database, writes nothing, and
says into a `Draft` what it would create and change and what it finds wrong. The pipeline shows that as the preview, writes it all
or nothing, and can take it back.
"""

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from django.db.models import Model
from django.db.models.base import ModelState
from django.utils.functional import Promise

from gongying.accounts.models import User
from gongying.common.places import Place
from gongying.imports.complaints import Unreadable
from gongying.imports.enums import FindingKind
from gongying.imports.sheet_tables import Record, names_a_thing, shown
from gongying.imports.workbooks import Cell

KEPT_FINDINGS: Final = 1000
# New rows are shown as samples: all of them are the file itself.
KEPT_SAMPLES: Final = 100
LONGEST_SENTENCE: Final = 500
Words = str | Promise
RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True)
class ImportField:
    """Something a column can hold. `words` are the headers it is known by."""

    name: str
    label: Words
    words: Sequence[str] = ()
    is_required: bool = False
    example: str = ""


def read_fields(
    file: Path, labels: Mapping[str, Words], *, required: frozenset[str] = frozenset()
) -> tuple[ImportField, ...]:
    """Fields in the order of `labels`, with header words and examples from a data file of the app."""
    known = json.loads(file.read_text(encoding="utf-8"))
    return tuple(
        ImportField(name, label, known[name]["words"], name in required, known[name]["example"])
        for name, label in labels.items()
    )


@dataclass(frozen=True)
class ImportOption:
    """A choice the person makes for the whole file."""

    name: str
    label: Words
    choices: Sequence[tuple[str, Words]]
    initial: str = ""

    @property
    def default(self) -> str:
        return self.initial or self.choices[0][0]


@dataclass(frozen=True, slots=True)
class MappedRow:
    """A row of the file, read by field instead of by column."""

    record: Record
    positions: Mapping[str, int]

    @property
    def titles(self) -> tuple[str, ...]:
        """What stands above the row: the title inside its table, and the sheet's name where somebody gave it one."""
        sheet = self.record.sheet if names_a_thing(self.record.sheet) else ""
        return tuple(filter(None, (self.record.section, sheet)))

    def cell(self, name: str) -> Cell:
        position = self.positions.get(name)
        return "" if position is None else self.record.cells[position]

    def has(self, name: str) -> bool:
        cell = self.cell(name)
        return not isinstance(cell, str) or bool(cell.strip())

    def is_merged_with_above(self, name: str) -> bool:
        return self.positions.get(name) in self.record.merged


@dataclass(frozen=True, slots=True)
class Finding:
    kind: FindingKind
    sentence: str
    sheet: str = ""
    row: int | None = None
    column: str = ""


@dataclass(slots=True)
class Change:
    """An existing row and the values it gets."""

    instance: Model
    before: dict[str, Any]
    after: dict[str, Any]

    def in_words(self) -> str:
        """What changes from which value to which, for the preview."""
        return "; ".join(
            f"{self._label(name)} {self._shown(name, old)} → {self._shown(name, new)}"
            for name, old, new in self._values()
        )

    def _values(self) -> list[tuple[str, Any, Any]]:
        return [(name, self.before[name], value) for name, value in self.after.items()]

    def _label(self, name: str) -> Any:
        return getattr(self.instance._meta.get_field(name), "verbose_name", name)

    def _shown(self, name: str, value: Any) -> Any:
        choices = dict(getattr(self.instance._meta.get_field(name), "flatchoices", ()))
        return "–" if value in (None, "") else choices.get(value, value)


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    verb: str
    subjects: tuple[Model, ...]
    at: datetime
    place: Place
    details: dict[str, Any]


put = object.__setattr__


def new_row(model: type[RowT], **values: Any) -> RowT:
    """An unsaved instance for a draft, a tenth of the price of `Model(…)`: an import makes half a million.

    Values are given by field name, foreign keys as instances; signals of instance creation are not sent. Attributes are set one by
    one, never through `__dict__`: so all instances of a model share their names, and each takes half the memory.
    """
    blank, fresh, relations = _blank(model)
    row = model.__new__(model)
    for name, value in blank:
        put(row, name, value)
    for name, default in fresh:
        put(row, name, default())
    state = ModelState()
    put(row, "_state", state)
    for name, value in values.items():
        if name in relations:
            put(
                row, relations[name], None if value is None else value.pk
            )  # first: it forgets what was behind another key
            state.fields_cache[name] = value
        else:
            put(row, name, value)
    return row


@cache
def _blank(model: type[Model]) -> tuple[list[tuple[str, Any]], list[tuple[str, Callable[[], Any]]], dict[str, str]]:
    """The state of `model()`, the defaults to be called for every row, and the columns of its foreign keys."""
    fields: list[Any] = list(model._meta.concrete_fields)
    state = [(name, value) for name, value in model().__dict__.items() if name != "_state"]
    fresh = [(field.attname, field.default) for field in fields if field.has_default() and callable(field.default)]
    return state, fresh, {field.name: field.attname for field in fields if field.is_relation}


def unreported(done: int, total: int) -> None:
    """Nobody waits for the progress."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A row that an operation makes, since more happens with it than the row: a request, its clocks, its news."""

    model: type[Model]
    row: MappedRow
    act: Callable[[], Model]


@dataclass(frozen=True, slots=True)
class Undoing:
    """How rows that operations made are taken back: why they cannot be, and the operation that does it."""

    reasons: Callable[[Sequence[int]], Iterable[str]]
    act: Callable[[Sequence[int], User], None]


@dataclass
class Draft:
    """What an import would do, gathered row by row. Nothing here touches the database."""

    project_id: int
    by: User
    options: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    report_progress: Callable[[int, int], None] = unreported
    created: dict[type[Model], list[Model]] = field(default_factory=dict)
    changes: dict[Model, Change] = field(default_factory=dict)
    events: list[PlannedEvent] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    finding_counts: Counter[str] = field(default_factory=Counter)

    def create(self, instance: RowT) -> RowT:
        """Plan a new row. It may refer to other planned rows; keys are given when it is written."""
        self.created.setdefault(type(instance), []).append(instance)
        return instance

    def act(self, model: type[Model], row: MappedRow, act: Callable[[], Model]) -> None:
        """Plan an operation that makes a row of `model`; it is called when the draft is written, after all else."""
        self.deeds.append(Deed(model, row, act))

    def change(self, instance: Model, **values: Any) -> bool:
        """Plan new values for an existing row; False where it has them already."""
        differing = {name: value for name, value in values.items() if getattr(instance, name) != value}
        if not differing:
            return False
        change = self.changes.setdefault(instance, Change(instance, {}, {}))
        for name, value in differing.items():
            change.before.setdefault(name, getattr(instance, name))
            change.after[name] = value
            setattr(instance, name, value)
        return True

    def record(
        self, verb: str, *, subjects: Sequence[Model | None], at: datetime, place: Place, **details: Any
    ) -> None:
        """Plan an entry of the journal about planned or existing rows."""
        known = tuple(subject for subject in subjects if subject is not None)
        self.events.append(PlannedEvent(verb, known, at, place, details))

    @property
    def extent(self) -> tuple[int, int, int]:
        """How much is planned and said so far: a row after which it is the same had nothing new."""
        planned = sum(map(len, self.created.values())) + len(self.deeds)
        return planned, len(self.changes), self.finding_counts.total()

    def created_since(self, extent: Mapping[type[Model], int]) -> list[Model]:
        """The rows planned since `created_so_far` gave that extent."""
        return [row for model, rows in self.created.items() for row in rows[extent.get(model, 0) :]]

    @property
    def created_so_far(self) -> dict[type[Model], int]:
        return {model: len(rows) for model, rows in self.created.items()}

    @property
    def has_errors(self) -> bool:
        return self.finding_counts[FindingKind.ERROR] > 0

    def counts(self, *, rows: int) -> dict[str, Any]:
        changed = Counter(change.instance._meta.label for change in self.changes.values())
        created = Counter({model._meta.label: len(instances) for model, instances in self.created.items()})
        created.update(deed.model._meta.label for deed in self.deeds)
        return {
            "rows": rows,
            "created": dict(created),
            "changed": dict(changed),
            "findings": dict(self.finding_counts),
        }

    def option(self, name: str) -> str:
        return self.options.get(name, "")

    def error(self, row: MappedRow, name: str, sentence: Words) -> None:
        self.find(FindingKind.ERROR, row, sentence, name)

    def find(
        self, kind: FindingKind, row: MappedRow | None, sentence: Words | Callable[[], Words], name: str = ""
    ) -> None:
        """Keep the finding for the report; of each kind only the first ones, the rest is counted.

        A sentence said of every row may be given as a function: it is called only where it is kept.
        """
        self.finding_counts[kind] += 1
        if self.finding_counts[kind] > (KEPT_SAMPLES if kind == FindingKind.CREATED else KEPT_FINDINGS):
            return
        sheet, number = (row.record.sheet, row.record.row) if row else ("", None)
        column = self.labels.get(name, "")
        words = str(sentence() if callable(sentence) else sentence)
        self.findings.append(Finding(kind, words[:LONGEST_SENTENCE], sheet, number, column))

    def read(self, row: MappedRow, name: str, reader: Callable[[Cell], Any]) -> Any:
        """The cell of a field as `reader` understands it; None where it is empty or, with an error, unreadable."""
        if not row.has(name):
            return None
        try:
            return reader(row.cell(name))
        except (Unreadable, ValueError) as complaint:
            self.error(row, name, str(complaint))
            return None


class Importer(ABC):
    """One kind of file. Stateless: everything about a run is in its rows and its draft."""

    key: ClassVar[str]
    label: ClassVar[Words]
    description: ClassVar[Words]
    # Asked besides `imports.run_import`.
    permission: ClassVar[str]
    fields: ClassVar[Sequence[ImportField]]
    options: ClassVar[Sequence[ImportOption]] = ()
    # Of a file without columns of its own nobody is asked what they mean.
    has_columns: ClassVar[bool] = True
    # By label of the model: how what its deeds made is taken back.
    undoings: ClassVar[Mapping[str, Undoing]] = {}

    @abstractmethod
    def plan(self, rows: Sequence[MappedRow], draft: Draft) -> None:
        """Say into `draft` what these rows would do. Reads set-wise: no query per row."""

    def words(self) -> dict[str, Sequence[str]]:
        return {field.name: field.words for field in self.fields}

    def is_example(self, row: MappedRow) -> bool:
        """Whether the row is the one that the template shows: every example of it stands there unaltered."""
        return all(shown(row.cell(field.name)) == shown(field.example) for field in self.fields)

    def field(self, name: str) -> ImportField | None:
        return next((field for field in self.fields if field.name == name), None)


_importers: dict[str, Importer] = {}


def register_importer(importer: Importer) -> None:
    if _importers.setdefault(importer.key, importer) is not importer:
        raise ValueError(f"two importers are called {importer.key!r}")


def find_importer(key: str) -> Importer | None:
    return _importers.get(key)


def all_importers() -> tuple[Importer, ...]:
    return tuple(_importers.values())
