"""Keeps a few programs running: shows and keeps what they say, starts them again with growing pauses, stops them in order."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from launcher import attached, django, places, texts

LOOK_SECONDS = 0.25
STOP_SECONDS = 15
# A program that ran this long had started well: its next start does not wait.
STEADY_SECONDS = 30
LONGEST_PAUSE_SECONDS = 30
LOG_BYTES = 5_000_000
LOG_FILES = 5


class LogFile(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the name is theirs
        """On a full disk a line is lost here; the terminal still shows it, and the program must not suffer."""


def log_file(name: str) -> logging.Logger:
    places.LOGS.mkdir(parents=True, exist_ok=True)
    handler = LogFile(
        places.LOGS / f"{name}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", errors="replace"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger = logging.Logger(name)  # noqa: LOG001 -- not one of the global loggers: nothing may reconfigure it
    logger.addHandler(handler)
    return logger


@dataclass
class Program:
    """One program that shall always run."""

    name: str
    command: Sequence[str]
    env: dict[str, str] = field(repr=False)
    process: subprocess.Popen[str] | None = field(default=None, init=False)
    started: float = field(default=0, init=False)
    failures: int = field(default=0, init=False)
    next_start: float = field(default=0, init=False)
    is_shown: bool = field(default=True, init=False)

    def start(self) -> None:
        """Start it in a session of its own (Ctrl-C is for us, who stop things in order), to end when we end."""
        self.process = subprocess.Popen(
            [sys.executable, attached.__file__, str(os.getpid()), str(int(signal.SIGTERM)), *self.command],
            cwd=places.ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self.started = time.monotonic()
        threading.Thread(target=self.relay, args=(self.process,), daemon=True).start()

    def relay(self, process: subprocess.Popen[str]) -> None:
        log = log_file(self.name)
        for line in process.stdout or ():
            log.info(line.rstrip())
            self.show(line)

    def show(self, line: str) -> None:
        if not self.is_shown:
            return
        with contextlib.suppress(OSError):  # the terminal may be gone; the log file has it
            # One write a line: several programs speak at once.
            sys.stdout.write(f"{self.name:7}| {line.rstrip()}\n")
            sys.stdout.flush()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal_all(self, number: int) -> None:
        """Reach its own children too: a killed web server must not leave workers that keep the port."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def note_end(self) -> float:
        """Clear up after it ended by itself. Returns the pause before its next start."""
        code = self.process.returncode if self.process else 0
        self.signal_all(signal.SIGKILL)
        self.process = None
        steady = time.monotonic() - self.started > STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        pause: float = min(0.5 * 2 ** (self.failures - 1), LONGEST_PAUSE_SECONDS)
        self.next_start = time.monotonic() + pause
        self.show(texts.line("program_ended", code=code, seconds=pause))
        return pause

    def ask_to_stop(self) -> None:
        """Ask only the program itself: it stops its children in its own order."""
        if self.is_running() and self.process:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            self.show(texts.line("program_killed"))
        self.signal_all(signal.SIGKILL)
        self.process.wait()


class Supervisor:
    def __init__(self, programs: Sequence[Program], *, on_look: Callable[[], None] = lambda: None) -> None:
        self.programs = programs
        self.on_look = on_look
        self.stopping = False

    def catch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.note_signal)

    def note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def start(self) -> None:
        for program in self.programs:
            program.start()

    def look(self) -> None:
        """Start again what has ended and has waited long enough."""
        for program in self.programs:
            if program.is_running():
                continue
            if program.process is not None:
                program.note_end()
            elif time.monotonic() >= program.next_start:
                program.start()
        self.on_look()

    def run(self) -> None:
        while not self.stopping:
            self.look()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        for program in self.programs:
            program.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for program in self.programs:
            program.wait(deadline)


def web(host: str, port: int, env: dict[str, str]) -> Program:
    workers = str(max(2, min(os.cpu_count() or 2, 4)))
    serve = [str(places.PYTHON), "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    options = ["--workers", workers, "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws"]
    return Program("web", [*serve, *options, "config.wsgi:application"], env)


def push(host: str, port: int, env: dict[str, str]) -> Program:
    serve = [str(places.PYTHON), "-m", "granian", "--interface", "asgi", "--host", host, "--port", str(port)]
    # The stream of an open page never ends by itself: without a limit every stop would wait for it in vain.
    options = ["--workers", "1", "--workers-kill-timeout", "2", "--respawn-failed-workers", "--no-ws"]
    return Program("push", [*serve, *options, "config.push:application"], env)


def worker(env: dict[str, str]) -> Program:
    return Program("worker", django.command(["work"]), env)
