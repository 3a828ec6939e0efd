"""What the API tells of each request of a list beside its own row, and what its buttons ask: read once for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from gongying.accounts.models import User
from gongying.common.editions import fill_all_from_memory, kept_row
from gongying.common.statements import Statement
from gongying.servicedesk.enums import UNFINISHED_WORK
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.models.hanging import what_hangs_on_each
from gongying.servicedesk.policy_choice import policies_by_id

UNFINISHED_JOBS = """
    SELECT service_request_id, state, doer_id FROM servicedesk_workorder
    WHERE service_request_id = ANY(%s) AND state = ANY(%s) ORDER BY id
"""
CLOCKS = """
    SELECT policy_id, service_request_id, id, metric, round, started_at, due_at, paused_at, met_at, breached_at, ended_at, level
    FROM servicedesk_serviceclock WHERE service_request_id = ANY(%s) ORDER BY id
"""

# The job as it is after a step, and of its request the number.
JOB_AS_ANSWERED: Statement[WorkOrder] = Statement(
    lambda pk: (
        WorkOrder.objects.select_related("service_request")
        .only(*(field.name for field in WorkOrder._meta.concrete_fields), "service_request__number")
        .filter(pk=pk)
    ),
    "job_as_answered",
    pk=int,
)


class ClockRead(NamedTuple):
    """Of a `ServiceClock` what is told of it."""

    service_request_id: int
    id: int
    metric: str
    round: int
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    level: int
    policy_id: int
    policy_version: int

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.ended_at is None

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


class JobRead(NamedTuple):
    """Of an unfinished `WorkOrder` what the buttons of its request ask."""

    service_request_id: int
    state: str
    doer_id: int | None

    @property
    def doer(self) -> User | None:
        return None if self.doer_id is None else kept_row(User, self.doer_id)


def fill_for_answers(requests: Sequence[ServiceRequest]) -> None:
    fill_all_from_memory(requests, "category", "owner")
    ids = [request.pk for request in requests]
    clocks, work, hanging = _clocks_of(ids), _unfinished_work_of(ids), what_hangs_on_each(ids)
    for request in requests:
        request.clocks_read, request.work_unfinished = clocks[request.pk], work[request.pk]
        request.hanging = hanging[request.pk]


def _clocks_of(ids: list[int]) -> dict[int, list[ClockRead]]:
    policies = policies_by_id()
    with connection.cursor() as cursor:
        cursor.execute(CLOCKS, [ids])
        rows = cursor.fetchall()
    return _by_request(ClockRead._make((*row, pk, policies[pk].version)) for pk, *row in rows)


def _unfinished_work_of(ids: list[int]) -> dict[int, list[JobRead]]:
    with connection.cursor() as cursor:
        cursor.execute(UNFINISHED_JOBS, [ids, list(UNFINISHED_WORK)])
        return _by_request(map(JobRead._make, cursor.fetchall()))


def _by_request(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.service_request_id].append(row)
    return found
