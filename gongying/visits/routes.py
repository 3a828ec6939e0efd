"""In which order the doors of an afternoon are rung at: building by building, entrance by entrance, from the top down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from gongying.customers.models import HouseholdWarning
from gongying.estates.models import Building, Unit
from gongying.visits.models import HomeVisit


@dataclass(frozen=True)
class Stop:
    visit: HomeVisit
    warnings: Sequence[HouseholdWarning]


@dataclass(frozen=True)
class Leg:
    """What is done in one building."""

    building: Building
    stops: Sequence[Stop]


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """One takes the lift up and walks down: the highest door of an entrance first."""
    ordered = sorted(units, key=lambda unit: unit.sort_key, reverse=True)
    return sorted(ordered, key=lambda unit: (unit.project_id, unit.building_id, unit.entrance_id or 0))


def route_of(visits: Iterable[HomeVisit]) -> list[Leg]:
    """In the order of their times, grouped by building; with what to mind at each door."""
    rows = sorted(visits, key=lambda visit: (visit.planned_for, visit.pk))
    first = {
        building: min(row.planned_for for row in rows if row.building_id == building) for building in _places(rows)
    }
    rows.sort(key=lambda row: (first[row.building_id], row.building_id, row.planned_for, row.pk))
    warnings = _warnings_of(rows)
    return [
        Leg(stops[0].unit.building, [Stop(visit, warnings.get(visit.unit_id, ())) for visit in stops])
        for _building, group in groupby(rows, key=lambda row: row.building_id)
        if (stops := list(group))
    ]


def _places(rows: Sequence[HomeVisit]) -> set[Any]:
    return {row.building_id for row in rows}


def _warnings_of(rows: Sequence[HomeVisit]) -> dict[int, list[HouseholdWarning]]:
    found: dict[int, list[HouseholdWarning]] = {}
    units = {row.unit_id for row in rows}
    for warning in HouseholdWarning.objects.in_force().filter(unit__in=units).order_by("pk"):
        found.setdefault(warning.unit_id, []).append(warning)
    return found
