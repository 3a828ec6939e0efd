"""What the product uses meanwhile: memory and processor time of each of its programs, and what the database counts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from launcher.chaos.product import Product, children_of

TICKS = os.sysconf("SC_CLK_TCK")
COUNTED = "SELECT deadlocks, xact_rollback, temp_files FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True)
class Moment:
    at: float
    megabytes: dict[str, float]
    seconds: dict[str, float]
    busy: float


@dataclass
class Gauge:
    product: Product
    postmaster: int | None  # of a database on this machine
    moments: list[Moment] = field(default_factory=list)

    def look(self) -> None:
        groups = {name: self._tree(root) for name, root in self._roots().items()}
        self.moments.append(
            Moment(
                time.monotonic(),
                {name: sum(map(megabytes_of, group)) for name, group in groups.items()},
                {name: sum(map(seconds_of, group)) for name, group in groups.items()} | {"agents": time.process_time()},
                busy_seconds(),
            )
        )

    def _roots(self) -> dict[str, int]:
        programs = {name: self.product.process_of(name) for name in ("web", "push", "worker")}
        return programs | ({"database": self.postmaster} if self.postmaster else {})

    @staticmethod
    def _tree(root: int) -> list[int]:
        return [root, *children_of(root)]

    def shares(self) -> dict[str, float]:
        """Of all processors: which part each program used between the first look and the last."""
        first, last = self.moments[0], self.moments[-1]
        whole = (last.at - first.at) * (os.cpu_count() or 1)
        shares = {name: (last.seconds[name] - first.seconds.get(name, 0)) / whole for name in last.seconds}
        busy = (last.busy - first.busy) / whole
        return shares | {"others": max(busy - sum(shares.values()), 0.0)}

    def first_middle_last(self) -> Sequence[Moment]:
        return [self.moments[0], self.moments[len(self.moments) // 2], self.moments[-1]]


def postmaster_of(address: str) -> int | None:
    """The process of the server, if it runs here: the parent of the one that serves us."""
    with psycopg.connect(address) as connection:
        backend = Path(f"/proc/{connection.info.backend_pid}")
        try:
            if backend.joinpath("comm").read_text().strip() != "postgres":
                return None
            return int(_stat(backend)[1])
        except OSError:
            return None


def counted(address: str) -> tuple[int, int, int]:
    """Deadlocks, transactions rolled back, files for what did not fit into memory."""
    with psycopg.connect(address) as connection:
        deadlocks, rollbacks, files = connection.execute(COUNTED).fetchone() or (0, 0, 0)
        return deadlocks, rollbacks, files


def megabytes_of(process: int) -> float:
    """What is shared counts in parts, so that the sum is what the machine gives."""
    return _read(process, lambda folder: _pss(folder.joinpath("smaps_rollup").read_text()) / 1024)


def seconds_of(process: int) -> float:
    """Also of its children that have ended."""
    return _read(process, lambda folder: sum(map(int, _stat(folder)[11:15])) / TICKS)


def busy_seconds() -> float:
    """Of all processors, by whomever: everything but idle and waiting for the disk."""
    fields = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def _pss(text: str) -> int:
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def _stat(folder: Path) -> list[str]:
    """The fields after the name, which may hold spaces: state, parent, …"""
    return folder.joinpath("stat").read_text().rpartition(")")[2].split()


def _read(process: int, read: Callable[[Path], float]) -> float:
    try:
        return read(Path(f"/proc/{process}"))
    except (OSError, StopIteration, ValueError):
        return 0.0
