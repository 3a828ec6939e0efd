"""Calling pages and the floor turn by turn, and what came of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

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
    """One line of the result. `ratio` is p50 over the floor's p50 of the same minutes; `goal` is what it should be."""

    operation: str
    rows: int
    p50_ms: float
    floor_p50_ms: float
    ratio: float
    goal: float
    sql: int
    sql_ms: float
    kilobytes: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Counter:
    """How many statements a page sends, and how long it waits for them."""

    number, milliseconds = 0, 0.0

    def __call__(self, execute: Call, *arguments: Any) -> Any:
        self.number += 1
        start = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.milliseconds += (time.perf_counter() - start) * 1000


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
            times.append(_clocked(call))
            floors.append(_clocked(self.call_floor))
        p50, floor_p50 = median(times), median(floors)
        return Figure(
            operation,
            self.rows,
            round(p50, 2),
            round(floor_p50, 2),
            round(p50 / floor_p50, 2),
            goal,
            sql.number,
            round(sql.milliseconds, 1),
            round(len(answer.content) / 1024, 1),
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
        yield Bench(rows, rounds, page, bare)


def _clocked(call: Call) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _good(answer: Any) -> Any:
    if answer.status_code not in GOOD:
        raise AssertionError(f"{answer.status_code}: {answer.content[:300]!r}")
    return answer
