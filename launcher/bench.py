"""`bin/bench …`: measures, in a database of its own, beside a bare page over the same tables. `--mixed`: a day of fifty colleagues."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from launcher import django, places, run
from launcher.manage import prepare
from launcher.postgres import SUPERUSER, Postgres
from launcher.steps import Failed

MIXED = "--mixed"


def environment() -> dict[str, str]:
    """A migrated, empty database: the server named, or one of our own that outlives what we become.

    There the bench is superuser: only she may let triggers stand aside while the tables are filled.
    """
    if django.brings_database():
        env = django.environment(as_owner=True, postgres=None)
        run.migrate(None, env, lambda _detail: None)
        return env
    postgres = Postgres(places.VAR / "bench-postgres")
    postgres.start(outlive_exec=True)
    env = django.environment(as_owner=True, postgres=postgres)
    run.migrate(postgres.folder / "migrated.txt", env, lambda _detail: None)
    superuser = postgres.url(SUPERUSER)
    return env | {"DATABASE_URL": superuser, "OWNER_DATABASE_URL": superuser}


def main(arguments: Sequence[str]) -> NoReturn:
    try:
        prepare()
        # What fills the tables is slow on purpose.
        env = environment() | {"GONGYING_SLOW_QUERY_MS": "0"}
    except Failed as failure:
        failure.show()
        sys.exit(1)
    if MIXED in arguments:
        given = [argument for argument in arguments if argument != MIXED]
        command = [str(places.PYTHON), "-P", "-m", "launcher.load.inside", *given]
    else:
        command = django.command(["bench", *arguments])
    os.execve(places.PYTHON, command, env)  # noqa: S606 -- no shell


if __name__ == "__main__":
    main(sys.argv[1:])
