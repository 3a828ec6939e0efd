"""Two people at the same moment: real connections, started together, or one in the middle of what the other does."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from django.db import OperationalError, connection, connections, transaction
from django.db.models import Model

SECONDS_TO_GATHER = 10
SECONDS_TO_BE_HELD = 10
# What another session of this database waits for.
HELD = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def race(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned, or the exception it ended with, in the order given. Needs a transactional test."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(SECONDS_TO_GATHER)
        return _outcome(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def in_the_middle(begin: Callable[[], Any], other: Callable[[], Any], go_on: Callable[[], Any] = lambda: None) -> Any:
    """What `other` came to that began after `begin` and came as far as it could before `go_on`, which are one transaction."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            begin()
            others = pool.submit(_outcome, other)
            _wait_until_held(others)
            go_on()
        return others.result()


def let_go(other: Callable[[], Any], *, first: Model, then: Model) -> Any:
    """What `other` came to, which locks `then` and wants `first`, once the database has let it go. Now and then it lets us go."""
    for _attempt in range(5):
        try:
            return in_the_middle(partial(hold, first), other, partial(hold, then))
        except OperationalError:
            continue
    raise AssertionError("the database has always let us go")


def hold(row: Model) -> None:
    type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)


def _outcome(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 the caller looks at what happened
        return error
    finally:
        connections.close_all()


def _wait_until_held(others: Future[Any]) -> None:
    """By a lock of ours; or it is through already."""
    deadline = time.monotonic() + SECONDS_TO_BE_HELD
    while not others.done() and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(HELD)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)
