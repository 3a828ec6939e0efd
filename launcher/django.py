"""How Django's programs are started: which environment, which database and which role they get."""

from __future__ import annotations

import os
from collections.abc import Iterable

from launcher import places
from launcher.postgres import OWNER, Postgres


def brings_database() -> bool:
    """Whether the environment names a server, so that the embedded one is not used."""
    return bool(os.environ.get("DATABASE_URL"))


def environment(*, as_owner: bool, postgres: Postgres | None) -> dict[str, str]:
    """Return the environment of a Django process.

    The owner migrates; what serves people runs as a role that owns no table. With a server of one's own both are the
    same unless OWNER_DATABASE_URL names the owner.
    """
    if postgres is None:
        application = os.environ["DATABASE_URL"]
        owner = os.environ.get("OWNER_DATABASE_URL") or application
    else:
        application, owner = postgres.url(), postgres.url(OWNER)
    return os.environ | {
        "DATABASE_URL": owner if as_owner else application,
        "OWNER_DATABASE_URL": owner,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
        "GONGYING_VAR": str(places.VAR),
        "PYTHONPATH": str(places.ROOT),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }


def command(arguments: Iterable[str]) -> list[str]:
    return [str(places.PYTHON), str(places.ROOT / "manage.py"), *arguments]
