"""A whole installation of its own, kept alive as `bin/run` does it, in whose processes one may reach."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from launcher import django, places, run
from launcher.chaos.clocks import Clocks
from launcher.postgres import Postgres
from launcher.steps import Failed
from launcher.supervisor import Program, Supervisor

READY_SECONDS = 120


@dataclass
class Product:
    """Between `start` and `stop` the programs run, and are started again when they end."""

    postgres: Postgres | None  # None: the server that DATABASE_URL names
    options: argparse.Namespace  # of `bin/run`
    settings: dict[str, str] = field(default_factory=dict)
    clocks: Clocks | None = None
    supervisor: Supervisor = field(init=False)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        programs = run.programs(self.options, self.postgres)
        for program in programs:
            # As many calls as come, and pages without the files of the browser: nobody looks at them here.
            program.env |= {"GONGYING_API_CALLS_PER_MINUTE": "0", "GONGYING_PLAIN_STATIC": "1", **self.settings}
            if self.clocks:
                program.env |= self.clocks.programs.env
            program.is_shown = False
        self.supervisor = Supervisor(programs, on_look=run.looking_after(self.postgres))
        # A program ends with the thread that started it: all are started, and started again, by this one.
        self.thread = threading.Thread(target=self._keep_running, daemon=True)

    def _keep_running(self) -> None:
        self.supervisor.start()
        self.supervisor.run()
        self.supervisor.stop()

    @classmethod
    def on_a_free_port(
        cls,
        postgres: Postgres | None,
        first: int,
        settings: dict[str, str] | None = None,
        clocks: Clocks | None = None,
    ) -> Product:
        ports = range(first, first + 400, 2)
        free = next(port for port in ports if run.is_free("127.0.0.1", port) and run.is_free("127.0.0.1", port + 1))
        return cls(postgres, run.arguments(["--port", str(free)]), settings or {}, clocks)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.options.port}"

    @property
    def push_address(self) -> str:
        return f"http://127.0.0.1:{self.options.push_port}/push/"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        self.thread.start()
        try:
            self.wait_until_healthy()
            yield
        finally:
            self.supervisor.stopping = True
            self.thread.join()

    def wait_until_healthy(self, seconds: float = READY_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while True:
            healthy, answer = run.health(self.options)
            if healthy:
                return
            if time.monotonic() > deadline or not self.thread.is_alive():
                raise Failed("not_healthy", output=answer, seconds=int(seconds), logs=places.LOGS)
            time.sleep(0.2)

    # -- its processes

    def program(self, name: str) -> Program:
        return next(program for program in self.supervisor.programs if program.name == name)

    def process_of(self, name: str) -> int:
        """Waits until there is one: it may just be starting again."""
        while True:
            process = self.program(name).process
            if process is not None and process.poll() is None:
                return process.pid
            time.sleep(0.05)

    @property
    def cluster(self) -> Postgres:
        assert self.postgres is not None  # noqa: S101 -- faults happen to a database of our own
        return self.postgres

    def postmaster(self) -> int:
        return int((self.cluster.data / "postmaster.pid").read_text().split()[0])

    def manage(self, *arguments: str) -> str:
        env = django.environment(as_owner=True, postgres=self.postgres)
        answer = subprocess.run(django.command(arguments), env=env, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise Failed("chaos_command_failed", output=answer.stderr, command=arguments[0])
        return answer.stdout.strip()


def children_of(process: int) -> list[int]:
    """All of its descendants, the nearest first."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in path.read_text().split():
                found += [int(child), *children_of(int(child))]
    return found


def kill(*processes: int) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
