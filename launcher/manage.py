"""`bin/manage COMMAND …`: Django's commands in the right environment, with the database running."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from launcher import catalogues, django, frontend, packages, places
from launcher.postgres import Postgres
from launcher.steps import Failed, Steps


def prepare(*, for_pages: bool = True) -> None:
    """Set up what is missing, without a word when nothing is."""
    steps = Steps(total=2)
    if not packages.is_installed("runtime"):
        with steps.step("packages") as progress:
            packages.require("runtime", progress)
    if for_pages and not frontend.is_fetched():
        with steps.step("frontend") as progress:
            frontend.fetch(progress)
    catalogues.compile_all()


def main(arguments: Sequence[str], *, for_pages: bool = True) -> NoReturn:
    try:
        prepare(for_pages=for_pages)
        postgres = None
        if not django.brings_database():
            postgres = Postgres()
            postgres.start(outlive_exec=True)
    except Failed as failure:
        failure.show()
        sys.exit(1)
    # Becoming the command keeps our place among the database's users: when the command ends, in whatever way, so does that.
    command = django.command(arguments)
    os.execve(places.PYTHON, command, django.environment(as_owner=True, postgres=postgres))  # noqa: S606 -- no shell


if __name__ == "__main__":
    main(sys.argv[1:])
