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
RECIPIENTS = tuple(Recipient.values)
PLACE = ("service_request__project_id", "service_request__building_id", "service_request__entrance_id")

# Of a step to somebody in an area: ids of users, in the order in which they are told.
Hearers = Callable[[str, Area], Iterable[int]]


@dataclass(frozen=True)
class Climber:
    """A kind of thing with a ladder, and its statements: they take steps, and say them to the journal and to people."""

    model: type[models.Model]
    department: str  # which one hears of it: the way to its id
    take_steps: str  # of `things`, which lie in `thing_areas`; gives the ids of the steps
    entries: str  # of `steps`, in their order
    news: str  # of `events`, which are the entries of `steps`
    hearers: Callable[[Collection[Area]], Hearers]


class Due(NamedTuple):
    """Things of one area whose next step has come."""

    area: Area
    things: list[int]


# What the statements call "ladders": their steps as arrays, for the thousands of things that stand on a few of them.
LADDERS = """
    ladders AS MATERIALIZED (
        SELECT ladder.id, array_agg(percent ORDER BY n) AS percents, array_agg("to" ORDER BY n) AS tos
        FROM servicedesk_escalationladder ladder
        CROSS JOIN ROWS FROM (jsonb_to_recordset(ladder.steps) AS (percent smallint, "to" text)) WITH ORDINALITY
            AS step (percent, "to", n)
        GROUP BY ladder.id
    )
"""


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
    events = record_selected(climber.entries, {"steps": _array(steps), "breach": BREACH})
    notify_selected(climber.news, {"steps": _array(steps), "events": _array(events)})
    return len(steps)


def _due(climber: Climber, now: datetime) -> list[Due]:
    """Locked, and put together by who hears of them: there are far fewer areas than things."""
    rows: Any = climber.model._default_manager.filter(next_step_at__lte=now).order_by("next_step_at", "pk")
    locked = rows.select_for_update(of=("self",), skip_locked=True, no_key=True)[:SET]
    inner, parameters = locked.values_list(*PLACE, climber.department, "pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT project, building, entrance, department, array_agg(pk) FROM ({inner})"  # noqa: S608 our own
            " AS due (project, building, entrance, department, pk) GROUP BY 1, 2, 3, 4",
            parameters,
        )
        return [Due(Area(Place(*place), department), things) for *place, department, things in cursor.fetchall()]


def _take_steps(climber: Climber, due: list[Due], now: datetime) -> list[int]:
    """The ids of the steps; those of the things that have waited longest come first."""
    hearers = climber.hearers([each.area for each in due])
    told = [
        (number, to, user) for number, each in enumerate(due) for to in RECIPIENTS for user in hearers(to, each.area)
    ]
    with connection.cursor() as cursor:
        # Rows that were read a moment ago cost no disk: each by its key, not the whole table beside them.
        cursor.execute("SET LOCAL random_page_cost = 1")
        cursor.execute(
            climber.take_steps,
            {
                "things": _array(thing for each in due for thing in each.things),
                "thing_areas": _array(number for number, each in enumerate(due) for _thing in each.things),
                "areas": _array(number for number, _to, _user in told),
                "tos": _array(to for _number, to, _user in told),
                "people": _array(user for _number, _to, user in told),
                "unfinished": list(UNFINISHED_WORK),
                "doer": Recipient.DOER,
                "breach": BREACH,
                "now": now,
            },
        )
        return [pk for (pk,) in cursor.fetchall()]


def _array(values: Iterable[int | str]) -> str:
    """Thousands of numbers or plain words as the database reads them, at a tenth of the cost of a list."""
    return f"{{{','.join(map(str, values))}}}"
