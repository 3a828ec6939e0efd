"""The worker when the clock of its machine, or that of the database, was ahead and is put right."""

import asyncio
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from gongying.common.operations import retry_stalled_jobs_later
from gongying.common.worker import Deferrer, PatientWorker, put_right

HOURS = 5 * 60 * 60


def test_jobs_of_the_clock_go_on_when_it_is_put_back():
    deferrer, now = Deferrer(app), time.time()
    assert [task for task, _at in deferrer.get_previous_tasks(at=now + HOURS)]

    again = {task.task.name for task, at in deferrer.get_previous_tasks(at=now) if now - 60 <= at <= now}
    assert "gongying.servicedesk.operations.sweep.sweep_clocks_later" in again
    assert not [task for task, _at in deferrer.get_previous_tasks(at=now)]


FALSE_TIMES = """
    INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
    SELECT 'sweep', '', extract(epoch FROM now())::bigint + seconds FROM unnest(ARRAY[-60, 18000]) AS seconds;
    INSERT INTO procrastinate_workers (last_heartbeat)
    SELECT now() + seconds * interval '1 second' FROM unnest(ARRAY[-5, 18000]) AS seconds;
    INSERT INTO procrastinate_jobs (task_name, queue_name, scheduled_at)
    SELECT 'export', 'default', now() + seconds * interval '1 second' FROM unnest(ARRAY[60, 18000]) AS seconds;
"""
LEFT = """
    SELECT (SELECT count(*) FROM procrastinate_periodic_defers),
        (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat <= now()),
        (SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at <= now() + interval '2 minutes')
"""


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_time_that_a_wrong_clock_named():
    with connection.cursor() as cursor:
        cursor.execute(FALSE_TIMES)

    async def look_at_the_clock() -> None:
        with app.replace_connector(DjangoConnector().get_worker_connector()) as worker_app:
            async with worker_app.open_async():
                await put_right(worker_app)

    asyncio.run(look_at_the_clock())

    with connection.cursor() as cursor:
        cursor.execute(LEFT)
        assert cursor.fetchone() == (1, 2, 2)


async def work_off() -> None:
    with app.replace_connector(DjangoConnector().get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            await PatientWorker(worker_app, wait=False, install_signal_handlers=False, listen_notify=False).run()


def jobs() -> list[tuple[str, int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts, scheduled_at > now() FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A job in whose midst the database goes away; nobody else plans anything."""

    @app.task(name="broken", queueing_lock="broken")
    def break_off() -> None:
        raise OperationalError

    monkeypatch.setattr(Deferrer, "get_previous_tasks", lambda _self, **_at: [])
    yield break_off
    del app.tasks["broken"]


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_connection_is_lost_is_tried_again(broken):
    broken.defer()

    asyncio.run(work_off())

    assert jobs() == [("todo", 1, True)]


PLANNED_AGAIN = """
    INSERT INTO procrastinate_jobs (task_name, queue_name, queueing_lock, status, worker_id, scheduled_at)
    VALUES ('broken', 'default', 'broken', 'doing', NULL, NULL),
        ('broken', 'default', 'broken', 'todo', NULL, now() + interval '1 minute'),
        ('other', 'default', 'other', 'doing', NULL, NULL)
"""


@pytest.mark.django_db(transaction=True)
def test_a_lost_job_that_was_planned_again_holds_up_no_other():
    with connection.cursor() as cursor:
        cursor.execute(PLANNED_AGAIN)

    async def give_back() -> None:
        with app.replace_connector(DjangoConnector().get_worker_connector()) as worker_app:
            async with worker_app.open_async():
                await retry_stalled_jobs_later.func(SimpleNamespace(app=worker_app), timestamp=0)

    asyncio.run(give_back())

    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY 1")
        assert cursor.fetchall() == [("broken", "todo"), ("other", "todo")]
