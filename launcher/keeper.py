"""Holds one PostgreSQL server: creates its cluster, starts it again when it dies, stops it when nobody uses it any more.

It is a process of its own, so that whoever uses the database may die in any way: `python -m launcher.keeper FOLDER`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from launcher import attached, locks, places
from launcher.postgres import APPLICATION, DATABASE, OWNER, SUPERUSER, Postgres, binaries_folder, binary_environment
from launcher.steps import Failed

LOOK_SECONDS = 0.25
QUICK_DEATH_SECONDS = 10
QUICK_DEATHS = 4
STOP_SECONDS = 60
# Not the recovery after a crash, only processes that are already dying.
DYING_SECONDS = 30

BUILTIN_LOCALE_SINCE = 17
NOT_DURABLE = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]

# One statement a line, without a semicolon inside: single-user mode reads it so.
FIRST_STATEMENTS = f"""\
CREATE ROLE {OWNER} LOGIN CREATEDB;
CREATE ROLE {APPLICATION} LOGIN;
CREATE DATABASE {DATABASE} OWNER {OWNER};
"""


def settings() -> str:
    """Return settings for a server that shares a small office machine with the application."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return f"""\
# Written once when the cluster was created; yours to change.
listen_addresses = ''
max_connections = 100
shared_buffers = {min(max(memory // 8, 128), 1024)}MB
effective_cache_size = {max(memory // 2, 512)}MB
work_mem = 16MB
maintenance_work_mem = {min(max(memory // 16, 64), 512)}MB
max_wal_size = 2GB
checkpoint_completion_target = 0.9
random_page_cost = 1.1
default_statistics_target = 200
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u '
log_checkpoints = off
log_min_duration_statement = 2000
idle_in_transaction_session_timeout = 10min
"""


class Account:
    """How PostgreSQL, which refuses to run as root, is run: as we are, or for root in an empty user namespace.

    In the namespace the server keeps root's files but has none of root's powers, and no system user is needed.
    A cluster that belongs to an ordinary user is run as that user; where user namespaces are forbidden, as `nobody`.
    """

    def __init__(self, folder: Path) -> None:
        self.in_namespace = False
        self.user: int | None = None
        if os.geteuid() != 0:
            return
        data = folder / "data"
        owner = data.stat().st_uid if data.exists() else 0
        if owner:
            self.user = owner
        elif namespaces_allowed():
            self.in_namespace = True
        elif data.exists():
            raise Failed("postgres_namespace_gone")
        else:
            self.user = pwd.getpwnam("nobody").pw_uid
            say("user namespaces are forbidden here: PostgreSQL runs as the user nobody")

    @property
    def group(self) -> int | None:
        return None if self.user is None else pwd.getpwuid(self.user).pw_gid

    def own(self, path: Path) -> None:
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)

    def require_passage(self, path: Path) -> None:
        """Say which folder is closed to the account; opening it is the administrator's decision."""
        if self.user is None:
            return
        for folder in reversed([path, *path.parents]):
            look = ["sh", "-c", 'test -x "$1"', "sh", str(folder)]
            closed = subprocess.run(
                look, user=self.user, group=self.group, extra_groups=[], cwd="/", check=False
            ).returncode
            if closed:
                raise Failed("postgres_closed_folder", folder=folder, user=pwd.getpwuid(self.user).pw_name)

    def popen(
        self, command: Sequence[str | Path], *, lock: int | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start a program of PostgreSQL which dies with us, and which may hold a lock for us."""
        attach: Callable[[], None] | None = partial(attached.attach, os.getpid(), signal.SIGINT)
        prefix: list[str] = []
        if self.in_namespace:
            # Entering a namespace forgets the wish to die with the parent: it must be made inside.
            prefix = ["unshare", "--user", sys.executable, attached.__file__, str(os.getpid()), str(int(signal.SIGINT))]
            attach = None
        return subprocess.Popen(
            [*prefix, *map(str, command)],
            env=binary_environment(Path(command[0]).parent),
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
            pass_fds=[] if lock is None else [lock],
            umask=0o077,
            preexec_fn=attach,  # noqa: PLW1509 -- the keeper has one thread
            **options,
        )

    def run(self, command: Sequence[str | Path], text: str = "") -> None:
        with self.popen(command, stdin=subprocess.PIPE) as process:
            process.communicate(text.encode())
        if process.returncode:
            raise Failed("postgres_start", log="postgres.log")


def namespaces_allowed() -> bool:
    try:
        return subprocess.run(["unshare", "--user", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


class Keeper:
    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.binaries = binaries_folder()
        self.account = Account(postgres.folder)
        self.account.require_passage(postgres.folder)
        self.account.require_passage(self.binaries)
        self.stopping = False

    # -- the cluster

    def version(self) -> str:
        output = subprocess.run(
            [self.binaries / "postgres", "--version"],
            env=binary_environment(self.binaries),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return output.split()[2].partition(".")[0]

    def create_cluster(self) -> None:
        """Make a complete cluster under another name, then rename: a cluster that is there is complete."""
        for unfinished in self.postgres.folder.glob("new-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        new = self.postgres.folder / f"new-{os.getpid()}"
        new.mkdir(mode=0o700)
        self.account.own(new)
        initdb: list[str | Path] = [
            self.binaries / "initdb",
            "-D",
            new,
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
            "--no-instructions",
        ]
        if int(self.version()) >= BUILTIN_LOCALE_SINCE:
            initdb += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            initdb += ["--locale=C.UTF-8"]
        if not self.postgres.durable:
            initdb += ["--no-sync"]
        self.account.run(initdb)
        with (new / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude = 'gongying.conf'\n")
        (new / "gongying.conf").write_text(settings())
        self.account.own(new / "gongying.conf")
        single: list[str | Path] = [
            self.binaries / "postgres",
            "--single",
            "-D",
            new,
            "-c",
            "log_min_messages=error",
            "postgres",
        ]
        self.account.run(single, FIRST_STATEMENTS)
        new.rename(self.postgres.data)

    def check_version(self) -> None:
        cluster = (self.postgres.data / "PG_VERSION").read_text().strip()
        if cluster != self.version():
            raise Failed("postgres_version", cluster=cluster, binaries=self.version(), data=self.postgres.data)

    # -- the server

    def prepare_socket_folder(self) -> None:
        folder = self.postgres.socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), self.account.user}:
            raise Failed("postgres_socket_folder", folder=folder)
        folder.chmod(0o700)
        self.account.own(folder)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server once no process of an earlier one lives; only then are its pid files known to be stale."""
        lock = locks.open_lock(self.postgres.lock("server"))
        try:
            if not locks.lock_within(lock, DYING_SECONDS):
                raise Failed("postgres_dying")
            folder = self.postgres.socket_folder
            self.prepare_socket_folder()
            for stale in [self.postgres.data / "postmaster.pid", *folder.glob(".s.PGSQL.*")]:
                stale.unlink(missing_ok=True)
            command: list[str | Path] = [
                self.binaries / "postgres",
                "-D",
                self.postgres.data,
                "-k",
                folder,
                "-p",
                "5432",
            ]
            if not self.postgres.durable:
                command += NOT_DURABLE
            return self.account.popen(command, lock=lock, stdin=subprocess.DEVNULL, cwd=self.postgres.folder)
        finally:
            os.close(lock)  # the server has inherited it

    def stop(self, server: subprocess.Popen[bytes]) -> None:
        """Ask for a fast shutdown; a server that does not finish it recovers at its next start."""
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            server.send_signal(number)
            try:
                server.wait(seconds)
            except subprocess.TimeoutExpired:
                say(f"the server does not stop after signal {number.name}")
            else:
                return

    def keep(self, is_unused: Callable[[], bool]) -> int:
        """Run the server until nobody uses it. A server that dies is started again, with growing pauses."""
        quick_deaths = 0
        while True:
            server = self.start()
            started = time.monotonic()
            while server.poll() is None:
                if self.stopping or is_unused():
                    self.stop(server)
                    return 0
                time.sleep(LOOK_SECONDS)
            if self.stopping or is_unused():
                return 0
            quick_deaths = quick_deaths + 1 if time.monotonic() - started < QUICK_DEATH_SECONDS else 1
            say(f"the server ended with {server.returncode}")
            if quick_deaths > QUICK_DEATHS:
                return 1
            time.sleep(0.1 * 2**quick_deaths)


def say(text: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} keeper: {text}", flush=True)


def main(arguments: Sequence[str]) -> int:
    postgres = Postgres(Path(arguments[0]), durable="--not-durable" not in arguments)
    keeper_lock = locks.open_lock(postgres.lock("keeper"))
    if not locks.try_lock(keeper_lock):
        return 0  # another keeper was quicker
    users = locks.open_lock(postgres.lock("users"))
    try:
        keeper = Keeper(postgres)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: setattr(keeper, "stopping", True))
        if not postgres.data.exists():
            keeper.create_cluster()
        keeper.check_version()
        return keeper.keep(lambda: locks.try_lock(users))
    except Failed as failure:
        say(str(failure))
        return 1
    finally:
        shutil.rmtree(postgres.socket_folder, ignore_errors=True)


if __name__ == "__main__":
    places.LOGS.mkdir(parents=True, exist_ok=True)
    sys.exit(main(sys.argv[1:]))
