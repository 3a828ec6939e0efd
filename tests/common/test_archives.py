"""Backup and restore against databases of their own, with the real pg_dump and pg_restore."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from gongying.common import archives
from gongying.common.archives import ArchiveError, read_archive, write_archive

NAME = "gongying_archive_of_tests"


class Installation:
    def __init__(self, connection: Any, media: Path) -> None:
        self.connection = connection
        self.media = media

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def write_file(self, name: str, content: str) -> None:
        path = self.media / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.fixture
def installation(
    django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, worker_id: str
) -> Iterator[Installation]:
    with django_db_blocker.unblock():
        connection: Any = connections.create_connection("default")
        options = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "pool"}
        connection.settings_dict = connection.settings_dict | {"NAME": f"{NAME}_{worker_id}", "OPTIONS": options}
        monkeypatch.setattr(archives, "connection", connection)
        settings.MEDIA_ROOT = tmp_path / "media"
        name = connection.settings_dict["NAME"]
        archives.in_server("DROP DATABASE IF EXISTS {}", name)
        archives.in_server("CREATE DATABASE {}", name)
        yield Installation(connection, tmp_path / "media")
        connection.close()
        archives.in_server("DROP DATABASE IF EXISTS {}", name)


def test_archive_brings_back_rows_and_files(installation: Installation, tmp_path: Path) -> None:
    installation.execute("CREATE TABLE customer AS SELECT '周先生' AS name")
    installation.write_file("ab/photo", "wet ceiling")
    write_archive(tmp_path / "backup.tar")
    installation.execute("UPDATE customer SET name = 'lost'; CREATE TABLE later (id int)")
    (installation.media / "ab/photo").unlink()
    installation.write_file("cd/later", "kept")

    read_archive(tmp_path / "backup.tar")

    assert installation.execute("SELECT name FROM customer") == [("周先生",)]
    assert installation.execute("SELECT to_regclass('later')") == [(None,)]
    assert (installation.media / "ab/photo").read_text() == "wet ceiling"
    assert (installation.media / "cd/later").read_text() == "kept"


def test_archive_is_for_its_owner_only(installation: Installation, tmp_path: Path) -> None:
    write_archive(tmp_path / "backup.tar")

    assert (tmp_path / "backup.tar").stat().st_mode & 0o077 == 0
    assert installation.execute("SELECT 1") == [(1,)]


def test_something_else_is_refused_and_nothing_is_touched(installation: Installation, tmp_path: Path) -> None:
    installation.execute("CREATE TABLE customer AS SELECT 1 AS id")
    (tmp_path / "letter.txt").write_text("dear neighbour")

    with pytest.raises(ArchiveError, match="is not a backup"):
        read_archive(tmp_path / "letter.txt")

    assert installation.execute("SELECT id FROM customer") == [(1,)]


def test_damaged_dump_is_refused_and_nothing_is_touched(installation: Installation, tmp_path: Path) -> None:
    installation.execute("CREATE TABLE customer AS SELECT 1 AS id")
    (tmp_path / "part").write_text("PGDMP and nothing more")
    with tarfile.open(tmp_path / "backup.tar", "w") as archive:
        archive.add(tmp_path / "part", archives.DATABASE_FILE)
        archive.add(tmp_path / "part", archives.ABOUT_FILE)

    with pytest.raises(ArchiveError):
        read_archive(tmp_path / "backup.tar")

    assert installation.execute("SELECT id FROM customer") == [(1,)]


def test_restore_while_somebody_works_is_refused(installation: Installation, tmp_path: Path) -> None:
    installation.execute("CREATE TABLE customer AS SELECT 1 AS id")
    write_archive(tmp_path / "backup.tar")
    other: Any = connections.create_connection("default")
    other.settings_dict = installation.connection.settings_dict
    other.connect()

    with pytest.raises(ArchiveError, match="Stop the system first"):
        read_archive(tmp_path / "backup.tar")

    other.close()
    assert installation.execute("SELECT id FROM customer") == [(1,)]
