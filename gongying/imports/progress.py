"""Say how far a run is while its own transaction is still open."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connections

from gongying.imports.models import ImportRun

SECONDS_BETWEEN: Final = 0.5


class Progress:
    """Writes through a connection of its own: what the run's transaction writes is seen by nobody before it commits."""

    def __init__(self, run: ImportRun) -> None:
        self.run_id = run.pk
        self.step = ""
        self.connection = connections.create_connection("default")
        self.written_at = 0.0

    def begin(self, step: str, *, total: int = 0) -> None:
        self.step = step
        self._write(0, total)

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self.written_at >= SECONDS_BETWEEN:
            self._write(done, total)

    def close(self) -> None:
        self.connection.close()

    def _write(self, done: int, total: int) -> None:
        self.written_at = time.monotonic()
        with self.connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{ImportRun._meta.db_table}"'  # noqa: S608 - the table's own name
                " SET progress_step = %s, progress_done = %s, progress_total = %s WHERE id = %s",
                [self.step, done, total, self.run_id],
            )


@contextmanager
def progress_of(run: ImportRun) -> Iterator[Progress]:
    progress = Progress(run)
    try:
        yield progress
    finally:
        progress.close()
