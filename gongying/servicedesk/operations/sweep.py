"""Every minute: which clocks and support tasks have reached a step of their ladder, which pauses their limit.

How they climb: `climbing`. Here is what a clock's step is, and whom it reaches.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from gongying.common.clock import agreed_now
from gongying.common.models import Heartbeat
from gongying.common.standing import SWEEP
from gongying.notifications.operations import notify_all
from gongying.servicedesk.enums import Recipient
from gongying.servicedesk.ladder_recipients import Area, Recipients, doers_of
from gongying.servicedesk.models import ClockPause, ServiceClock
from gongying.servicedesk.operations.climbing import LADDERS, Climber, Hearers, climb
from gongying.servicedesk.operations.pausing import end_pause
from gongying.servicedesk.operations.stages import lock_request, tell
from gongying.servicedesk.operations.support_sweep import SUPPORT

# The steps that have come, and in the same statement: the clock's level, its breach, and when its next step comes.
# One row a clock as long as possible: how many steps a ladder has the planner cannot know, and would rather read all requests.
TAKE_STEPS = f"""
    WITH {LADDERS}, told AS (
        SELECT area, "to", array_agg(user_id ORDER BY n) AS people
        FROM unnest(%(areas)s::int[], %(tos)s::text[], %(people)s::bigint[]) WITH ORDINALITY AS told (area, "to", user_id, n)
        GROUP BY area, "to"
    ), due AS MATERIALIZED (
        SELECT clock.next_step_at, due.area, clock.id, clock.level, clock.steps_at, ladder.percents, ladder.tos,
            request.owner_id, doers.people AS doers
        FROM unnest(%(things)s::bigint[], %(thing_areas)s::int[]) AS due (clock_id, area)
        JOIN servicedesk_serviceclock clock ON clock.id = due.clock_id
        JOIN servicedesk_servicerequest request ON request.id = clock.service_request_id
        JOIN ladders ladder ON ladder.id = clock.ladder_id
        CROSS JOIN LATERAL (
            SELECT array_agg(DISTINCT doer_id) AS people FROM servicedesk_workorder work
            WHERE work.service_request_id = request.id AND work.doer_id IS NOT NULL AND work.state = ANY (%(unfinished)s)
        ) AS doers
    ), moved AS (
        UPDATE servicedesk_serviceclock clock
        SET level = greatest(due.level, reached.level), next_step_at = reached.next_step_at,
            breached_at = coalesce(clock.breached_at, CASE WHEN reached.level >= %(breach)s THEN clock.due_at END)
        FROM due CROSS JOIN LATERAL (
            SELECT max(percent) FILTER (WHERE at <= %(now)s) AS level,
                (array_agg(at ORDER BY percent) FILTER (WHERE at > %(now)s AND percent > due.level))[1] AS next_step_at
            FROM unnest(due.steps_at, due.percents) AS rung (at, percent)
        ) AS reached
        WHERE clock.id = due.id
    )
    INSERT INTO servicedesk_clockstep (clock_id, percent, "to", at, noticed_at, told)
    SELECT due.id, rung.percent, rung."to", rung.at, %(now)s,
        coalesce(CASE WHEN rung."to" = %(doer)s THEN due.doers ELSE told.people END, ARRAY[due.owner_id])
    FROM due
    CROSS JOIN LATERAL unnest(due.steps_at, due.percents, due.tos) AS rung (at, percent, "to")
    LEFT JOIN told ON told.area = due.area AND told."to" = rung."to"
    WHERE rung.percent > due.level AND rung.at <= %(now)s
    ORDER BY due.next_step_at, due.id, rung.percent
    RETURNING id
"""  # noqa: S608 a statement of our own
# Not on the household's timeline: how the office watches its own promises is no news there.
ENTRIES = """
    SELECT CASE WHEN step.percent = %(breach)s THEN 'clock.breached' WHEN step.percent < %(breach)s THEN 'clock.warned'
            ELSE 'clock.escalated' END AS verb,
        step.at, request.project_id, request.building_id, request.entrance_id,
        jsonb_build_object('number', request.number, 'metric', clock.metric, 'percent', step.percent, 'to', step."to",
            'due_at', clock.due_at) AS details,
        'servicerequest' AS kind, request.id AS object_id
    FROM unnest(%(steps)s::bigint[]) WITH ORDINALITY AS taken (step_id, n)
    JOIN servicedesk_clockstep step ON step.id = taken.step_id
    JOIN servicedesk_serviceclock clock ON clock.id = step.clock_id
    JOIN servicedesk_servicerequest request ON request.id = clock.service_request_id
    ORDER BY taken.n
"""
NEWS = """
    SELECT news.event_id, person.user_id, 'servicerequest' AS about_kind, clock.service_request_id AS about_id
    FROM unnest(%(events)s::bigint[], %(steps)s::bigint[]) AS news (event_id, step_id)
    JOIN servicedesk_clockstep step ON step.id = news.step_id
    JOIN servicedesk_serviceclock clock ON clock.id = step.clock_id
    CROSS JOIN LATERAL unnest(step.told) AS person (user_id)
"""


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="sweep_clocks")
def sweep_clocks_later(timestamp: int) -> None:
    del timestamp
    sweep(at=agreed_now())
    Heartbeat.beat(SWEEP)


def sweep(*, at: datetime | None = None) -> int:
    """Take all steps that have come, and end all pauses that have reached their limit. How many steps were taken."""
    now = at or timezone.now()
    for pause_id in ClockPause.objects.filter(ended_at=None, longest_until__lte=now).values_list("pk", flat=True):
        _expire(pause_id)
    return climb(SUPPORT, now) + climb(CLOCKS, now)


def _hearers(areas: Collection[Area]) -> Hearers:
    """Where nobody is there for a step, the owner of the request hears of it."""
    return Recipients(areas).of


CLOCKS = Climber(ServiceClock, "service_request__department_id", TAKE_STEPS, ENTRIES, NEWS, _hearers)


@transaction.atomic
def _expire(pause_id: int) -> None:
    """The clock runs again from the moment of the limit on, and those who wait for somebody hear of it."""
    found = ClockPause.objects.select_related("clock__service_request").filter(pk=pause_id).first()
    if found is None:
        return
    service_request = lock_request(found.clock.service_request)
    clock = (
        ServiceClock.objects.select_for_update(of=("self",), no_key=True)
        .select_related("ladder", "policy")
        .get(pk=found.clock_id)
    )
    pause = clock.pauses.filter(pk=pause_id, ended_at=None).first()
    if pause is None:
        return
    clock.service_request = service_request
    ended = end_pause(clock, by=None, at=pause.longest_until, is_expired=True)
    event = tell(
        "clock.pause_expired",
        service_request,
        by=None,
        at=ended.longest_until,
        metric=clock.metric,
        reason=ended.reason,
        due_at=clock.due_at,
    )
    area = Area(service_request.place, service_request.department_id)
    told = {
        *(doers_of(service_request) or [service_request.owner_id]),
        *(Recipients([area]).of(Recipient.SUPERVISOR, area) or [service_request.owner_id]),
    }
    notify_all((event.pk, user_id, ("servicerequest", service_request.pk)) for user_id in told)
