"""The sweep of the clocks, measured: one step due for each of many open requests at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from gongying.servicedesk.operations.sweep import sweep

REQUESTS = 100_000
GOAL_SECONDS = 10.0


def sweep_figure(*, requests: int = REQUESTS) -> dict[str, Any]:
    """With all that a step brings: row, journal, notification, and the checks of a commit. Nothing of it stays."""
    with _steps_due(requests), transaction.atomic():
        start = time.perf_counter()
        taken = sweep()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the commits would check
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    return {
        "operation": "sweep of open requests",
        "rows": taken,
        "seconds": round(seconds, 1),
        "goal_seconds": GOAL_SECONDS,
    }


@contextmanager
def _steps_due(requests: int) -> Iterator[None]:
    """Inside, the youngest clocks run and their first step has just come; committed, as clocks are that are swept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bench_clock AS SELECT * FROM servicedesk_serviceclock"
            " WHERE metric = 'resolution' OR next_step_at < now() ORDER BY id DESC LIMIT %s",
            [requests],
        )
    _write(
        "UPDATE servicedesk_serviceclock clock SET met_at = NULL, breached_at = NULL, ended_at = NULL, ended_because = '',"
        " level = 0, next_step_at = now() - interval '1 minute',"
        " steps_at = ARRAY(SELECT now() - interval '1 minute' + n * interval '1 day'"
        " FROM generate_series(0, cardinality(clock.steps_at) - 1) n)"
        " FROM bench_clock WHERE clock.id = bench_clock.id"
    )
    try:
        yield
    finally:
        _write(
            "UPDATE servicedesk_serviceclock clock SET met_at = was.met_at, breached_at = was.breached_at,"
            " ended_at = was.ended_at, ended_because = was.ended_because, level = was.level,"
            " next_step_at = was.next_step_at, steps_at = was.steps_at FROM bench_clock was WHERE clock.id = was.id"
        )
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bench_clock")
            cursor.execute("VACUUM servicedesk_serviceclock")


@transaction.atomic
def _write(sql: str) -> None:
    """Past the guards: clocks do not really turn back."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL session_replication_role = replica; {sql}; SET LOCAL session_replication_role = DEFAULT"
        )
