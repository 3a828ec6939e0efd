"""`bin/backup` and `bin/restore` as commands, from a database in use into an empty one of another owner."""

import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import translation
from psycopg import sql
from psycopg.conninfo import make_conninfo

from gongying.common import backups
from gongying.common.archives import ArchiveError, Manifest
from gongying.common.backups import address, applied_migrations, require_empty, require_known_migrations
from gongying.common.models import Backup
from gongying.files.models import Attachment
from gongying.files.operations import attach
from launcher import places
from tests.conftest import Cast, make_cast

KEY = "the key of the tests"
# What says when and where rather than what; and what the writers write to.
OF_THE_PLACE = {"django_migrations", "common_backup"}
WRITTEN = {"files_attachment", "files_attachmentuse", "events_event", "events_eventsubject"}


def manage(database: str, var: Path, *arguments: str, key: str = KEY, role: str = "") -> str:
    """What the command says; raises if it fails."""
    env = os.environ | {
        "DATABASE_URL": database,
        "GONGYING_VAR": str(var),
        "GONGYING_BACKUP_KEY": key,
        "GONGYING_APPLICATION_ROLE": role,
        "GONGYING_LANGUAGE": "en",
        "GONGYING_NO_POOL": "1",
        "GONGYING_SECRET_KEY": "x" * 50,
    }
    command = [sys.executable, str(places.ROOT / "manage.py"), *arguments]
    answer = subprocess.run(command, env=env, cwd=places.ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    return answer.stdout + answer.stderr


def here(**changes: str) -> str:
    """The address of the database of this process, or of one beside it."""
    password = {"password": connection.settings_dict["PASSWORD"]} if connection.settings_dict["PASSWORD"] else {}
    return make_conninfo(address(), **password, **changes)


class Elsewhere:
    """An empty database that belongs to a role which is no superuser, and another role that serves."""

    tables = {"accounts_user", "customers_of_later_versions"}

    def __init__(self, suffix: str) -> None:
        self.name, self.owner, self.server = (f"gongying_{word}_{suffix}" for word in ("restored", "keeper", "server"))

    def make(self) -> None:
        with connection._nodb_cursor() as cursor:
            for role in (self.owner, self.server):
                cursor.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)).as_string(None))
            create = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
            names = (sql.Identifier(self.name), sql.Identifier(self.owner))
            cursor.execute(sql.SQL(create).format(*names).as_string(None))

        with psycopg.connect(self.address) as owner:  # as after a first migration: tables, and nobody registered
            for table in sorted(self.tables):
                owner.execute(sql.SQL("CREATE TABLE {} (id int)").format(sql.Identifier(table)))

    def remove(self) -> None:
        with connection._nodb_cursor() as cursor:
            drop = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
            cursor.execute(sql.SQL(drop).format(sql.Identifier(self.name)).as_string(None))
            for role in (self.owner, self.server):
                cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)).as_string(None))

    @property
    def address(self) -> str:
        return here(dbname=self.name, options=f"-c role={self.owner}")


@pytest.fixture
def elsewhere(transactional_db: None, worker_id: str) -> Iterator[Elsewhere]:
    place = Elsewhere(worker_id)
    place.remove()
    place.make()
    yield place
    place.remove()


def put_photo(number: int, cast: Cast) -> Attachment:
    content = b"%PDF-1.4\n" + f"第 {number} 次".encode() * 2_000 + b"\n%%EOF"
    upload = SimpleUploadedFile(f"letter-{number}.pdf", content, "application/pdf")
    return attach(upload, to=cast.unit, by=cast.receptionist)


class Writers:
    """People who go on working: each write is a row, its file, its use and its line in the journal, or nothing."""

    def __init__(self, cast: Cast, threads: int = 2) -> None:
        self.cast = cast
        self.numbers = count(1000)
        self.written: list[int] = []
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.write) for _each in range(threads)]

    def write(self) -> None:
        try:
            while not self.stopped.is_set():
                self.written.append(put_photo(next(self.numbers), self.cast).pk)
        finally:
            connections.close_all()

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()


def rows(database: str) -> dict[str, set[tuple[Any, ...]]]:
    """Of every table every row, as text."""
    with psycopg.connect(database) as asked:
        tables = asked.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        return {
            table: set(asked.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))).fetchall())
            for (table,) in tables
        }


