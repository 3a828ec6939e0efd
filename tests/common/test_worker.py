"""The worker when the clock of its machine, or that of the database, was ahead and is put right."""

import asyncio
import time

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from gongying.common.worker import Deferrer, put_right

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
