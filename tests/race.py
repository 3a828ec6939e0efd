"""Two people at the same moment: real connections, started together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

SECONDS_TO_GATHER = 10


def race(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned, or the exception it ended with, in the order given. Needs a transactional test."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(SECONDS_TO_GATHER)
            return act()
        except Exception as error:  # noqa: BLE001 the caller looks at what happened
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