RULES = """
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'index', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid::text
FROM pg_index WHERE indrelid::regclass::text NOT LIKE 'pg_%%'
UNION ALL
SELECT 'function', '', proname, md5(prosrc), '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def rules(database: str) -> set[tuple[Any, ...]]:
    """PostgreSQL writes a list of texts in another way when it has read it once."""
    with psycopg.connect(database) as asked:
        found = asked.execute(RULES.replace("%%", "%")).fetchall()
    return {(*start, re.sub(r"::[a-z ]+(\[\])?|[()\s]", "", rule), end) for *start, rule, end in found}


def sequences(database: str) -> dict[str, int]:
    with psycopg.connect(database) as asked:
        return dict(asked.execute("SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences").fetchall())


def owners(database: str) -> set[str]:
    question = (
        "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " UNION SELECT pg_get_userbyid(proowner) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')"
    )
    with psycopg.connect(database) as asked:
        return {name for (name,) in asked.execute(question).fetchall()}


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_was_destroyed_comes_back_as_it_was(elsewhere: Elsewhere, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "old" / "media"
    cast = make_cast()
    before = [put_photo(number, cast) for number in range(3)]
    archive = tmp_path / "backup.tar.sealed"

    with Writers(cast) as writers:
        while len(writers.written) < 5:
            writers.stopped.wait(0.01)
        acknowledged = {*writers.written, *(photo.pk for photo in before)}
        said = manage(here(), tmp_path / "old", "backup", str(archive))
        during = len(writers.written) - len(acknowledged) + len(before)
    assert "Backed up" in said
    assert "not found" not in said
    assert during > 0
    noted = Backup.objects.get()
    assert (noted.name, noted.is_sealed, noted.size) == (archive.name, True, archive.stat().st_size)
    kept, kept_rules, old_files = rows(here()), rules(here()), digests(settings.MEDIA_ROOT)

    new = tmp_path / "new"
    cut = tmp_path / "cut.tar.sealed"
    cut.write_bytes(archive.read_bytes()[:-1000])
    with pytest.raises(RuntimeError) as refusal:
        manage(elsewhere.address, new, "restore", str(cut))
    assert "cut off" in str(refusal.value)
    assert (set(rows(elsewhere.address)), digests(new)) == (elsewhere.tables, {})
    assert "Restored" in manage(elsewhere.address, new, "restore", str(archive), role=elsewhere.server)

    found = rows(elsewhere.address)
    assert set(found) == set(kept)
    for table in set(found) - WRITTEN - OF_THE_PLACE:
        assert found[table] == kept[table], table
    for table in WRITTEN:
        assert found[table] <= kept[table], table
    check_one_moment(elsewhere.address, acknowledged, new / "media", old_files)
    assert rules(elsewhere.address) == kept_rules
    assert owners(elsewhere.address) == {elsewhere.owner}
    check_roles(elsewhere)
    assert set(sequences(elsewhere.address)) == set(sequences(here()))


def check_one_moment(database: str, acknowledged: set[int], media: Path, old_files: dict[str, str]) -> None:
    """All that was acknowledged before, and of what came meanwhile each either whole or not at all."""
    with psycopg.connect(database) as asked:
        restored = dict(asked.execute("SELECT id, sha256 FROM files_attachment").fetchall())
        used = {pk for (pk,) in asked.execute("SELECT attachment_id FROM files_attachmentuse").fetchall()}
        told = asked.execute("SELECT details->>'attachment' FROM events_event WHERE verb = 'attachment.added'")
        journal = {int(pk) for (pk,) in told.fetchall()}
    assert acknowledged <= set(restored)
    assert set(restored) == used == journal
    new_files = digests(media)
    assert new_files == {name: digest for name, digest in old_files.items() if Path(name).name in restored.values()}
    assert {Path(name).name: digest for name, digest in new_files.items()} == {
        digest: digest for digest in restored.values()
    }


def check_roles(elsewhere: Elsewhere) -> None:
    """Who serves may write rows, and may not change what happened."""
    question = (
        "SELECT has_table_privilege(%s, 'customers_party', 'UPDATE'), has_table_privilege(%s, 'events_event', %s)"
    )
    with psycopg.connect(elsewhere.address) as asked:
        for right, may in (("INSERT", True), ("UPDATE", False), ("DELETE", False), ("TRUNCATE", False)):
            answer = asked.execute(question, [elsewhere.server, elsewhere.server, right]).fetchone()
            assert answer == (True, may)


@pytest.mark.django_db
def test_place_with_people_is_refused() -> None:
    make_cast()

    with translation.override("en"), pytest.raises(ArchiveError, match="empty place only"):
        require_empty()


def test_place_that_somebody_uses_is_refused(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "LEAVING_SECONDS", 0)
    with psycopg.connect(here()), translation.override("en"), pytest.raises(ArchiveError, match="Stop it first"):
        require_empty()


@pytest.mark.django_db
def test_backup_of_a_newer_version_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('common', '9999_later', now())")
    manifest = Manifest({"version": "9.9", "migrations": applied_migrations()}, {})

    with translation.override("en"), pytest.raises(ArchiveError, match=r"newer version \(9.9\)"):
        require_known_migrations(manifest)


@pytest.mark.django_db
def test_backup_of_this_version_is_known() -> None:
    require_known_migrations(Manifest({"version": "0.1.0", "migrations": applied_migrations()}, {}))
