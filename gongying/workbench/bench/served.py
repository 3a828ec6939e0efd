"""The product's own web server over the measured database, asked as browsers and programs ask: over HTTP, on this machine."""

import contextlib
import http.client
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.db import connection
from psycopg.conninfo import make_conninfo

from launcher import run
from launcher.supervisor import Program

if TYPE_CHECKING:
    from gongying.workbench.bench.measure import Question

FIRST_PORT = 8700
CONCURRENT = (1, 8)
WARM_UP_SECONDS, SECONDS = 0.3, 0.7
START_SECONDS, ANSWER_SECONDS = 60, 60
UNHINDERED = "10000000"
# Not a way to the log-in, either.
GOOD = (200, 201)

# Answers a second, by how many ask at the same time.
Rates = dict[str, float]


class Served:
    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie

    def rates(self, question: Callable[[], "Question"], *, headers: dict[str, str], session: str) -> Rates:
        sent = {**headers, "Cookie": f"{self.cookie}={session}"} if session else headers
        for _worker in CONCURRENT:
            self._rate(question, sent, max(CONCURRENT), WARM_UP_SECONDS)
        return {str(number): self._rate(question, sent, number, SECONDS) for number in CONCURRENT}

    def _rate(self, question: Callable[[], "Question"], headers: dict[str, str], number: int, seconds: float) -> float:
        answers: list[int] = []
        start = time.monotonic()
        askers = [
            threading.Thread(target=self._ask_until, args=(start + seconds, question, headers, answers))
            for _asker in range(number)
        ]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        if bad := [status for status in answers if status not in GOOD]:
            raise AssertionError(f"over HTTP {question().path} was answered by {bad[0]}")
        return round(len(answers) / (time.monotonic() - start), 1)

    def _ask_until(
        self, end: float, question: Callable[[], "Question"], headers: dict[str, str], answers: list[int]
    ) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        while time.monotonic() < end:
            asked = question()
            if asked.body is None:
                line.request("GET", asked.path, headers=headers)
            else:
                more = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
                line.request("POST", asked.path, asked.body, {**headers, **more})
            answer = line.getresponse()
            answer.read()
            answers.append(answer.status)
        line.close()


@contextlib.contextmanager
def web_server() -> Iterator[Served]:
    """Two to four workers, as `bin/run` starts them, over the database to which the connection leads."""
    port = next(port for port in range(FIRST_PORT, FIRST_PORT + 200) if run.is_free("127.0.0.1", port))
    web: Program = run.programs(run.arguments(["--port", str(port)]), None)[0]
    web.env |= {
        "DATABASE_URL": address_of_the_database(),
        "GONGYING_API_CALLS_PER_MINUTE": UNHINDERED,
        "GONGYING_PLAIN_STATIC": "1",
    }
    web.is_shown = False
    web.start()
    try:
        _wait_for(port)
        yield Served(port, web.env["GONGYING_SESSION_COOKIE"])
    finally:
        web.ask_to_stop()
        web.wait(time.monotonic() + START_SECONDS)


def address_of_the_database() -> str:
    """The one to which the connection leads, which is not the one that the environment names."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    known = {libpq: connection.settings_dict[ours] for ours, libpq in names.items() if connection.settings_dict[ours]}
    return make_conninfo(**known)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
            line.request("GET", "/healthz")
            line.getresponse().read()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
