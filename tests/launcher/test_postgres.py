"""The embedded PostgreSQL against a real server: starting, sharing, and every way of dying."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from launcher import locks
from launcher.places import ROOT
from launcher.postgres import OWNER, Postgres
from launcher.steps import Failed

WAIT_SECONDS = 20


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "a folder 共赢" / "postgres")
    yield server
    server.stop()


def ask(postgres: Postgres, sql: str, role: str = OWNER) -> object:
    with psycopg.connect(postgres.url(role), autocommit=True) as connection:
        cursor = connection.execute(sql)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def eventually(question: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False


def server_pid(postgres: Postgres) -> int:
    return int((postgres.data / "postmaster.pid").read_text().split()[0])


def keeper_pid(postgres: Postgres) -> int:
    return int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(server_pid(postgres))]))


def is_gone(postgres: Postgres) -> bool:
    return not locks.is_held(postgres.lock("server")) and not locks.is_held(postgres.lock("keeper"))


def another_user(postgres: Postgres) -> subprocess.Popen[str]:
    """A process that uses the server until its standard input closes."""
    program = (
        "import sys; from pathlib import Path; from launcher.postgres import Postgres\n"
        "Postgres(Path(sys.argv[1])).start(); print('started', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(postgres.folder)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "LANG": "C"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def test_start_makes_a_database_that_knows_chinese(postgres: Postgres) -> None:
    postgres.start()

    assert ask(postgres, "SELECT lower('ÄЯ') || ('电' ~ '\\w')") == "äяtrue"
    assert ask(postgres, "SELECT current_setting('listen_addresses')") == ""


def test_application_role_owns_nothing_and_may_not_create(postgres: Postgres) -> None:
    postgres.start()
    ask(postgres, "CREATE TABLE secret (id int)")

    assert (
        ask(postgres, "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'gongying_app'")
        is False
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(postgres, "SELECT * FROM secret", role="gongying_app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(postgres, "CREATE TABLE mine (id int)", role="gongying_app")


def test_stop_leaves_nothing_and_data_survives(postgres: Postgres) -> None:
    postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 7 AS id")

    assert postgres.stop()
    assert is_gone(postgres)
    assert not postgres.socket_folder.exists()
    postgres.start()
    assert ask(postgres, "SELECT id FROM kept") == 7


def test_server_runs_until_its_last_user_leaves(postgres: Postgres) -> None:
    postgres.start()
    other = another_user(postgres)

    assert not postgres.stop()
    assert ask(postgres, "SELECT 1") == 1
    other.communicate()
    assert eventually(lambda: is_gone(postgres))


def test_killed_user_leaves_no_server_behind(postgres: Postgres) -> None:
    other = another_user(postgres)
    other.kill()
    other.communicate()

    assert eventually(lambda: is_gone(postgres))


def test_killed_server_comes_back_by_itself(postgres: Postgres) -> None:
    postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 7 AS id")
    killed = server_pid(postgres)
    os.kill(killed, signal.SIGKILL)

    assert eventually(lambda: postgres.is_running() and server_pid(postgres) != killed)
    assert ask(postgres, "SELECT id FROM kept") == 7


def test_killed_keeper_takes_the_server_along_and_start_recovers(postgres: Postgres) -> None:
    postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 7 AS id")
    os.kill(keeper_pid(postgres), signal.SIGKILL)
    postgres.leave()

    postgres.start()
    assert ask(postgres, "SELECT id FROM kept") == 7


def test_everything_killed_at_once_recovers_on_immediate_start(postgres: Postgres) -> None:
    other = another_user(postgres)
    for pid in (other.pid, keeper_pid(postgres), server_pid(postgres)):
        os.kill(pid, signal.SIGKILL)
    other.communicate()

    postgres.start()
    assert ask(postgres, "SELECT 1") == 1


def test_stale_pid_of_a_stranger_is_left_alive(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n1\n5432\n\n\n")

    postgres.start()
    postgres.stop()

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_three_first_starts_at_once_share_one_server(tmp_path: Path) -> None:
    servers = [Postgres(tmp_path / "postgres", durable=False) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Postgres.start, servers))

    assert len({ask(server, "SELECT pg_postmaster_start_time()") for server in servers}) == 1
    assert [server.stop() for server in servers] == [False, False, True]


def test_unfinished_cluster_is_made_anew(postgres: Postgres) -> None:
    unfinished = postgres.folder / "new-1"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    postgres.start()

    assert ask(postgres, "SELECT 1") == 1
    assert not unfinished.exists()


def test_two_checkouts_run_side_by_side(tmp_path: Path) -> None:
    one, two = (Postgres(tmp_path / name, durable=False) for name in ("one", "two"))
    one.start()
    two.start()
    ask(one, "CREATE TABLE mine (id int)")

    assert ask(two, "SELECT to_regclass('mine')") is None
    assert one.stop()
    assert ask(two, "SELECT 1") == 1
    assert two.stop()


def test_cluster_of_another_version_is_refused(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("12\n")

    with pytest.raises(Failed) as refusal:
        postgres.start()
    assert "PostgreSQL 12" in refusal.value.output
    (postgres.data / "PG_VERSION").write_text("18\n")
