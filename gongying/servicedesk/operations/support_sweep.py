"""Every minute, beside the clocks of requests: which support tasks have reached a step of their ladder (R-218).

They climb as the clocks do (`climbing`). The step before the due moment that is for the doer reaches the department alone; every other
one whom the ladder names, the department, and those who wait for it: who answers for the request and who has its job.
"""

from collections.abc import Collection

from gongying.servicedesk.ladder_recipients import Area, Recipients, Supporters
from gongying.servicedesk.models import SupportTask
from gongying.servicedesk.operations.climbing import LADDERS, Climber, Hearers

TAKE_STEPS = f"""
    WITH {LADDERS}, told AS (
        SELECT area, "to", array_agg(user_id) AS people
        FROM unnest(%(areas)s::int[], %(tos)s::text[], %(people)s::bigint[]) AS told (area, "to", user_id)
        GROUP BY area, "to"
    ), due AS MATERIALIZED (
        SELECT task.next_step_at, due.area, task.id, task.level, task.steps_at, task.opened_by_id, ladder.percents, ladder.tos,
            array_append(doers.people, request.owner_id) AS waiting
        FROM unnest(%(things)s::bigint[], %(thing_areas)s::int[]) AS due (task_id, area)
        JOIN servicedesk_supporttask task ON task.id = due.task_id
        JOIN servicedesk_servicerequest request ON request.id = task.service_request_id
        JOIN ladders ladder ON ladder.id = task.ladder_id
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
            FROM unnest(due.steps_at, due.percents) AS rung (at, percent)
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
    CROSS JOIN LATERAL unnest(due.steps_at, due.percents, due.tos) AS rung (at, percent, "to")
    LEFT JOIN told ON told.area = due.area AND told."to" = rung."to"
    WHERE rung.percent > due.level AND rung.at <= %(now)s
    ORDER BY due.next_step_at, due.id, rung.percent
    RETURNING id
"""  # noqa: S608 a statement of our own
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


def _hearers(areas: Collection[Area]) -> Hearers:
    """Where nobody is there for a step, who asked for the support hears of it."""
    recipients, supporters = Recipients(areas), Supporters(areas)
    return lambda to, area: (*supporters.of(area), *recipients.of(to, area))


SUPPORT = Climber(SupportTask, "department_id", TAKE_STEPS, ENTRIES, NEWS, _hearers)
