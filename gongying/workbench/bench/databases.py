"""A database for each size beside the present one, made once and used again while nothing of the schema changes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from gongying.servicedesk.models import ServiceRequest
from gongying.workbench.volume import Say, Volume, make_volume

HOUSEHOLDS_PER_REQUEST, EVENTS_PER_REQUEST = 0.3, 10


@contextmanager
def database_of(size: int, *, say: Say) -> Iterator[None]:
    """Inside, the connection leads to a database with `size` requests."""
    home = str(connection.settings_dict["NAME"])
    name = f"{home}_bench_{size}"
    wanted = _migrations()
    if not _exists(name):
        say(f"creating {name}")
        _administer(f'CREATE DATABASE "{name}" TEMPLATE "{home}"')
    _lead_to(name)
    try:
        if _migrations() != wanted or not _is_whole(size):
            _lead_to(home)
            _administer(f'DROP DATABASE "{name}" WITH (FORCE)')
            _administer(f'CREATE DATABASE "{name}" TEMPLATE "{home}"')
            _lead_to(name)
            make_volume(Volume(size, int(size * HOUSEHOLDS_PER_REQUEST), size * EVENTS_PER_REQUEST), say=say)
        yield
    finally:
        _lead_to(home)


def _is_whole(size: int) -> bool:
    """Registering during a bench adds some; a volume that was broken off lacks some."""
    return ServiceRequest.objects.count() >= size


def _migrations() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.fetchone()[0])


def _administer(sql: str) -> None:
    """From another database: one that is copied or dropped may have no connection."""
    home = connection.settings_dict["NAME"]
    _lead_to("postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    finally:
        _lead_to(home)


def _lead_to(name: str) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["NAME"] = name
