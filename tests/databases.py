"""The databases of the tests: migrated once, copied by every process that tests, and put back as they were copied.

All migrations take most of a minute, a copy of what they make a fraction of a second. So the first process that needs one makes
the template, named by the content of what makes it; it stays on the server for the next run. Who comes meanwhile waits.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Identifier

from launcher import places

# What a new database is made of: these files, and the migrations of the packages.
SOURCES = (
    "gongying/*/migrations/*.py",
    "gongying/*/installation.py",
    "gongying/*/data/*.json",
    "gongying/*/enums.py",
    "gongying/common/*.py",
    "requirements/runtime.txt",
)
LONGEST_STEM = 63 - len("_0123456789ab")

# Of every table the rows that a new database has.
Rows = dict[str, bytes]


def make_template() -> None:
    """Before anybody tests: who comes later finds it ready."""
    with connection._nodb_cursor() as server:
        locked_template(server)


def locked_template(server: CursorWrapper) -> str:
    """Of those who want this template one makes it, and the others wait."""
    stem = f"template_{connection.settings_dict['NAME']}"[:LONGEST_STEM]
    server.execute("SELECT pg_advisory_lock(hashtext(%s))", [stem])
    return ready_template(server, stem)


@contextmanager
def own_database() -> Iterator[Rows]:
    """Until the end of the session this process works on a copy of the template. Gives what is in it."""
    original = connection.settings_dict["NAME"]
    copy = connection.creation._get_test_db_name()
    with connection._nodb_cursor() as server:
        template = locked_template(server)
        drop(server, copy)
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(copy), Identifier(template)))
    turn_to(copy)
    yield rows_of_all_tables()
    turn_to(original)
    with connection._nodb_cursor() as server:
        drop(server, copy)


def ready_template(server: CursorWrapper, stem: str) -> str:
    """The template of today's sources. Those of other sources are dropped, and what an interrupted run left half made."""
    wanted, draft = f"{stem}_{content_of_sources()}", f"{stem}_draft"
    server.execute("SELECT datname FROM pg_database")
    existing = {
        row[0] for row in server.fetchall() if re.fullmatch(rf"{re.escape(stem)}_([0-9a-f]{{12}}|draft)", row[0])
    }
    for other in existing - {wanted}:
        drop(server, other)
    if wanted not in existing:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(draft)))
        migrate(draft)
        # Nobody connects to a template, not even autovacuum: PostgreSQL copies only what nobody uses.
        server.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(Identifier(draft)))
        server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(draft), Identifier(wanted)))
    return wanted


def content_of_sources() -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in places.ROOT.glob(pattern)}):
        digest.update(str(path.relative_to(places.ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def migrate(database: str) -> None:
    original = connection.settings_dict["NAME"]
    turn_to(database)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        turn_to(original)


def turn_to(database: str) -> None:
    connection.close()
    connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database


def drop(server: CursorWrapper, database: str) -> None:
    server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database)))


# -- after a test that committed


def rows_of_all_tables() -> Rows:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        return {table: copied_out(cursor, table) for (table,) in cursor.fetchall()}


def copied_out(cursor: CursorWrapper, table: str) -> bytes:
    with cursor.copy(SQL("COPY {} TO STDOUT").format(Identifier(table))) as copy:
        return b"".join(bytes(block) for block in copy)


def put_back(rows: Rows) -> None:
    """Give every table the rows of a new database. The guards stand aside, that of the journal too; numbers run on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled_tables(cursor, rows):
            cursor.execute(SQL("DELETE FROM {}").format(Identifier(table)))
        for table, content in rows.items():
            if content:
                with cursor.copy(SQL("COPY {} FROM STDIN").format(Identifier(table))) as copy:
                    copy.write(content)


def filled_tables(cursor: CursorWrapper, tables: Iterable[str]) -> list[str]:
    """Few tests fill more than some of them, and to ask is cheap: TRUNCATE makes a new file for each and its indexes."""
    asked = [SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, Identifier(table)) for table in tables]
    cursor.execute(SQL(" UNION ALL ").join(asked))
    return [table for (table,) in cursor.fetchall()]


if __name__ == "__main__":
    import django

    django.setup()
    make_template()
