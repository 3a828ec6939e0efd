"""The file of a backup by itself, without a database."""

import io
import resource
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gongying.common import archives, sealed_files
from gongying.common.archives import ArchiveError, Member, check_archive, members, write_archive
from gongying.common.sealed_files import CHUNK, SealedReader, SealedWriter, WrongPassphrase

KEY = "the key of the tests"
ABOUT = {"version": "0.1.0", "at": "2026-11-23T08:00:00+00:00", "migrations": ["common.0001_initial"]}
PHOTO = b"wet ceiling" * 9_000


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a key takes long, on purpose."""
    monkeypatch.setattr(sealed_files, "SCRYPT_COST", 2)


def write(path: Path, *, dump: Iterable[bytes] = (b"PGDMP", b" and more"), key: str = "") -> None:
    files = [Member("attachments/ab/photo", len(PHOTO), [PHOTO]), Member("imports/业主.xlsx", 0, [])]
    write_archive(path, about=dict(ABOUT), dump=dump, files=files, passphrase=key)


@pytest.mark.parametrize("key", ["", KEY])
def test_archive_gives_back_what_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setattr(archives, "PIECE_BYTES", 6)
    write(tmp_path / "backup.tar", key=key)

    assert check_archive(tmp_path / "backup.tar", key).about == ABOUT
    found = {name: file.read() for name, file in members(tmp_path / "backup.tar", key)}
    assert list(found)[:3] == ["database/000001", "database/000002", "database/000003"]
    assert b"".join(found[name] for name in found if name.startswith("database/")) == b"PGDMP and more"
    assert found["files/attachments/ab/photo"] == PHOTO
    assert found["files/imports/业主.xlsx"] == b""


def test_archive_is_for_its_owner_only_and_leaves_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "backup.tar")

    assert (tmp_path / "backup.tar").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_sealed_archive_shows_nothing_without_its_key(tmp_path: Path) -> None:
    write(tmp_path / "backup.sealed", key=KEY)

    assert b"ceiling" not in (tmp_path / "backup.sealed").read_bytes()
    with pytest.raises(ArchiveError, match="GONGYING_BACKUP_KEY"):
        check_archive(tmp_path / "backup.sealed")
    with pytest.raises(ArchiveError, match="GONGYING_BACKUP_KEY"):
        check_archive(tmp_path / "backup.sealed", KEY + "!")


def test_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="12"):
        write(tmp_path / "backup.sealed", key="1234")

    assert list(tmp_path.iterdir()) == []


def test_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "backup.tar").write_text("yesterday")

    with pytest.raises(ArchiveError):
        write(tmp_path / "backup.tar")

    assert (tmp_path / "backup.tar").read_text() == "yesterday"


def test_file_that_appears_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    def dump() -> Iterator[bytes]:
        (tmp_path / "backup.tar").write_text("somebody else's")
        yield b"PGDMP"

    with pytest.raises(ArchiveError):
        write(tmp_path / "backup.tar", dump=dump())

    assert (tmp_path / "backup.tar").read_text() == "somebody else's"
    assert len(list(tmp_path.iterdir())) == 1


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The system lets no file grow beyond this: the error is that of a full disk, by another number."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("key", ["", KEY])
def test_full_disk_is_said_and_nothing_is_left(tmp_path: Path, key: str) -> None:
    with room_for(50_000), pytest.raises(ArchiveError) as refusal:
        write(tmp_path / "backup.tar", key=key)

    assert refusal.value.sentence == archives.NO_ROOM
    assert list(tmp_path.iterdir()) == []


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    def dump() -> Iterator[bytes]:
        yield b"PGDMP"
        raise ArchiveError("pg_dump failed")

    with pytest.raises(ArchiveError, match="pg_dump failed"):
        write(tmp_path / "backup.tar", dump=dump())

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_backup_left_goes_with_the_next_one(tmp_path: Path) -> None:
    (tmp_path / ".old.tar.99.part").write_text("half")
    with archives.draft_of(tmp_path / "another.tar") as running:
        write(tmp_path / "backup.tar")
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([Path(running.name).name, "backup.tar"])


@pytest.mark.parametrize("key", ["", KEY])
@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.6, 0.85, 0.97])
def test_cut_archive_is_refused(tmp_path: Path, key: str, part: float) -> None:
    path = tmp_path / "backup.tar"
    write(path, key=key)
    content = path.read_bytes()
    # A plain tar ends with blocks of nothing, which nobody misses.
    whole = len(content) if key else len(content.rstrip(b"\0"))
    path.write_bytes(content[: int(whole * part)])

    with pytest.raises(ArchiveError):
        check_archive(path, key)


@pytest.mark.parametrize("key", ["", KEY])
@pytest.mark.parametrize("place", [20, 600, 1_700, 40_000, -11_000])
def test_altered_archive_is_refused(tmp_path: Path, key: str, place: int) -> None:
    path = tmp_path / "backup.tar"
    write(path, key=key, dump=[b"PGDMP" * 500])
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)

    with pytest.raises(ArchiveError):
        check_archive(path, key)


def test_archive_with_something_added_or_left_out_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "backup.tar")
    for name in ("added.tar", "less.tar"):
        with tarfile.open(tmp_path / "backup.tar") as old, tarfile.open(tmp_path / name, "w") as new:
            for member in old:
                if name == "added.tar" or member.name != "files/attachments/ab/photo":
                    new.addfile(member, old.extractfile(member))
            if name == "added.tar":
                more = tarfile.TarInfo("files/attachments/cd/more")
                more.size = 1
                new.addfile(more, io.BytesIO(b"x"))
        with pytest.raises(ArchiveError):
            check_archive(tmp_path / name)


def test_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear neighbour" * 100)

    for path in (tmp_path / "letter.txt", tmp_path / "nothing.tar", tmp_path):
        with pytest.raises(ArchiveError):
            check_archive(path)


def test_content_that_is_not_what_its_name_says_is_told(tmp_path: Path) -> None:
    photo = Member("attachments/ab/abcd", 3, [b"xyz"], sha256="abcd")

    manifest = write_archive(tmp_path / "backup.tar", about=dict(ABOUT), dump=[], files=[photo])

    assert manifest.about["damaged"] == ["attachments/ab/abcd"]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_sealed_file_of_any_length_opens(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    file = io.BytesIO()
    writer = SealedWriter(file, KEY)
    for start in range(0, size, 300_000):
        writer.write(content[start : min(start + 300_000, size)])
    writer.finish()
    file.seek(0)

    assert SealedReader(file, KEY).readall() == content[:size]
    file.seek(0)
    with pytest.raises(WrongPassphrase):
        SealedReader(file, "another key")


def test_chunks_cannot_change_places() -> None:
    file = io.BytesIO()
    writer = SealedWriter(file, KEY)
    writer.write(b"a" * CHUNK + b"b" * CHUNK + b"c")
    writer.finish()
    sealed = file.getvalue()
    start, long = len(writer.box.header), CHUNK + 16
    first, second, rest = (
        sealed[start : start + long],
        sealed[start + long : start + 2 * long],
        sealed[start + 2 * long :],
    )

    for mixed in (second + first + rest, first + rest, first + second):
        with pytest.raises(archives.Altered):
            SealedReader(io.BytesIO(sealed[:start] + mixed), KEY).readall()
