"""`bin/bench …`: measures, in a database of its own, beside a bare page over the same tables."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from launcher import django, places
from launcher.manage import prepare
from launcher.postgres import Postgres
from launcher.steps import Failed, run


def main(arguments: Sequence[str]) -> NoReturn:
    try:
        prepare()
        postgres = None
        if not django.brings_database():
            postgres = Postgres(places.VAR / "bench-postgres")
            postgres.start(outlive_exec=True)
        env = django.environment(as_owner=True, postgres=postgres)
        run(django.command(["migrate", "--noinput", "-v", "0"]), failure="migrate_failed", env=env, cwd=places.ROOT)
    except Failed as failure:
        failure.show()
        sys.exit(1)
    command = django.command(["bench", *arguments])
    os.execve(places.PYTHON, command, env)  # noqa: S606 -- no shell


if __name__ == "__main__":
    main(sys.argv[1:])
