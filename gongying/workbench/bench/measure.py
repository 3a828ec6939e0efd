"""Asking pages and the floor turn by turn, and what came of it.

What is compared is processor time, of this process and of the one at the database that works for it: it says what a page
costs, whatever else the machine does meanwhile. Where the database's cannot be read (another host, no Linux) the
time is that of a clock on the wall.
"""

import gc
import math
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from gongying.accounts.models import User
from gongying.workbench.bench import floor
from gongying.workbench.bench.plans import Statements
from gongying.workbench.bench.served import Rates, Served

WARM_UP = 3
# A minute: calls are counted as ever, and none is refused.
UNHINDERED = 10_000_000
BACKEND = "gongying.accounts.backends.NameOrPhoneBackend"
GOOD = (200, 201)


class Question(NamedTuple):
    """With a body it is posted, as JSON."""

    path: str
    body: bytes | None = None


class Caller:
    """Somebody logged in with a browser, or a program with its token. Asks in this process, or says how to ask from outside."""

    def __init__(self, user: User, *, token: str = "") -> None:
        self.client = Client(SERVER_NAME="localhost")
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        if not token:
            self.client.force_login(user, backend=BACKEND)

    def ask(self, question: Question) -> Any:
        if question.body is None:
            answer = self.client.get(question.path, headers=self.headers)
        else:
            headers = {**self.headers, "Idempotency-Key": uuid.uuid4().hex}
            answer = self.client.post(question.path, question.body, content_type="application/json", headers=headers)
        if answer.status_code not in GOOD:
            raise AssertionError(f"{question.path}: {answer.status_code} {answer.content[:300]!r}")
        return answer

    @property
    def session(self) -> str:
        return "" if self.headers else str(self.client.session.session_key)


@dataclass(frozen=True)
class Line:
    """What is measured. What can be asked only so often (a job is finished once) is not asked over HTTP as well."""

    operation: str
    caller: Caller
    goal: float
    question: Callable[[], Question]
    is_repeatable: bool = True


@dataclass(frozen=True)
class Figure:
    """One line of the result. `ratio` is its processor time over the floor's of the same minutes; `goal` is what it should be.

    `p50_ms` and `p95_ms` are by a clock on the wall, one call after the other in this process. The other times are
    medians of processor time in milliseconds. Answers a second are those of real web workers, asked over HTTP.
    """

    operation: str
    rows: int
    p50_ms: float
    p95_ms: float
    application_ms: float
    database_ms: float
    floor_ms: float
    ratio: float
    goal: float
    sql: int
    kilobytes: float
    per_second: Rates

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Counter:
    """How many statements a page sends."""

    number = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.number += 1
        return execute(*arguments)


class Spent(NamedTuple):
    """Milliseconds of this process, of the database's, and of the clock on the wall."""

    application: float
    database: float
    wall: float

    @property
    def total(self) -> float:
        return self.application + self.database


def spent_until_now() -> Spent:
    """The first field of `schedstat` is the time on a processor in nanoseconds (Linux, Documentation/scheduler)."""
    connection.ensure_connection()
    wall = time.perf_counter() * 1000
    try:
        backend = Path(f"/proc/{connection.connection.info.backend_pid}")
        if backend.joinpath("comm").read_text().strip() == "postgres":
            nanoseconds = int(backend.joinpath("schedstat").read_text().split()[0])
            return Spent(time.process_time() * 1000, nanoseconds / 1e6, wall)
    except OSError:
        pass
    return Spent(wall, 0.0, wall)


def spent_on(call: Callable[[], Any]) -> Spent:
    before = spent_until_now()
    call()
    after = spent_until_now()
    return Spent(*(late - early for early, late in zip(before, after, strict=True)))


def percentile(times: Sequence[float], percent: int) -> float:
    """One of those that were measured: the nearest rank."""
    return sorted(times)[max(math.ceil(len(times) * percent / 100), 1) - 1]


@dataclass
class Bench:
    rows: int
    rounds: int
    page: Caller
    bare: Client
    served: Served | None = None
    statements: Statements = field(default_factory=Statements)

    @property
    def questions(self) -> int:
        """How often a line is asked in this process."""
        return WARM_UP + 2 + self.rounds

    def measure(self, line: Line) -> Figure:
        """The line, and the floor called between its turns."""
        call = partial(self._ask, line)
        for _turn in range(WARM_UP):
            call()
            self.call_floor()
        sql = Counter()
        with connection.execute_wrapper(sql):
            answer = call()
        with self.statements.of(line.operation):
            call()
        times, floors = [], []
        for _turn in range(self.rounds):
            times.append(spent_on(call))
            floors.append(spent_on(self.call_floor))
        p50, floor_p50 = (median(spent.total for spent in column) for column in (times, floors))
        walls = [spent.wall for spent in times]
        return Figure(
            line.operation,
            self.rows,
            p50_ms=round(percentile(walls, 50), 1),
            p95_ms=round(percentile(walls, 95), 1),
            application_ms=round(median(spent.application for spent in times), 1),
            database_ms=round(median(spent.database for spent in times), 1),
            floor_ms=round(floor_p50, 2),
            ratio=round(p50 / floor_p50, 2),
            goal=line.goal,
            sql=sql.number,
            kilobytes=round(len(answer.content) / 1024, 1),
            per_second=self._rates(line),
        )

    def call_floor(self) -> None:
        answer = self.bare.get(floor.URL)
        if answer.status_code not in GOOD:
            raise AssertionError(f"the floor: {answer.status_code}")

    def _ask(self, line: Line) -> Any:
        return line.caller.ask(line.question())

    def _rates(self, line: Line) -> Rates:
        if self.served is None or not line.is_repeatable:
            return {}
        return self.served.rates(line.question, headers=line.caller.headers, session=line.caller.session)


@contextmanager
def bench_for(user: User, *, rows: int, rounds: int, served: Served | None = None) -> Iterator[Bench]:
    """Two browsers of one person, one in the product, one on the floor. Static names stay plain: nothing is collected."""
    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    backends = [*settings.AUTHENTICATION_BACKENDS, floor.BACKEND]
    product = {"STORAGES": plain, "ALLOWED_HOSTS": ["*"], "API_CALLS_PER_MINUTE": UNHINDERED}
    with override_settings(**product, AUTHENTICATION_BACKENDS=backends):
        page, bare = Caller(user), Client(SERVER_NAME="localhost")
        bare.force_login(user, backend=floor.BACKEND)
        with override_settings(MIDDLEWARE=floor.MIDDLEWARE, SESSION_ENGINE=floor.SESSION_ENGINE):
            bare.handler.load_middleware()
        gc.collect()
        gc.freeze()  # as the web process does when it has loaded
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")  # what helpers spend is nobody's
        yield Bench(rows, rounds, page, bare, served)
