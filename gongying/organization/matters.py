"""What lies with a person: her open matters of every kind. Apps register theirs; this app knows none of them.

register_matters("promises", Matters(_("promises"), of=open_promises, pass_on=pass_on_promise, url_name="interactions:promise-show"))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from gongying.accounts.models import User


@dataclass(frozen=True)
class Matters:
    """`of(person, seen_by)`: her open ones that somebody sees. `pass_on(row, to=, by=, note=)` gives one to a colleague."""

    label: str | Promise
    of: Callable[[User, User], QuerySet[Any]]
    pass_on: Callable[..., Any]
    url_name: str  # the page of one
    told: Callable[[Any], str] = str  # one in a line of the list
    unit: str = ""  # where its rows name the household that they are about


@dataclass(frozen=True)
class OpenMatters:
    """The matters of one kind that lie with a person, the oldest first."""

    key: str
    kind: Matters
    rows: list[Model]

    @property
    def label(self) -> str | Promise:
        return self.kind.label

    @property
    def lines(self) -> list[tuple[Model, str]]:
        return [(row, self.kind.told(row)) for row in self.rows]


MOST_OF_A_KIND = 200
_kinds: dict[str, Matters] = {}


def register_matters(key: str, matters: Matters) -> None:
    _kinds[key] = matters


def kinds_of_matters() -> list[str]:
    return list(_kinds)


def open_matters_of(person: User, *, seen_by: User, unit_id: int | None = None) -> list[OpenMatters]:
    """Only kinds of which there is something, all of them or of one household; 200 of each, the rest in a second go."""
    kinds = [(key, kind) for key, kind in _kinds.items() if unit_id is None or kind.unit]
    found = [
        OpenMatters(key, kind, list(_rows(kind, person, seen_by, unit_id)[:MOST_OF_A_KIND])) for key, kind in kinds
    ]
    return [matters for matters in found if matters.rows]


def _rows(kind: Matters, person: User, seen_by: User, unit_id: int | None) -> QuerySet[Any]:
    rows = kind.of(person, seen_by).order_by("pk")
    return rows if unit_id is None else rows.filter(**{kind.unit: unit_id})
