"""Every minute, beside the clocks of requests: which support tasks have reached a step of their ladder (R-218).

Set by set as `sweep` does it. The step before the due moment that is for the doer reaches the department alone; every other
one whom the ladder names, the department, and those who wait for it: who answers for the request and who has its job.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from gongying.common.places import Place
from gongying.events.operations import record_selected
from gongying.notifications.operations import notify_selected
from gongying.servicedesk.enums import UNFINISHED_WORK, Recipient
from gongying.servicedesk.ladder_recipients import Area, Recipients, Supporters
from gongying.servicedesk.models import SupportTask
from gongying.servicedesk.models.clocks import BREACH

SET = 2_000

TAKE_STEPS = """
    WITH told AS (
        SELECT area, "to", array_agg(user_id) AS people
        FROM unnest(%(areas)s::int[], %(tos)s::text[], %(people)s::bigint[]) AS told (area, "to", user_id)
        GROUP BY area, "to"
    ), due AS MATERIALIZED (
        SELECT due.n, due.area, task.id, task.level, task.steps_at, task.opened_by_id, ladder.steps,
            array_append(doers.people, request.owner_id) AS waiting
        FROM unnest(%(tasks)s::bigint[], %(task_areas)s::int[]) WITH ORDINALITY AS due (task_id, area, n)
        JOIN servicedesk_supporttask task ON task.id = due.task_id
        JOIN servicedesk_servicerequest request ON request.id = task.service_request_id
        JOIN servicedesk_escalationladder ladder ON ladder.id = task.ladder_id
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(DISTINCT doer_id), ARRAY[]::bigint[]) AS people FROM servicedesk_workorder work
            WHERE work.service_request_id = request.id AND work.doer_id IS NOT NULL AND work.state = ANY (%(unfinished)s)
                AND work.id = coalesce(task.work_order_id, work.id)
        ) AS doers
    ), moved AS (
        UPDATE servicedesk_supporttask task
        SET level = greatest(due.level, reached.level), next_step_at = reached.next_step_at,
            breached_at = coalesce(task.breached_at, CASE WHEN reached.level >= %(breach)s THEN task.due_at END)
        FROM due CROSS JOIN LATERAL (
            SELECT max(percent) FILTER (WHERE at <= %(now)s) AS level,
                (array_agg(at ORDER BY percent) FILTER (WHERE at > %(now)s AND percent > due.level))[1] AS next_step_at
            FROM ROWS FROM (unnest(due.steps_at), jsonb_to_recordset(due.steps) AS (percent smallint)) AS rung (at, percent)
        ) AS reached
        WHERE task.id = due.id
    )
    INSERT INTO servicedesk_supportstep (task_id, percent, "to", at, noticed_at, told)
    SELECT due.id, rung.percent, rung."to", rung.at, %(now)s, ARRAY(
            SELECT DISTINCT person.id FROM unnest(
                coalesce(told.people, ARRAY[due.opened_by_id])
                || CASE WHEN rung."to" = %(doer)s THEN ARRAY[]::bigint[] ELSE due.waiting END
            ) AS person (id) WHERE person.id IS NOT NULL ORDER BY person.id
        )
    FROM due
    CROSS JOIN ROWS FROM (unnest(due.steps_at), jsonb_to_recordset(due.steps) AS (percent smallint, "to" text))
        AS rung (at, percent, "to")
    LEFT JOIN told ON told.area = due.area AND told."to" = rung."to"
    WHERE rung.percent > due.level AND rung.at <= %(now)s
    ORDER BY due.n, rung.percent
    RETURNING id
"""
ENTRIES = """
    SELECT CASE WHEN step.percent = %(breach)s THEN 'support.breached' WHEN step.percent < %(breach)s THEN 'support.warned'
            ELSE 'support.escalated' END AS verb,
        step.at, request.project_id, request.building_id, request.entrance_id,
        jsonb_build_object('number', request.number, 'department', department.name, 'text', left(task.task, 200),
            'percent', step.percent, 'to', step."to", 'due_at', task.due_at) AS details,
        'servicerequest' AS kind, request.id AS object_id
    FROM unnest(%(steps)s::bigint[]) WITH ORDINALITY AS taken (step_id, n)
    JOIN servicedesk_supportstep step ON step.id = taken.step_id
    JOIN servicedesk_supporttask task ON task.id = step.task_id
    JOIN organization_department department ON department.id = task.department_id
    JOIN servicedesk_servicerequest request ON request.id = task.service_request_id
    ORDER BY taken.n
"""
NEWS = """
    SELECT news.event_id, person.user_id, 'servicerequest' AS about_kind, task.service_request_id AS about_id
    FROM unnest(%(events)s::bigint[], %(steps)s::bigint[]) AS news (event_id, step_id)
    JOIN servicedesk_supportstep step ON step.id = news.step_id
    JOIN servicedesk_supporttask task ON task.id = step.task_id
    CROSS JOIN LATERAL unnest(step.told) AS person (user_id)
"""


class Due(NamedTuple):
    """A task whose next step has come, and what decides who serves its place."""

    task_id: int
    project_id: int | None
    building_id: int | None
    entrance_id: int | None
    department_id: int

    @property
    def area(self) -> Area:
        return Area(Place(self.project_id, self.building_id, self.entrance_id), self.department_id)


def sweep_support(now: datetime) -> int:
    """Take all steps of support tasks that have come. How many."""
    taken = 0
    while (number := _sweep_set(now)) is not None:
        taken += number
    return taken


@transaction.atomic
def _sweep_set(now: datetime) -> int | None:
    """The tasks that have waited longest; None when nothing is left."""
    due = _due_tasks(now)
    if not due:
        return None
    steps = _take_steps(due, now)
    events = record_selected(ENTRIES, {"steps": steps, "breach": BREACH})
    notify_selected(NEWS, {"steps": steps, "events": events})
    return len(steps)


def _due_tasks(now: datetime) -> list[Due]:
    rows = SupportTask.objects.filter(next_step_at__lte=now).order_by("next_step_at", "pk")
    locked = rows.select_for_update(of=("self",), skip_locked=True)[:SET]
    place = (f"service_request__{name}" for name in ("project_id", "building_id", "entrance_id"))
    return [Due(*row) for row in locked.values_list("pk", *place, "department_id")]


def _take_steps(due: list[Due], now: datetime) -> list[int]:
    """The ids of the steps, in the order of their tasks."""
    areas: dict[Area, int] = {}
    task_areas = [areas.setdefault(task.area, len(areas)) for task in due]
    told = list(_told(areas))
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE_STEPS,
            {
                "tasks": [task.task_id for task in due],
                "task_areas": task_areas,
                "areas": [area for area, _to, _person in told],
                "tos": [to for _area, to, _person in told],
                "people": [person for _area, _to, person in told],
                "unfinished": list(UNFINISHED_WORK),
                "doer": Recipient.DOER,
                "breach": BREACH,
                "now": now,
            },
        )
        return [pk for (pk,) in cursor.fetchall()]


def _told(areas: dict[Area, int]) -> Iterable[tuple[int, str, int]]:
    """Whom each step reaches in each area; where nobody is there for it, who asked for the support does."""
    recipients, supporters = Recipients(areas), Supporters(areas)
    for area, number in areas.items():
        for to in Recipient.values:
            for person in (*supporters.of(area), *recipients.of(to, area)):
                yield number, to, person
