"""Calling pages and the floor turn by turn, and what came of it.

What is compared is processor time, of this process and of the one at the database that works for it: it says what a page
costs, whatever else the machine does meanwhile. Where the database's cannot be read (another host, no Linux) the
time is that of a clock on the wall.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from gongying.accounts.models import User
from gongying.workbench.bench import floor

WARM_UP = 3
BACKEND = "gongying.accounts.backends.NameOrPhoneBackend"
GOOD = (200, 201)

Call = Callable[..., Any]


@dataclass(frozen=True)
class Figure:
    """One line of the result. `ratio` is p50 over the floor's p50 of the same minutes; `goal` is what it should be.

    Times are milliseconds of processor time; `database_ms` is the part of the database.
    """

    operation: str
    rows: int
    p50_ms: float
    database_ms: float
    floor_p50_ms: float
    ratio: float
    goal: float
    sql: int
    kilobytes: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Counter:
    """How many statements a page sends."""

    number = 0

    def __call__(self, execute: Call, *arguments: Any) -> Any:
        self.number += 1
        return execute(*arguments)


class Spent(NamedTuple):
    """Milliseconds of this process and of the database's."""

    application: float
    database: float

    @property
    def total(self) -> float:
        return self.application + self.database


def spent_until_now() -> Spent:
    """The first field of `schedstat` is the time on a processor in nanoseconds (Linux, Documentation/scheduler)."""
    connection.ensure_connection()
    try:
        backend = Path(f"/proc/{connection.connection.info.backend_pid}")
        if backend.joinpath("comm").read_text().strip() == "postgres":
            nanoseconds = int(backend.joinpath("schedstat").read_text().split()[0])
            return Spent(time.process_time() * 1000, nanoseconds / 1e6)
    except OSError:
        pass
    return Spent(time.perf_counter() * 1000, 0.0)


def spent_on(call: Call) -> Spent:
    before = spent_until_now()
    call()
    after = spent_until_now()
    return Spent(after.application - before.application, after.database - before.database)


@dataclass
class Bench:
    rows: int
    rounds: int
    page: Client
    bare: Client

    def measure(self, operation: str, call: Call, *, goal: float) -> Figure:
        """The median of `call`, and of the floor called between its turns."""
        for _turn in range(WARM_UP):
            call()
            self.call_floor()
        sql = Counter()
        with connection.execute_wrapper(sql):
            answer = call()
        times, floors = [], []
        for _turn in range(self.rounds):
            times.append(spent_on(call))
            floors.append(spent_on(self.call_floor))
        p50, floor_p50 = (median(spent.total for spent in column) for column in (times, floors))
        return Figure(
            operation,
            self.rows,
            p50_ms=round(p50, 2),
            database_ms=round(median(spent.database for spent in times), 1),
            floor_p50_ms=round(floor_p50, 2),
            ratio=round(p50 / floor_p50, 2),
            goal=goal,
            sql=sql.number,
            kilobytes=round(len(answer.content) / 1024, 1),
        )

    def of(self, user: User) -> "Bench":
        """The pages as somebody else sees them, beside the same floor."""
        page = Client(SERVER_NAME="localhost")
        page.force_login(user, backend=BACKEND)
        return replace(self, page=page)

    def call_floor(self) -> Any:
        return _good(self.bare.get(floor.URL))

    def get(self, path: str, **query: Any) -> Call:
        return lambda: _good(self.page.get(path, query))


@contextmanager
def bench_for(user: User, *, rows: int, rounds: int) -> Iterator[Bench]:
    """Two browsers of one person, one in the product, one on the floor. Static names stay plain: nothing is collected."""
    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=plain, ALLOWED_HOSTS=["*"]):
        page, bare = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
        for client in (page, bare):
            client.force_login(user, backend=BACKEND)
        page.handler.load_middleware()
        with override_settings(MIDDLEWARE=floor.MIDDLEWARE):
            bare.handler.load_middleware()
        gc.collect()
        gc.freeze()  # as the web process does when it has loaded
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")  # what helpers spend is nobody's
        yield Bench(rows, rounds, page, bare)


def _good(answer: Any) -> Any:
    if answer.status_code not in GOOD:
        raise AssertionError(f"{answer.status_code}: {answer.content[:300]!r}")
    return answer
