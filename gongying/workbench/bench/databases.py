"""A made-up volume of each size, kept as it was made, and the copy of it that one run measures.

What a run writes goes with its copy: every run begins on the same rows. A volume is made once, beside the present database
and from it, and used again until something of what makes it changes, which stands in its name.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from psycopg.sql import SQL, Identifier, Literal

from gongying.workbench import volume
from gongying.workbench.volume import Say, Volume, make_volume

HOUSEHOLDS_PER_REQUEST, EVENTS_PER_REQUEST = 0.3, 10
# PostgreSQL cuts longer names off.
LONGEST_STEM = 63 - len("_10000000_0123456789ab")


class Made(NamedTuple):
    """Which volume a run has measured: figures of another one are not to be compared with."""

    name: str
    at: datetime
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "made_at": self.at.isoformat(timespec="seconds"), "made_in_seconds": self.seconds}


@contextmanager
def fresh_copy(size: int, *, say: Say) -> Iterator[Made]:
    """Inside, the connection leads to a copy of the volume with `size` requests."""
    home = str(connection.settings_dict["NAME"])
    copy, made = copy_volume(size, "run", say=say)
    lead_to(copy)
    try:
        yield made
    finally:
        lead_to(home)
        drop(copy)


def copy_volume(size: int, purpose: str, *, say: Say) -> tuple[str, Made]:
    """In place of what an earlier run for this purpose may have left."""
    made = require_volume(size, say=say)
    copy = f"{_stem(str(connection.settings_dict['NAME']))}_{purpose}"
    say(f"copying {made.name}")
    drop(copy)
    _administer(_copied(copy, made.name))
    return copy, made


def lead_to(name: str) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["NAME"] = name


def drop(name: str) -> None:
    _administer(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def require_volume(size: int, *, say: Say) -> Made:
    home = str(connection.settings_dict["NAME"])
    stem = f"{_stem(home)}_{size}"
    name = f"{stem}_{_sources()}"
    known = _databases(stem)
    for other in known - {name}:
        drop(other)
    if name not in known:
        _make(name, f"{stem}_draft", size, say=say)
    note = json.loads(
        _value("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    )
    return Made(name, datetime.fromisoformat(note["at"]), note["seconds"])


def _make(name: str, draft: str, size: int, *, say: Say) -> None:
    """It gets its name when it is whole; then nobody connects to it any more, not even autovacuum."""
    home = str(connection.settings_dict["NAME"])
    say(f"making {name}, once")
    start = timezone.now()
    _administer(_copied(draft, home))
    lead_to(draft)
    try:
        make_volume(Volume(size, int(size * HOUSEHOLDS_PER_REQUEST), size * EVENTS_PER_REQUEST), say=say)
    finally:
        lead_to(home)
    seconds = round((timezone.now() - start).total_seconds())
    say(f"made in {seconds} s")
    note = json.dumps({"at": start.isoformat(), "seconds": seconds})
    _administer(
        SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(draft), Literal(note)),
        SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(Identifier(draft)),
        SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(draft), Identifier(name)),
    )


def _sources() -> str:
    """What makes a volume: the migrations, and what fills the tables."""
    digest = hashlib.sha256(repr(sorted(MigrationRecorder(connection).applied_migrations())).encode())
    for path in (*sorted(volume.DATA.iterdir()), volume.DATA.parents[1] / "volume.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _stem(home: str) -> str:
    return f"{home}_bench"[:LONGEST_STEM]


def _databases(stem: str) -> set[str]:
    """Volumes of this size, also of former sources, and one that was broken off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        wanted = re.compile(rf"{re.escape(stem)}(_[0-9a-f]{{12}}|_draft|)")
        return {name for (name,) in cursor.fetchall() if wanted.fullmatch(name)}


def _value(sql: str, parameters: list[str]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]


def _copied(name: str, template: str) -> Any:
    """File by file: what is large is not written into the log of changes a second time."""
    statement = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    return statement.format(Identifier(name), Identifier(template))


def _administer(*statements: Any) -> None:
    """From another database: one that is copied or dropped may have no connection."""
    home = connection.settings_dict["NAME"]
    lead_to("postgres")
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        lead_to(home)
