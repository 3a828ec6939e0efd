"""How a set of things takes the steps of its ladder that have come: those of `sweep` and of `support_sweep`.

Set by set, each in its own transaction: rows that another worker holds are passed over, and what was taken is written
together with the thing that moved on, so that a sweep that is killed has done a set whole or not at all. Thousands of
rows never leave the database for it: Python is asked only who serves the places they lie in.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models, transaction

from gongying.common.places import Place
from gongying.events.operations import record_selected
from gongying.notifications.operations import notify_selected
from gongying.servicedesk.enums import UNFINISHED_WORK, Recipient
from gongying.servicedesk.ladder_recipients import Area
from gongying.servicedesk.models.clocks import BREACH

SET = 5_000
PLACE = ("service_request__project_id", "service_request__building_id", "service_request__entrance_id")

# Of a step to somebody in an area: ids of users, in the order in which they are told.
Hearers = Callable[[str, Area], Iterable[int]]


@dataclass(frozen=True)
class Climber:
    """A kind of thing with a ladder, and its statements: they take steps, and say them to the journal and to people."""

    model: type[models.Model]
    department: str  # which one hears of it: the way to its id
    take_steps: str  # of `things`, which lie in `thing_areas`; gives the ids of the steps in the order of the things
    entries: str  # of `steps`, in their order
    news: str  # of `events`, which are the entries of `steps`
    hearers: Callable[[Collection[Area]], Hearers]


class Due(NamedTuple):
    """A thing whose next step has come, and what decides who serves its place."""

    pk: int
    project_id: int | None
    building_id: int | None
    entrance_id: int | None
    department_id: int

    @property
    def area(self) -> Area:
        return Area(Place(self.project_id, self.building_id, self.entrance_id), self.department_id)


def climb(climber: Climber, now: datetime) -> int:
    """Take all steps that have come. How many."""
    taken = 0
    while (number := _climb_set(climber, now)) is not None:
        taken += number
    return taken


@transaction.atomic
def _climb_set(climber: Climber, now: datetime) -> int | None:
    """The things that have waited longest; None when nothing is left."""
    due = _due(climber, now)
    if not due:
        return None
    steps = _take_steps(climber, due, now)
    events = record_selected(climber.entries, {"steps": steps, "breach": BREACH})
    notify_selected(climber.news, {"steps": steps, "events": events})
    return len(steps)


def _due(climber: Climber, now: datetime) -> list[Due]:
    rows: Any = climber.model._default_manager.filter(next_step_at__lte=now).order_by("next_step_at", "pk")
    locked = rows.select_for_update(of=("self",), skip_locked=True)[:SET]
    return [Due(*row) for row in locked.values_list("pk", *PLACE, climber.department)]


def _take_steps(climber: Climber, due: list[Due], now: datetime) -> list[int]:
    """The ids of the steps, in the order of their things."""
    areas: dict[Area, int] = {}
    thing_areas = [areas.setdefault(thing.area, len(areas)) for thing in due]
    hearers = climber.hearers(areas)
    told = [
        (number, to, user) for area, number in areas.items() for to in Recipient.values for user in hearers(to, area)
    ]
    with connection.cursor() as cursor:
        # Rows that were read a moment ago cost no disk: each by its key, not the whole table beside them.
        cursor.execute("SET LOCAL random_page_cost = 1")
        cursor.execute(
            climber.take_steps,
            {
                "things": [thing.pk for thing in due],
                "thing_areas": thing_areas,
                "areas": [number for number, _to, _user in told],
                "tos": [to for _number, to, _user in told],
                "people": [user for _number, _to, user in told],
                "unfinished": list(UNFINISHED_WORK),
                "doer": Recipient.DOER,
                "breach": BREACH,
                "now": now,
            },
        )
        return [pk for (pk,) in cursor.fetchall()]
