"""Everything a machine checks, as named steps with a summary: `bin/check` runs the quick ones, `bin/test` all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from launcher import browser, catalogues, django, frontend, packages, places, texts
from launcher.postgres import SUPERUSER, Postgres
from launcher.steps import Failed, Steps

RESULTS = places.VAR / "test-results"
# Longer than anything here takes on two slow cores: a step that hangs must not hang for ever.
LONGEST_SECONDS = 20 * 60
# Tests speak of today and tomorrow as they are in Shanghai: none of their steps begins so near before midnight, or after.
SHANGHAI = timezone(timedelta(hours=8))
BEFORE_MIDNIGHT, AFTER_MIDNIGHT = timedelta(minutes=8), timedelta(minutes=6)


@dataclass(frozen=True)
class Step:
    name: str
    command: Callable[[], list[str]]
    is_quick: bool = True
    # Of `bin/check` only: a later step of `bin/test` does the same and more.
    is_done_later: bool = False
    # Without what it looks at there is nothing to check.
    needs: str = "."
    is_of_one_day: bool = False
    # Uses both cores itself.
    is_alone: bool = False


@dataclass(frozen=True)
class Outcome:
    step: Step
    ok: bool
    seconds: float


def python(*arguments: str) -> Callable[[], list[str]]:
    return lambda: [str(places.PYTHON), "-m", *arguments]


def templates() -> list[str]:
    files = [str(path.relative_to(places.ROOT)) for path in sorted(places.ROOT.glob("gongying/*/templates/**/*.html"))]
    return [str(places.PYTHON.parent / "djade"), "--check", "--target-version", "5.2", *files]


# Two processes; who has done its half takes of the other's, so that neither waits for a few long tests at the end.
BOTH_CORES = ("-n", "2", "--dist", "worksteal")


def pytest(name: str, *arguments: str) -> Callable[[], list[str]]:
    options = ["-p", "tests.requirements_plugin", "--results", str(RESULTS / f"{name}.json"), "-q"]
    return python("pytest", *options, *arguments)


STEPS = [
    # First, beside what needs no database: all migrations take most of a minute of one core, and both cores wait for it later.
    Step("template", python("tests.databases"), is_quick=False, needs="tests/databases.py"),
    Step("format", python("ruff", "format", "--check", ".")),
    Step("lint", python("ruff", "check", ".")),
    Step("templates", templates),
    Step("types", python("mypy")),
    Step(
        "structure",
        pytest("structure", "-m", "not long", "tests/structure"),
        needs="tests/structure",
        is_done_later=True,
    ),
    Step(
        "ladder",
        lambda: [
            str(places.PYTHON),
            "-c",
            "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())",
        ],
    ),
    Step("migrations", lambda: django.command(["makemigrations", "--check", "--dry-run"])),
    Step(
        "everywhere",
        pytest("everywhere", *BOTH_CORES, "tests/structure"),
        is_quick=False,
        is_alone=True,
        needs="tests/structure",
    ),
    Step(
        "tests",
        pytest("tests", *BOTH_CORES, "--ignore=tests/structure", "--ignore=tests/journeys", "tests"),
        is_quick=False,
        is_alone=True,
        is_of_one_day=True,
    ),
    Step(
        "journeys",
        pytest("journeys", *BOTH_CORES, "tests/journeys"),
        is_quick=False,
        is_alone=True,
        needs="tests/journeys",
        is_of_one_day=True,
    ),
]


def steps_of(*, quick: bool) -> list[Step]:
    return [step for step in STEPS if (step.is_quick if quick else not step.is_done_later)]


class Running:
    """A step that runs. What it says is shown at once, or kept together until its end."""

    def __init__(self, step: Step, env: dict[str, str], *, shows: bool) -> None:
        self.step = step
        self.kept = None if shows else tempfile.TemporaryFile()  # noqa: SIM115 -- closed in outcome()
        if shows:
            self.announce()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            step.command(),
            cwd=places.ROOT,
            env=env,
            stdout=self.kept,
            stderr=subprocess.STDOUT if self.kept else None,
            start_new_session=True,
        )

    def announce(self) -> None:
        print(f"\n== {texts.line(f'step_{self.step.name}')}", flush=True)

    def is_over(self) -> bool:
        if time.monotonic() - self.started > LONGEST_SECONDS:
            texts.complain("step_too_long", minutes=LONGEST_SECONDS // 60)
            self.kill()
        return self.process.poll() is not None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def outcome(self) -> Outcome:
        seconds = time.monotonic() - self.started
        if self.kept:
            self.announce()
            self.kept.seek(0)
            print(self.kept.read().decode("utf-8", "replace").strip(), flush=True)
            self.kept.close()
        return Outcome(self.step, self.process.returncode == 0, seconds)


class Suite:
    """Runs steps against a throw-away database of its own, and counts."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.outcomes: list[Outcome] = []
        self.postgres = None if django.brings_database() else Postgres(places.VAR / "test-postgres", durable=False)
        self.env: dict[str, str] = {}

    # -- before

    def set_up(self) -> None:
        steps = Steps(total=3 if self.quick else 5)
        with steps.step("packages") as progress:
            packages.require("dev", progress)
        extra: dict[str, str] = {}
        if not self.quick:
            with steps.step("frontend") as progress:
                frontend.fetch(progress)
            with steps.step("chromium") as progress:
                extra = {"GONGYING_CHROMIUM": browser.require(progress), "FONTCONFIG_FILE": str(frontend.fonts_conf())}
        with steps.step("catalogues"):
            catalogues.compile_all()
        with steps.step("database"):
            if self.postgres:
                self.postgres.start()
        self.env = self.environment() | extra

    def environment(self) -> dict[str, str]:
        """Tests get a var folder of their own, so that they never touch the files of an installation."""
        var = places.VAR / "test"
        (var / "static").mkdir(parents=True, exist_ok=True)
        link = var / "frontend"
        if not link.is_symlink():
            link.symlink_to(Path("..") / places.FRONTEND.name)
        env = django.environment(as_owner=True, postgres=self.postgres)
        if self.postgres:
            # Tests create databases, and empty tables past the guard of the journal.
            env["DATABASE_URL"] = env["OWNER_DATABASE_URL"] = self.postgres.url(SUPERUSER)
        return env | {"GONGYING_VAR": str(var), "GONGYING_PLAIN_STATIC": "1"}

    # -- running

    def run_all(self) -> None:
        """Run the short steps two at a time, then the long ones one by one (they use both cores themselves)."""
        shutil.rmtree(RESULTS, ignore_errors=True)
        RESULTS.mkdir(parents=True)
        steps = [step for step in steps_of(quick=self.quick) if (places.ROOT / step.needs).exists()]
        self.run([step for step in steps if not step.is_alone], at_once=2)
        self.run([step for step in steps if step.is_alone])

    def run(self, steps: Sequence[Step], *, at_once: int = 1) -> None:
        waiting, running = list(steps), list[Running]()
        try:
            while waiting or running:
                while waiting and len(running) < at_once:
                    if waiting[0].is_of_one_day:
                        let_midnight_pass()
                    running.append(Running(waiting.pop(0), self.env, shows=at_once == 1))
                for one in [one for one in running if one.is_over()]:
                    running.remove(one)
                    self.outcomes.append(one.outcome())
                time.sleep(0.05)
        finally:
            for one in running:
                one.kill()

    def stop(self) -> None:
        if self.postgres and self.postgres.handle is not None:
            self.postgres.stop()

    # -- after

    @property
    def is_ok(self) -> bool:
        return bool(self.outcomes) and all(outcome.ok for outcome in self.outcomes)

    def summarise(self) -> None:
        """Print the table, and as the very last line how many tests passed and failed."""
        print(f"\n{texts.line('summary')}")
        for outcome in sorted(self.outcomes, key=lambda each: STEPS.index(each.step) if each.step in STEPS else 0):
            mark = "ok    " if outcome.ok else "FAILED"
            print(f"  {mark} {outcome.seconds:7.1f} s  {texts.line(f'step_{outcome.step.name}')}")
        counts = counted()
        if not self.is_ok:
            texts.say("some_failed", steps=", ".join(each.step.name for each in self.outcomes if not each.ok))
        skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
        print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}", flush=True)


