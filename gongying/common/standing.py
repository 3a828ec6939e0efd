"""How the installation stands: figures out of the database and the disk, for the status page and for Prometheus."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from gongying.common.models import Backup, Heartbeat

SWEEP: Final = "sweep"
PUSH: Final = "push"
FAILED_WITHIN: Final = timedelta(days=1)

JOBS: Final = """
    SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, %(now)s) <= %(now)s),
        count(*) FILTER (WHERE status = 'doing')
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
"""
OLDEST: Final = """
    SELECT min(greatest(event.at, job.scheduled_at)) FROM procrastinate_jobs job
    JOIN LATERAL (
        SELECT max(at) AS at FROM procrastinate_events
        WHERE job_id = job.id AND type IN ('deferred', 'deferred_for_retry', 'retried')
    ) event ON true
    WHERE job.status = 'todo' AND coalesce(job.scheduled_at, %(now)s) <= %(now)s
"""
FAILED: Final = """
    SELECT job.task_name, count(*) FROM procrastinate_jobs job
    WHERE job.status = 'failed' AND EXISTS (
        SELECT FROM procrastinate_events WHERE job_id = job.id AND type = 'failed' AND at > %(since)s
    )
    GROUP BY 1 ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True)
class Standing:
    at: datetime
    jobs_waiting: int
    jobs_running: int
    oldest_job: datetime | None
    failed_jobs: dict[str, int]  # of the last day, by task
    worker_at: datetime | None
    sweep_at: datetime | None
    push_at: datetime | None
    push_clients: int
    backup: Backup | None
    database_bytes: int
    disk_free: int
    disk_total: int
    postgres: str
    since: datetime | None  # when the installation was set up
    apart: timedelta = timedelta()  # how far our clock and the database's differ

    @property
    def oldest_wait(self) -> timedelta:
        return self.at - self.oldest_job if self.oldest_job else timedelta()

    @property
    def backup_age(self) -> timedelta | None:
        return self.at - self.backup.at if self.backup else None


def present_standing() -> Standing:
    now = timezone.now()
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    pushes = [beat for name, beat in beats.items() if name.startswith(PUSH)]
    newest = max(pushes, key=lambda beat: beat.at, default=None)
    alive = [beat for beat in pushes if now - beat.at < timedelta(minutes=2)]
    disk = shutil.disk_usage(settings.VAR_DIR)
    waiting, running = _ask(JOBS, now=now)[0]
    return Standing(
        at=now,
        jobs_waiting=waiting,
        jobs_running=running,
        oldest_job=_ask(OLDEST, now=now)[0][0],
        failed_jobs=dict(_ask(FAILED, since=now - FAILED_WITHIN)),
        worker_at=_ask("SELECT max(last_heartbeat) FROM procrastinate_workers")[0][0],
        sweep_at=beats[SWEEP].at if SWEEP in beats else None,
        push_at=newest.at if newest else None,
        push_clients=sum(int(beat.figures.get("clients", 0)) for beat in alive),
        backup=Backup.objects.order_by("-at").first(),
        database_bytes=_ask("SELECT pg_database_size(current_database())")[0][0],
        disk_free=disk.free,
        disk_total=disk.total,
        postgres=_ask("SHOW server_version")[0][0].split()[0],
        apart=abs(_ask("SELECT clock_timestamp() - %(now)s", now=timezone.now())[0][0]),
        since=_ask("SELECT min(applied) FROM django_migrations")[0][0],
    )


def _ask(question: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())
