"""The virtual environment and the locked Python packages in it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from launcher import locks, places
from launcher.steps import Failed, run

STAMP = "gongying-installed.txt"


def lock_file(name: str) -> Path:
    return places.REQUIREMENTS / f"{name}.txt"


def digest(name: str) -> str:
    return f"{name} {hashlib.sha256(lock_file(name).read_bytes()).hexdigest()}"


def is_installed(name: str, venv: Path = places.VENV) -> bool:
    stamp = venv / STAMP
    return (venv / "bin" / "python").exists() and stamp.exists() and digest(name) in stamp.read_text().splitlines()


def make_venv(venv: Path) -> None:
    """Make the environment, or make it anew when its Python has gone (the system's was upgraded, the folder was copied)."""
    python = venv / "bin" / "python"
    if (
        python.exists()
        and subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    ):
        return
    run([sys.executable, "-m", "venv", "--clear", venv], failure="venv_failed")


def install(name: str, progress: Callable[[str], None], venv: Path = places.VENV) -> None:
    """Install the packages of one lock file, each checked against its hash. `dev` contains `runtime`."""
    with locks.only_one(places.VAR / "setup.lock"):
        if is_installed(name, venv):
            return
        make_venv(venv)
        total = sum(line[:1].isalnum() for line in lock_file(name).read_text().splitlines())
        seen = 0

        def count(line: str) -> None:
            nonlocal seen
            if line.startswith("Collecting "):
                seen += 1
                progress(f"{seen}/{total} {line.split()[1].partition('==')[0]}")

        run(
            [
                *(venv / "bin" / "python", "-m", "pip", "install"),
                *("--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check"),
                *("--root-user-action=ignore", "--progress-bar=off", "-r", lock_file(name)),
            ],
            failure="packages_failed",
            progress=count,
        )
        contained = ["runtime"] if name == "dev" else []
        (venv / STAMP).write_text("\n".join(digest(each) for each in [name, *contained]) + "\n")


def require(name: str, progress: Callable[[str], None]) -> None:
    if not is_installed(name):
        install(name, progress)
    if not places.PYTHON.exists():
        raise Failed("venv_failed")