def until_one_day(now: datetime) -> timedelta:
    """How long to wait for an hour whose day does not end too soon."""
    here = now.astimezone(SHANGHAI)
    begun = here - here.replace(hour=0, minute=0, second=0, microsecond=0)
    if begun < AFTER_MIDNIGHT:
        return AFTER_MIDNIGHT - begun
    left = timedelta(days=1) - begun
    return left + AFTER_MIDNIGHT if left < BEFORE_MIDNIGHT else timedelta()


def let_midnight_pass() -> None:
    wait = until_one_day(datetime.now(UTC))
    if wait:
        texts.say("lets_midnight_pass", minutes=round(wait.total_seconds() / 60))
        time.sleep(wait.total_seconds())


def kept_results() -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))]


def counted() -> dict[str, int]:
    results = kept_results()
    return {word: sum(int(result[word]) for result in results) for word in ("passed", "failed", "skipped")}


def main(run: Callable[[Suite], None], *, quick: bool) -> int:
    """Set up, let `run` run what it wants, stop the database whatever happens."""
    suite = Suite(quick=quick)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        suite.set_up()
        run(suite)
    except Failed as failure:
        failure.show()
        return 1
    except KeyboardInterrupt:
        texts.complain("interrupted")
        return 130
    finally:
        suite.stop()
    suite.summarise()
    return 0 if suite.is_ok else 1
