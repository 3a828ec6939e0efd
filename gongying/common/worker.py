"""The worker of `bin/manage work`: it goes on when a clock was wrong and is put right, and when the database was away."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.db import InterfaceError, OperationalError
from procrastinate.app import App
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.periodic import PeriodicDeferrer, TaskAtTime
from procrastinate.retry import RetryStrategy
from procrastinate.worker import Worker

# By how much the clocks of two machines may differ without being wrong.
TOLERANCE_SECONDS = 60
# Nothing of ours waits longer on purpose: a job that failed is tried again after a minute.
LONGEST_WAIT_SECONDS = 60 * 60

# A lost connection, a full disk, a server that starts again: what was broken off came to nothing, and is safe to do again.
DATABASE_AWAY = (OperationalError, InterfaceError, ConnectorException)
TRY_AGAIN = RetryStrategy(max_attempts=20, wait=15, retry_exceptions=DATABASE_AWAY)

# What was planned for a time that is still to come is planned when it comes.
FORGET_PLANS = "DELETE FROM procrastinate_periodic_defers WHERE defer_timestamp > %(now)s + %(tolerance)s"
# A worker that died in the false time counts as dead half a minute from now, and its jobs are given back.
SEE_NOW = """
    UPDATE procrastinate_workers SET last_heartbeat = now()
    WHERE last_heartbeat > now() + %(tolerance)s * interval '1 second'
"""
WAIT_NO_LONGER = """
    UPDATE procrastinate_jobs SET scheduled_at = now()
    WHERE status = 'todo' AND scheduled_at > now() + %(longest)s * interval '1 second'
"""


class Deferrer(PeriodicDeferrer):
    """Plans the jobs of the clock. Without us it waits until the time comes again at which it planned one last."""

    def __init__(self, app: App) -> None:
        super().__init__(app.periodic_registry)
        self.app = app

    def get_previous_tasks(self, at: float) -> Iterable[TaskAtTime]:
        self.last_defers = {key: last for key, last in self.last_defers.items() if last <= at}
        return super().get_previous_tasks(at)

    async def defer_jobs(self, jobs_to_defer: Iterable[TaskAtTime]) -> None:
        await put_right(self.app)
        await super().defer_jobs(jobs_to_defer)


class PatientWorker(Worker):
    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        for task in app.tasks.values():
            task.retry_strategy = task.retry_strategy or TRY_AGAIN

    async def _periodic_deferrer(self) -> None:
        await Deferrer(self.app).worker()

    async def _persist_job_status(self, job: Job, **outcome: Any) -> None:  # type: ignore[override]
        try:
            await super()._persist_job_status(job=job, **outcome)
        except UniqueViolation:
            await leave_to_next(self.app, job)


async def leave_to_next(app: App, job: Job) -> None:
    """The same job was planned again meanwhile: only one of them can wait, and one is enough."""
    await app.job_manager.finish_job(job=job, status=Status.FAILED, delete_job=True)


async def put_right(app: App) -> None:
    """Nobody waits for a time that a wrong clock has named."""
    values = {"now": time.time(), "tolerance": TOLERANCE_SECONDS, "longest": LONGEST_WAIT_SECONDS}
    for statement in (FORGET_PLANS, SEE_NOW, WAIT_NO_LONGER):
        await app.connector.execute_query_async(statement, **values)
