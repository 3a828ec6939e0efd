"""Named steps that show that they are alive, how long they took, and what to do when they fail."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from launcher import texts

TELL_SECONDS = 3


class Failed(Exception):  # noqa: N818 -- it names what happened
    """A step could not be done. Carries the key of a text that says what to do, and what the machine said."""

    def __init__(self, key: str, *, output: str = "", **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.output = output
        self.values_ = values

    def show(self) -> None:
        if self.output:
            print(self.output.rstrip(), file=sys.stderr, flush=True)
        texts.complain(self.key, **self.values_)

    def __str__(self) -> str:
        return "\n".join([self.output, *texts.lines(self.key, **self.values_)]).strip()


class Steps:
    """Prints `[2/8] name … 1.2 s`; on a terminal the seconds count while the step runs."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self.total = total
        self.quiet = quiet
        self.number = 0
        self.detail = ""
        self.told_at = 0.0

    @contextlib.contextmanager
    def step(self, key: str, **values: object) -> Iterator[Callable[[str], None]]:
        """Run the block as a step. It may be given a word on its progress by the function it gets."""
        self.number += 1
        self.detail = ""
        self.told_at = time.monotonic()
        title = f"[{self.number}/{self.total}] {texts.line(key, **values)}"
        if self.quiet:
            yield self.progress
            return
        started = time.monotonic()
        done = threading.Event()
        ticker = threading.Thread(target=self.tick, args=(title, started, done), daemon=True)
        live = sys.stdout.isatty()
        print(f"{title} …", end="" if live else "\n", flush=True)
        if live:
            ticker.start()
        try:
            yield self.progress
        except BaseException:
            self.finish(title, started, done, ticker if live else None, mark="✗")
            raise
        self.finish(title, started, done, ticker if live else None, mark="✓")

    def progress(self, detail: str) -> None:
        """Note a word on the progress. Where no line can be rewritten (a log), one every few seconds is enough."""
        self.detail = detail
        now = time.monotonic()
        if detail and not self.quiet and not sys.stdout.isatty() and now - self.told_at > TELL_SECONDS:
            self.told_at = now
            print(f"      {detail}", flush=True)

    def tick(self, title: str, started: float, done: threading.Event) -> None:
        while not done.wait(0.5):
            seconds = time.monotonic() - started
            print(f"\r\033[K{title} … {seconds:.0f} s  {self.detail[:40]}", end="", flush=True)

    def finish(
        self, title: str, started: float, done: threading.Event, ticker: threading.Thread | None, *, mark: str
    ) -> None:
        done.set()
        seconds = time.monotonic() - started
        if ticker is None:
            print(f"      {mark} {seconds:.1f} s", flush=True)
            return
        ticker.join()
        print(f"\r\033[K{title} {mark} {seconds:.1f} s", flush=True)


def run(
    command: Sequence[str | Path],
    *,
    failure: str,
    progress: Callable[[str], None] | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run `command`; its last lines are shown, with the advice `failure`, only if it fails."""
    kept: deque[str] = deque(maxlen=40)
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise Failed(failure, output=str(error)) from error
    try:
        for text in process.stdout or ():
            kept.append(text)
            if progress and text.strip():
                progress(text.strip())
        process.wait()
    except BaseException:  # interrupted: what we started must not go on without us
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        raise Failed(failure, output="".join(kept))
