"""What the programs and the database take for the time of day, moved while they run.

`clock.c` is built on the spot and loaded in front of the C library, whoever asks there: Python, the web server, PostgreSQL.
Nothing in the product knows of it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


@dataclass(frozen=True)
class Clock:
    """`file` holds by how many seconds it is ahead of the true time."""

    library: Path
    file: Path

    @property
    def env(self) -> dict[str, str]:
        """Of a program that shall go by this clock."""
        return {"LD_PRELOAD": str(self.library), "CHAOS_CLOCK": str(self.file)}

    def put(self, *, ahead: int) -> None:
        # Written over, not made anew: it is in the memory of those who look at it.
        with self.file.open("r+b", buffering=0) as file:
            file.write(ahead.to_bytes(8, sys.byteorder, signed=True))


@dataclass(frozen=True)
class Clocks:
    programs: Clock
    database: Clock

    @classmethod
    def made_in(cls, folder: Path) -> Clocks:
        folder.mkdir(parents=True, exist_ok=True)
        library = folder / "clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE)], check=True)
        clocks = cls(Clock(library, folder / "programs"), Clock(library, folder / "database"))
        for clock in (clocks.programs, clocks.database):
            clock.file.write_bytes(bytes(8))
        return clocks


def can_be_moved() -> bool:
    return sys.platform == "linux" and shutil.which("cc") is not None
