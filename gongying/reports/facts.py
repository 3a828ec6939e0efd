"""What the measures ask of requests, read table by table for all requests of a report at once.

Each condition of `measures` stands here once more, as facts that hold or do not: as conditions they find the rows behind a number,
as facts they are counted in a fraction of the time. The tests hold each number against its rows.
"""

from collections import Counter
from enum import IntFlag, auto
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Expression, F
from django.utils import timezone

from gongying.reports import measures
from gongying.reports.measures import MEASURES, NO_MATTER_OF_ITS_OWN, RECOVERED_WITHIN, REPEAT_WITHIN, Stretch
from gongying.servicedesk.models.evidence import CONTENT_SCORE
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet

# How often each part of a measure holds: ("closed", "counted").
Tally = Counter[tuple[str, str]]
PARTS = {(measure.key, part): measure.conditions(part) for measure in MEASURES for part in ("counted", "base")}
GROUP = "report_group"
COLUMNS = ("kind", "state", "needs_follow_up", "rework_count")
# Of so many keys in between one is wanted: what hangs on requests is looked up for each.
SPARSE = 20
IN_SCOPE = "IN (SELECT pk FROM scope)"


class Fact(IntFlag):
    WANTED = auto()  # one of those in question, not only beside them by its key
    CLOSED = auto()
    RESPONSE_DUE = auto()
    RESPONSE_LATE = auto()
    RESOLUTION_DUE = auto()
    RESOLUTION_LATE = auto()
    DONE = auto()
    TOLD = auto()
    CAME_BACK = auto()
    FOLLOW_UP_NEEDED = auto()
    FOLLOWED_UP = auto()
    REACHED = auto()
    CONTENT = auto()
    UNHAPPY = auto()
    REACHED_LATE = auto()
    REPAIR = auto()
    COMPLAINT = auto()
    COMPLAINED_ABOUT = auto()
    VISITED = auto()
    VISITED_AS_WISHED = auto()
    ESTABLISHED = auto()
    ATTRIBUTABLE = auto()


NONE = Fact(0)
WANTED = Fact.WANTED.value
# Of each condition: the facts that must hold, and that which must not.
MEANINGS: dict[measures.Condition, tuple[Fact, Fact]] = {
    measures.is_closed: (Fact.CLOSED, NONE),
    measures.response_was_due: (Fact.RESPONSE_DUE, NONE),
    measures.response_was_in_time: (NONE, Fact.RESPONSE_LATE),
    measures.resolution_was_due: (Fact.RESOLUTION_DUE, NONE),
    measures.resolution_was_in_time: (NONE, Fact.RESOLUTION_LATE),
    measures.is_done: (Fact.DONE, NONE),
    measures.came_back: (Fact.CAME_BACK, NONE),
    measures.was_to_be_followed_up: (Fact.FOLLOW_UP_NEEDED | Fact.TOLD, NONE),
    measures.was_followed_up: (Fact.FOLLOWED_UP, NONE),
    measures.was_reached: (Fact.REACHED, NONE),
    measures.is_content: (Fact.CONTENT, NONE),
    measures.was_unhappy: (Fact.UNHAPPY, NONE),
    measures.was_asked_in_time: (NONE, Fact.REACHED_LATE),
    measures.is_repair: (Fact.REPAIR, NONE),
    measures.repair_brought_a_complaint: (Fact.REPAIR | Fact.COMPLAINED_ABOUT, NONE),
    measures.was_visited_with_a_wish: (Fact.VISITED, NONE),
    measures.kept_appointment: (Fact.VISITED_AS_WISHED, NONE),
    measures.was_established: (Fact.COMPLAINT | Fact.ESTABLISHED, NONE),
    measures.is_attributable: (Fact.COMPLAINT | Fact.ATTRIBUTABLE, NONE),
}


