"""What is open in a place. Apps that have open work register how to find it; this app knows none of them.

register_workload(Workload(_("requests"), open_at=lambda places: ServiceRequest.objects.open().filter(places)))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from gongying.organization.models import Territory


@dataclass(frozen=True)
class Workload:
    """`open_at(places)`: the open rows where `places`, a condition on project_id, building_id and entrance_id, holds."""

    label: str | Promise
    open_at: Callable[[Q], QuerySet[Any]]
    url_name: str = ""  # the page of one such row
    permission: str = ""  # to open it


@dataclass(frozen=True)
class OpenWork:
    label: str | Promise
    number: int
    newest: list[Model]
    url_name: str = ""
    permission: str = ""


MOST_SHOWN = 20
_workloads: dict[str, Workload] = {}
_places_of: list[Callable[[Territory], Q]] = []


def register_workload(key: str, workload: Workload) -> None:
    _workloads[key] = workload


def register_places(places_of: Callable[[Territory], Q]) -> None:
    """Which places a territory covers is known higher up (`estates`)."""
    _places_of[:] = [places_of]


def open_work_at(places: Q) -> list[OpenWork]:
    found = []
    for workload in _workloads.values():
        rows = workload.open_at(places)
        number = rows.order_by().count()
        if number:
            newest = list(rows.order_by("-pk")[:MOST_SHOWN])
            found.append(OpenWork(workload.label, number, newest, workload.url_name, workload.permission))
    return found


def open_work_of(territory: Territory) -> list[OpenWork]:
    """What is open today in the places that the territory covers."""
    return [work for places_of in _places_of for work in open_work_at(places_of(territory))]
