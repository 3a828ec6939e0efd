"""The supervisor with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher import places
from launcher.supervisor import Program, Supervisor

WAIT_SECONDS = 20
# Starts a child of its own, notes both ids, and lives until it is told to stop.
PROGRAM = """
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
with open(sys.argv[1], "a") as notes: notes.write(f"{os.getpid()} {child.pid}\\n")
print("hello 你好", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _own_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOGS", tmp_path / "log")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def supervisor(notes: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor([Program("web", [sys.executable, "-c", PROGRAM, str(notes)], dict(os.environ))])
    yield supervisor
    supervisor.stop()


def starts(notes: Path) -> list[tuple[int, int]]:
    lines = notes.read_text().splitlines() if notes.exists() else []
    return [(int(program), int(child)) for program, child in (line.split() for line in lines)]


def lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def eventually(question: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False


def test_supervisor_starts_a_killed_program_again_and_leaves_no_child_behind(
    supervisor: Supervisor, notes: Path
) -> None:
    supervisor.start()
    assert eventually(lambda: len(starts(notes)) == 1)
    program, child = starts(notes)[0]

    os.kill(program, signal.SIGKILL)

    def look() -> bool:
        supervisor.look()
        return len(starts(notes)) == 2

    assert eventually(look)
    assert eventually(lambda: not lives(child))


def test_supervisor_waits_longer_after_each_quick_end(notes: Path) -> None:
    program = Program("web", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))
    pauses = []
    for _ in range(8):
        program.start()
        assert program.process is not None
        program.process.wait()
        pauses.append(program.note_end())

    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_supervisor_stops_programs_and_their_children(supervisor: Supervisor, notes: Path) -> None:
    supervisor.start()
    assert eventually(lambda: len(starts(notes)) == 1)

    supervisor.stop()

    assert eventually(lambda: not any(lives(pid) for pid in starts(notes)[0]))


def test_supervisor_keeps_what_a_program_says(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start()

    log = tmp_path / "log" / "web.log"
    assert eventually(lambda: log.exists() and log.read_text("utf-8").rstrip().endswith("hello 你好"))


def test_programs_die_with_a_killed_supervisor(notes: Path, tmp_path: Path) -> None:
    script = (
        "import os, sys, time\n"
        "from launcher.supervisor import Program, Supervisor\n"
        "Supervisor([Program('web', [sys.executable, '-c', sys.argv[1], sys.argv[2]], dict(os.environ))]).start()\n"
        "time.sleep(600)"
    )
    env = os.environ | {"PYTHONPATH": str(places.ROOT), "GONGYING_VAR": str(tmp_path)}
    supervisor = subprocess.Popen([sys.executable, "-c", script, PROGRAM, str(notes)], env=env)
    assert eventually(lambda: len(starts(notes)) == 1)

    supervisor.kill()
    supervisor.wait()

    assert eventually(lambda: not lives(starts(notes)[0][0]))
    os.kill(starts(notes)[0][1], signal.SIGKILL)  # the careless child of our careless program
