"""What goes wrong in a real office, each as one act on the running product."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from launcher import places
from launcher.chaos import clocks
from launcher.chaos.product import Product, children_of, kill
from launcher.postgres import SUPERUSER
from launcher.steps import Failed

HELD_SECONDS = 6
FILL_BYTES = 2**20
# A disk that is larger than this is not ours to fill.
LARGEST_DISK_BYTES = 8 * 2**30
CLOCK_SECONDS = 5 * 60 * 60
# The watch over due times comes every minute.
SWEEP_SECONDS = 75


@dataclass(frozen=True)
class Fault:
    """The act returns when it is over, not when all has recovered."""

    name: str
    act: Callable[[Product], None]
    is_possible: Callable[[], bool] = lambda: True
    # What it needs; said where it is left out.
    needs: str = ""
    # Looked at when all answers again: what is still wrong.
    look: Callable[[Product], str] = lambda _product: ""


def kill_web_worker(product: Product) -> None:
    kill(*children_of(product.process_of("web"))[:1])


def kill_web(product: Product) -> None:
    process = product.process_of("web")
    kill(process, *children_of(process))


def kill_push(product: Product) -> None:
    process = product.process_of("push")
    kill(process, *children_of(process))


def kill_worker(product: Product) -> None:
    process = product.process_of("worker")
    kill(process, *children_of(process))


def kill_database(product: Product) -> None:
    """The server at once, its children end by themselves: what was in their memory is gone."""
    kill(product.postmaster())


def kill_connection(product: Product) -> None:
    """One process at the database: the server throws all others out and recovers."""
    with _administrator(product) as connection:
        row = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " ORDER BY state = 'active' DESC LIMIT 1"
        ).fetchone()
    if row:
        kill(row[0])


def cut_connections(product: Product) -> None:
    """As a firewall or an impatient administrator does it, again and again."""
    with _administrator(product) as connection:
        for _time in range(HELD_SECONDS * 2):
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            time.sleep(0.5)


def freeze_database(product: Product) -> None:
    """It stands still, as behind a network that swallows everything, and then goes on."""
    postmaster = product.postmaster()
    standing = [postmaster, *children_of(postmaster)]
    try:
        _signal(standing, signal.SIGSTOP)
        time.sleep(HELD_SECONDS)
    finally:
        _signal(standing, signal.SIGCONT)


def take_all_connections(product: Product) -> None:
    """Somebody else's program takes every connection; whoever serves loses what she has and finds no other."""
    with contextlib.ExitStack() as held:
        own: list[int] = []
        _take_what_is_left(product, held, own)
        with _administrator(product) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL (%s)",
                [own],
            )
        _take_what_is_left(product, held, own)
        time.sleep(HELD_SECONDS)


def _take_what_is_left(product: Product, held: contextlib.ExitStack, own: list[int]) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            connection = held.enter_context(psycopg.connect(product.cluster.url(), autocommit=True))
            own.append(connection.info.backend_pid)


def fill_disk(product: Product) -> None:
    """Down to the last byte; after a while somebody makes room again."""
    filler = places.VAR / "filler"
    del product
    try:
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(FILL_BYTES))
        with contextlib.suppress(OSError), (places.VAR / "filler-rest").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(512))
        time.sleep(HELD_SECONDS)
    finally:
        for path in (filler, places.VAR / "filler-rest"):
            path.unlink(missing_ok=True)


def has_disk_of_its_own() -> bool:
    disk = os.statvfs(places.VAR)
    return Path(places.VAR).is_mount() and disk.f_blocks * disk.f_frsize <= LARGEST_DISK_BYTES


def jump_clocks(product: Product) -> None:
    """The machine is hours ahead, is started anew in that state, and is put right."""
    with _clocks_ahead(product, programs=CLOCK_SECONDS, database=CLOCK_SECONDS):
        kill_worker(product)


def run_ahead_of_database(product: Product) -> None:
    """Two machines that do not agree: that of the programs is ahead, until somebody sees it."""
    with _clocks_ahead(product, programs=CLOCK_SECONDS, database=0):
        kill_worker(product)


def run_behind_database(product: Product) -> None:
    with _clocks_ahead(product, programs=-CLOCK_SECONDS, database=0):
        kill_worker(product)


BEAT = "SELECT extract(epoch FROM max(at))::float8 FROM common_heartbeat WHERE name = 'sweep'"
NEWEST = "SELECT id, extract(epoch FROM entered_at)::float8 FROM interactions_interaction ORDER BY id DESC LIMIT 1"


@contextlib.contextmanager
def _clocks_ahead(product: Product, *, programs: int, database: int) -> Iterator[None]:
    """For a while; what is done inside is done in the wrong time. Raises `Failed` if the programs did not follow."""
    assert product.clocks is not None  # noqa: S101 -- else this fault is not possible
    with _administrator(product) as connection:
        before = connection.execute(NEWEST).fetchone() or (0, 0.0)
        try:
            product.clocks.programs.put(ahead=programs)
            product.clocks.database.put(ahead=database)
            yield
            _wait_for_sweep(connection, time.time() + programs)
            time.sleep(HELD_SECONDS)
            after = connection.execute(NEWEST).fetchone() or (0, 0.0)
            told = after[1] - time.time()
        finally:
            product.clocks.programs.put(ahead=0)
            product.clocks.database.put(ahead=0)
    if after[0] > before[0] and abs(told - programs) > HELD_SECONDS * 2:
        raise Failed("chaos_clock_stands", seconds=round(told), wanted=programs)


def does_not_watch(product: Product) -> str:
    """Who waits for the old time to come again watches over nothing until then."""
    with _administrator(product) as connection:
        if _wait_for_sweep(connection, time.time()):
            return ""
    return f"the due times were not looked at for {SWEEP_SECONDS} s"


def _wait_for_sweep(connection: psycopg.Connection[Any], since: float) -> bool:
    """Whether somebody looked at the due times, and took it for a moment not long after `since`."""
    deadline = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < deadline:
        row = connection.execute(BEAT).fetchone()
        if row and row[0] and since < row[0] < since + SWEEP_SECONDS * 2:
            return True
        time.sleep(0.5)
    return False


def _administrator(product: Product) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(product.cluster.url(SUPERUSER), autocommit=True)


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


clock_fault = partial(Fault, is_possible=clocks.can_be_moved, needs="chaos_no_clock", look=does_not_watch)

FAULTS = [
    Fault("kill-web-worker", kill_web_worker),
    Fault("kill-web", kill_web),
    Fault("kill-push", kill_push),
    Fault("kill-worker", kill_worker),
    Fault("kill-connection", kill_connection),
    Fault("kill-database", kill_database),
    Fault("cut-connections", cut_connections),
    Fault("freeze-database", freeze_database),
    Fault("take-all-connections", take_all_connections),
    Fault("fill-disk", fill_disk, has_disk_of_its_own, "chaos_no_disk"),
    clock_fault("jump-clocks", jump_clocks),
    clock_fault("ahead-of-database", run_ahead_of_database),
    clock_fault("behind-database", run_behind_database),
]
