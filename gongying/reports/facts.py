"""What the measures ask of requests, read table by table for all requests of a report at once.

Each condition of `measures` stands here once more, as facts that hold or do not: as conditions they find the rows behind a number,
as facts they are counted in a third of the time. The tests hold each number against its rows.
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
COLUMNS = (
    "entered_at",
    "kind",
    "state",
    "needs_follow_up",
    "rework_count",
    "unit_id",
    "category_id",
    "window_from",
    "window_to",
)
# Of so many keys in between one is wanted: what hangs on requests is looked up for each.
SPARSE = 20


class Fact(IntFlag):
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
    COMPLAINED_ABOUT = auto()
    VISITED = auto()
    VISITED_AS_WISHED = auto()
    ESTABLISHED = auto()
    ATTRIBUTABLE = auto()


NONE = Fact(0)
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
    measures.was_established: (Fact.ESTABLISHED, NONE),
    measures.is_attributable: (Fact.ATTRIBUTABLE, NONE),
}


def tallies(requests: ServiceRequestQuerySet, group: Expression | F) -> dict[Any, Tally]:
    """How many requests of each group fulfil which parts of the measures."""
    stretch = Stretch.of(requests)
    counts: dict[Any, Tally] = {}
    if stretch is None:
        return counts
    with connection.cursor() as cursor:
        cursor.execute(*_question(requests, group, stretch))
        for key, facts, number in cursor:
            tally = counts.setdefault(key, Tally())
            for part in _fulfilled(facts):
                tally[part] += number
    return counts


@lru_cache(maxsize=10_000)
def _fulfilled(facts: int) -> list[tuple[str, str]]:
    """The parts of the measures that hold of requests with just these facts."""
    held = {
        condition for condition, (wanted, barred) in MEANINGS.items() if facts & wanted == wanted and not facts & barred
    }
    return [part for part, conditions in PARTS.items() if held.issuperset(conditions)]


def _question(requests: ServiceRequestQuerySet, group: Expression | F, stretch: Stretch) -> tuple[str, tuple[Any, ...]]:
    grouped: Any = requests.order_by().annotate(**{GROUP: group})
    scope, parameters = grouped.values_list("pk", GROUP, *COLUMNS).query.sql_with_params()
    is_sparse = stretch.number * SPARSE < stretch.last - stretch.first
    values = {
        "scope": scope,
        "columns": ", ".join(COLUMNS),
        # Where nearly all are wanted, the database reads them side by side by their keys.
        "wanted": "IN (SELECT pk FROM scope)" if is_sparse else f"BETWEEN {stretch.first} AND {stretch.last}",
        # Few units call twice: only for their requests a later one is looked for.
        "of_units_that_called_twice": "" if is_sparse else TWICE,
        "content_score": CONTENT_SCORE,
        **{fact.name: fact.value for fact in Fact if fact.name},
    }
    period = () if is_sparse else (stretch.since, stretch.until + REPEAT_WITHIN)
    others = (timezone.now(), *period, REPEAT_WITHIN, list(NO_MATTER_OF_ITS_OWN), RECOVERED_WITHIN)
    return SQL.format(**values), (*parameters, *others)


TWICE = """
        WHERE unit_id IN (
            SELECT unit_id FROM servicedesk_servicerequest
            WHERE entered_at BETWEEN %s AND %s GROUP BY unit_id HAVING count(*) > 1
        )"""

SQL = """
    WITH scope (pk, report_group, {columns}) AS MATERIALIZED ({scope}),
    clock AS (
        SELECT service_request_id AS pk, bit_or(
            CASE metric WHEN 'first_response' THEN {RESPONSE_DUE} ELSE {RESOLUTION_DUE} END
            | CASE WHEN met_at <= due_at THEN 0 WHEN metric = 'first_response' THEN {RESPONSE_LATE} ELSE {RESOLUTION_LATE} END
        ) AS facts
        FROM servicedesk_serviceclock
        WHERE service_request_id {wanted} AND metric IN ('first_response', 'resolution') AND ended_at IS NULL
            AND (met_at IS NOT NULL OR due_at <= %s)
        GROUP BY service_request_id
    ), stage AS (
        SELECT service_request_id AS pk, bit_or(
            CASE stage WHEN 'resolved' THEN {DONE} WHEN 'reported' THEN {TOLD} ELSE {DONE} | {TOLD} END
        ) AS facts
        FROM servicedesk_stageentry
        WHERE service_request_id {wanted} AND stage IN ('resolved', 'reported', 'feedback_given')
        GROUP BY service_request_id
    ), answer AS (
        SELECT service_request_id AS pk, max(at) FILTER (WHERE reached) AS reached_at,
            {FOLLOWED_UP} | CASE WHEN bool_or(reached) THEN {REACHED} ELSE 0 END
            | CASE WHEN bool_or(reached AND (NOT solved OR score < {content_score})) THEN {UNHAPPY} ELSE 0 END
            -- Of the last one that reached somebody: odd where content.
            | CASE WHEN max(id * 2 + (solved AND score >= {content_score})::int) FILTER (WHERE reached) %% 2 = 1
                THEN {CONTENT} ELSE 0 END AS facts
        FROM servicedesk_followup WHERE service_request_id {wanted}
        GROUP BY service_request_id
    ), arrival AS (
        SELECT job.service_request_id AS pk, min(stage.entered_at) AS at
        FROM scope
        JOIN servicedesk_workorder job ON job.service_request_id = scope.pk
        JOIN servicedesk_workstage stage ON stage.work_order_id = job.id AND stage.stage = 'on_site'
        WHERE scope.window_from IS NOT NULL
        GROUP BY job.service_request_id
    ), first AS MATERIALIZED (
        SELECT pk, unit_id, category_id, kind, entered_at FROM scope {of_units_that_called_twice}
    ), again AS (
        SELECT pk FROM first WHERE EXISTS (
            SELECT FROM servicedesk_servicerequest later
            WHERE later.unit_id = first.unit_id AND later.category_id = first.category_id AND later.kind = first.kind
                AND later.entered_at > first.entered_at AND later.entered_at <= first.entered_at + %s
                AND later.state <> ALL (%s)
        )
    ), blamed AS (
        SELECT DISTINCT job.service_request_id AS pk
        FROM servicedesk_complaintdetails complaint JOIN servicedesk_workorder job ON job.id = complaint.about_work_order_id
        WHERE job.service_request_id {wanted}
    ), complaint AS (
        SELECT service_request_id AS pk, {ESTABLISHED} | CASE WHEN is_attributable THEN {ATTRIBUTABLE} ELSE 0 END AS facts
        FROM servicedesk_complaintdetails WHERE service_request_id {wanted} AND is_attributable IS NOT NULL
    )
    SELECT report_group, coalesce(clock.facts, 0) | coalesce(stage.facts, 0) | coalesce(answer.facts, 0)
        | CASE WHEN kind = 'complaint' THEN coalesce(complaint.facts, 0) ELSE 0 END
        | CASE WHEN state = 'closed' THEN {CLOSED} ELSE 0 END
        | CASE WHEN needs_follow_up THEN {FOLLOW_UP_NEEDED} ELSE 0 END
        | CASE WHEN rework_count > 0 OR again.pk IS NOT NULL
            OR scope.pk IN (SELECT service_request_id FROM servicedesk_reopening) THEN {CAME_BACK} ELSE 0 END
        | CASE WHEN kind = 'complaint' AND state <> 'withdrawn' THEN {UNHAPPY} ELSE 0 END
        | CASE WHEN answer.reached_at > entered_at + %s THEN {REACHED_LATE} ELSE 0 END
        | CASE WHEN kind = 'repair' THEN {REPAIR} ELSE 0 END
        | CASE WHEN blamed.pk IS NOT NULL THEN {COMPLAINED_ABOUT} ELSE 0 END
        | CASE WHEN arrival.pk IS NULL THEN 0
            WHEN arrival.at BETWEEN window_from AND window_to THEN {VISITED} | {VISITED_AS_WISHED} ELSE {VISITED} END AS facts,
        count(*)
    FROM scope
    LEFT JOIN clock ON clock.pk = scope.pk
    LEFT JOIN stage ON stage.pk = scope.pk
    LEFT JOIN answer ON answer.pk = scope.pk
    LEFT JOIN arrival ON arrival.pk = scope.pk
    LEFT JOIN again ON again.pk = scope.pk
    LEFT JOIN blamed ON blamed.pk = scope.pk
    LEFT JOIN complaint ON complaint.pk = scope.pk
    GROUP BY 1, 2
"""