def tallies(requests: ServiceRequestQuerySet, group: Expression | F) -> dict[Any, Tally]:
    """How many requests of each group fulfil which parts of the measures."""
    stretch = Stretch.of(requests)
    if stretch is None:
        return {}
    counts: dict[Any, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(*_question(requests, group, stretch))
        for key, facts, number in cursor.fetchall():
            if facts & WANTED:
                numbers = counts.get(key) or counts.setdefault(key, [0] * len(PARTS))
                for part in _fulfilled(facts):
                    numbers[part] += number
    return {key: Tally(dict(zip(PARTS, numbers, strict=True))) for key, numbers in counts.items()}


@lru_cache(maxsize=10_000)
def _fulfilled(facts: int) -> list[int]:
    """Which of the parts of the measures hold of requests with just these facts."""
    held = {
        condition for condition, (wanted, barred) in MEANINGS.items() if facts & wanted == wanted and not facts & barred
    }
    return [number for number, conditions in enumerate(PARTS.values()) if held.issuperset(conditions)]


def _question(requests: ServiceRequestQuerySet, group: Expression | F, stretch: Stretch) -> tuple[str, tuple[Any, ...]]:
    grouped: Any = requests.order_by().annotate(**{GROUP: group})
    scope, parameters = grouped.values_list("pk", GROUP, *COLUMNS).query.sql_with_params()
    is_sparse = stretch.number * SPARSE < stretch.last - stretch.first
    period = (stretch.since, stretch.until)
    values = {
        "scope": scope,
        "columns": ", ".join(COLUMNS),
        # Where nearly all are wanted, the database reads them side by side by their keys.
        "wanted": IN_SCOPE if is_sparse else f"BETWEEN {stretch.first} AND {stretch.last}",
        "request_wanted": f"id {IN_SCOPE}" if is_sparse else "entered_at BETWEEN %s AND %s",
        # Few units call twice: only for their requests a later one is looked for.
        "and_unit_called_twice": "" if is_sparse else TWICE,
        "content_score": CONTENT_SCORE,
        **{fact.name: fact.value for fact in Fact if fact.name},
    }
    first = () if is_sparse else (*period, stretch.since, stretch.until + REPEAT_WITHIN)
    others = (
        timezone.now(),
        REPEAT_WITHIN,
        list(NO_MATTER_OF_ITS_OWN),
        stretch.since + RECOVERED_WITHIN,
        RECOVERED_WITHIN,
        *(() if is_sparse else period),
    )
    return SQL.format(**values), (*parameters, *first, *others)


TWICE = """
            AND unit_id IN (
                -- Sorted first: to gather so many units by their hash takes longer.
                SELECT unit_id FROM (
                    SELECT unit_id FROM servicedesk_servicerequest WHERE entered_at BETWEEN %s AND %s ORDER BY unit_id
                ) AS calls GROUP BY unit_id HAVING count(*) > 1
            )"""

# The facts of each table, in the order of the requests, so that they are only merged: to join the tables costs twice as much.
SQL = """
    WITH scope (pk, report_group, {columns}) AS ({scope}),
    first AS MATERIALIZED (
        SELECT id, unit_id, category_id, kind, entered_at FROM servicedesk_servicerequest
        WHERE {request_wanted}{and_unit_called_twice}
    ), fact (pk, report_group, facts) AS (
        (SELECT pk, report_group, {WANTED}
            | CASE kind WHEN 'repair' THEN {REPAIR} WHEN 'complaint' THEN {COMPLAINT} ELSE 0 END
            | CASE WHEN kind = 'complaint' AND state <> 'withdrawn' THEN {UNHAPPY} ELSE 0 END
            | CASE WHEN state = 'closed' THEN {CLOSED} ELSE 0 END
            | CASE WHEN needs_follow_up THEN {FOLLOW_UP_NEEDED} ELSE 0 END
            | CASE WHEN rework_count > 0 THEN {CAME_BACK} ELSE 0 END
        FROM scope ORDER BY pk)
        UNION ALL
        (SELECT service_request_id, NULL,
            CASE metric
                WHEN 'first_response' THEN CASE WHEN met_at <= due_at THEN {RESPONSE_DUE} ELSE {RESPONSE_DUE} | {RESPONSE_LATE} END
                WHEN 'resolution' THEN CASE WHEN met_at <= due_at THEN {RESOLUTION_DUE} ELSE {RESOLUTION_DUE} | {RESOLUTION_LATE} END
                ELSE 0
            END
        FROM servicedesk_serviceclock
        WHERE service_request_id {wanted} AND metric <> 'follow_up' AND ended_at IS NULL
            AND (met_at IS NOT NULL OR due_at <= %s)
        ORDER BY service_request_id)
        UNION ALL
        (SELECT service_request_id, NULL,
            CASE stage WHEN 'resolved' THEN {DONE} WHEN 'reported' THEN {TOLD} ELSE {DONE} | {TOLD} END
        FROM servicedesk_stageentry
        WHERE service_request_id {wanted} AND stage IN ('resolved', 'reported', 'feedback_given')
        ORDER BY service_request_id)
        UNION ALL
        (SELECT service_request_id, NULL,
            {FOLLOWED_UP} | CASE WHEN bool_or(reached) THEN {REACHED} ELSE 0 END
            | CASE WHEN bool_or(reached AND (NOT solved OR score < {content_score})) THEN {UNHAPPY} ELSE 0 END
            -- Of the last one that reached somebody: odd where content.
            | CASE WHEN max(id * 2 + (solved AND score >= {content_score})::int) FILTER (WHERE reached) %% 2 = 1
                THEN {CONTENT} ELSE 0 END
        FROM servicedesk_followup WHERE service_request_id {wanted}
        GROUP BY service_request_id ORDER BY service_request_id)
        UNION ALL
        SELECT id, NULL, {CAME_BACK} FROM first WHERE EXISTS (
            SELECT FROM servicedesk_servicerequest later
            WHERE later.unit_id = first.unit_id AND later.category_id = first.category_id AND later.kind = first.kind
                AND later.entered_at > first.entered_at AND later.entered_at <= first.entered_at + %s
                AND later.state <> ALL (%s)
        )
        UNION ALL
        SELECT service_request_id, NULL, {CAME_BACK} FROM servicedesk_reopening WHERE service_request_id {wanted}
        UNION ALL
        -- The first moment is said as well, so that for nearly none of them its request is looked up.
        SELECT answer.service_request_id, NULL, {REACHED_LATE}
        FROM servicedesk_followup answer JOIN servicedesk_servicerequest request ON request.id = answer.service_request_id
        WHERE answer.service_request_id {wanted} AND answer.reached AND answer.at > %s AND answer.at > request.entered_at + %s
        UNION ALL
        SELECT job.service_request_id, NULL, {VISITED}
            | CASE WHEN min(stage.entered_at) BETWEEN request.window_from AND request.window_to THEN {VISITED_AS_WISHED} ELSE 0 END
        FROM (
            SELECT id, window_from, window_to FROM servicedesk_servicerequest WHERE {request_wanted} AND window_from IS NOT NULL
        ) request
        JOIN servicedesk_workorder job ON job.service_request_id = request.id
        JOIN servicedesk_workstage stage ON stage.work_order_id = job.id AND stage.stage = 'on_site'
        GROUP BY job.service_request_id, request.window_from, request.window_to
        UNION ALL
        SELECT job.service_request_id, NULL, {COMPLAINED_ABOUT}
        FROM servicedesk_complaintdetails complaint JOIN servicedesk_workorder job ON job.id = complaint.about_work_order_id
        WHERE job.service_request_id {wanted}
        UNION ALL
        SELECT service_request_id, NULL, {ESTABLISHED} | CASE WHEN is_attributable THEN {ATTRIBUTABLE} ELSE 0 END
        FROM servicedesk_complaintdetails WHERE service_request_id {wanted} AND is_attributable IS NOT NULL
    )
    SELECT report_group, facts, count(*)
    FROM (
        SELECT max(report_group) AS report_group, bit_or(facts) AS facts
        FROM (SELECT pk, report_group, facts FROM fact ORDER BY pk) AS sorted GROUP BY pk
    ) AS request
    GROUP BY report_group, facts
"""
