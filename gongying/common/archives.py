"""The file of a backup: a tar, in a sealed envelope when there is a passphrase. Written and read as one stream.

database/000001 …   in pieces what `pg_dump --format=custom` says; put together they are its file
files/NAME          what the database names: attachments, imported and exported files
manifest.json       what else is known, and of every member before it size and SHA-256
manifest.sha256     of the manifest itself; without it the file is known to be cut
"""

import contextlib
import errno
import fcntl
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.common.sealed_files import Altered, SealedReader, SealedWriter, WrongPassphrase, is_sealed

DATABASE: Final = "database/"
FILES: Final = "files/"
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
PIECE_BYTES: Final = 16 * 2**20
READ_BYTES: Final = 2**20
PASSPHRASE_LENGTH: Final = 12
FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

CUT_OR_ALTERED = _("%(path)s is cut off or was altered: it cannot be used. Nothing was changed. Take another backup.")

NO_ROOM = _("No room is left for %(path)s. What was written of it is removed: make room, or name another disk.")


class ArchiveError(Exception):
    """Something cannot be backed up or restored; the sentence says why and what to do, `output` what a program said."""

    def __init__(self, sentence: str | Promise, *, output: str = "", **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.output = output
        self.given = values

    def __str__(self) -> str:
        return str(self.sentence) % self.given


@dataclass(frozen=True)
class Member:
    """A file that belongs to the backup, and what its content must be by its name (empty: anything)."""

    name: str
    size: int
    content: Iterable[bytes]
    sha256: str = ""


@dataclass
class Manifest:
    about: dict[str, Any]
    members: dict[str, dict[str, Any]]

    def as_json(self) -> bytes:
        return json.dumps({"about": self.about, "members": self.members}, ensure_ascii=False, indent=1).encode()

    @property
    def files(self) -> int:
        return sum(name.startswith(FILES) for name in self.members)


# -- writing


def write_archive(
    path: Path, *, about: dict[str, Any], dump: Iterable[bytes], files: Iterable[Member], passphrase: str = ""
) -> Manifest:
    """Write it under another name, and give it its own when it is complete and on the disk. It is for its owner only."""
    if passphrase and len(passphrase) < PASSPHRASE_LENGTH:
        raise ArchiveError(
            _("The backup key is too short: at least %(length)s characters. Nothing was written."),
            length=PASSPHRASE_LENGTH,
        )
    if path.exists():
        raise ArchiveError(_("%(path)s exists already. Give another name; nothing was written."), path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(path.parent)
        with draft_of(path) as file:
            manifest = _write(file, about=about, dump=dump, files=files, passphrase=passphrase)
            file.flush()
            os.fsync(file.fileno())
            _give_name(Path(file.name), path)
    except OSError as error:
        if error.errno in FULL:
            raise ArchiveError(NO_ROOM, path=path) from error
        raise ArchiveError(_("%(path)s cannot be written: %(reason)s"), path=path, reason=error.strerror) from error
    return manifest


@contextlib.contextmanager
def draft_of(path: Path) -> Iterator[IO[bytes]]:
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with draft.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        draft.chmod(0o600)
        try:
            yield file
        finally:
            draft.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """What a backup left that was killed: nobody holds its lock."""
    for draft in folder.glob(".*.part"):
        with draft.open("rb") as file, contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.unlink(missing_ok=True)


def _give_name(draft: Path, path: Path) -> None:
    """Never over a file that appeared meanwhile."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise ArchiveError(_("%(path)s exists already. Give another name; nothing was written."), path=path) from None
    except OSError:  # not every kind of disk can link
        draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(
    file: IO[bytes], *, about: dict[str, Any], dump: Iterable[bytes], files: Iterable[Member], passphrase: str
) -> Manifest:
    sealed = SealedWriter(file, passphrase) if passphrase else None
    manifest = Manifest(about, {})
    with tarfile.open(fileobj=sealed or file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for number, piece in enumerate(pieces(dump), start=1):
            _add(tar, Member(f"{DATABASE}{number:06d}", len(piece), [piece]), manifest)
        for member in files:
            _add(tar, Member(FILES + member.name, member.size, member.content, member.sha256), manifest)
        content = manifest.as_json()
        _add(tar, Member(MANIFEST, len(content), [content]))
        seal = hashlib.sha256(content).hexdigest().encode()
        _add(tar, Member(SEAL, len(seal), [seal]))
    if sealed:
        sealed.finish()
    return manifest


def pieces(dump: Iterable[bytes]) -> Iterator[bytes]:
    """A member of a tar says its size beforehand, and nobody knows that of a dump: it is told in pieces."""
    waiting = bytearray()
    for block in dump:
        waiting += block
        while len(waiting) >= PIECE_BYTES:
            yield bytes(waiting[:PIECE_BYTES])
            del waiting[:PIECE_BYTES]
    if waiting:
        yield bytes(waiting)


class _Counted(io.RawIOBase):
    """Gives what `content` gives, and knows its digest afterwards."""

    def __init__(self, content: Iterable[bytes]) -> None:
        self.blocks = iter(content)
        self.waiting = b""
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        while len(self.waiting) < size and (block := next(self.blocks, b"")):
            self.waiting += block
        given, self.waiting = self.waiting[:size], self.waiting[size:]
        self.digest.update(given)
        return given


def _add(tar: tarfile.TarFile, member: Member, manifest: Manifest | None = None) -> None:
    about = tarfile.TarInfo(member.name)
    about.size, about.mode = member.size, 0o600
    counted = _Counted(member.content)
    tar.addfile(about, counted)
    if manifest is None:
        return
    digest = counted.digest.hexdigest()
    manifest.members[member.name] = {"size": member.size, "sha256": digest}
    if member.sha256 not in {"", digest}:
        manifest.about.setdefault("damaged", []).append(member.name.removeprefix(FILES))


# -- reading


def check_archive(path: Path, passphrase: str = "") -> Manifest:
    """Read all of it and compare. Raises `ArchiveError` unless every byte is as it was written."""
    found: dict[str, dict[str, Any]] = {}
    content = seal = b""
    with understood(path):
        for name, file in members(path, passphrase):
            if name == MANIFEST:
                content = file.read()
            elif name == SEAL:
                seal = file.read()
            else:
                found[name] = measured(file)
    if not seal or hashlib.sha256(content).hexdigest().encode() != seal:
        raise ArchiveError(CUT_OR_ALTERED, path=path)
    manifest = Manifest(**json.loads(content))
    if found != manifest.members:
        raise ArchiveError(CUT_OR_ALTERED, path=path)
    return manifest


def measured(file: IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    while block := file.read(READ_BYTES):
        digest.update(block)
        size += len(block)
    return {"size": size, "sha256": digest.hexdigest()}


@contextlib.contextmanager
def understood(path: Path) -> Iterator[None]:
    """What goes wrong while the archive is read, in words. Reading its members happens inside."""
    try:
        yield
    except Altered:
        raise ArchiveError(CUT_OR_ALTERED, path=path) from None
    except WrongPassphrase:
        raise ArchiveError(
            _("This key does not open %(path)s: set the key it was made with in GONGYING_BACKUP_KEY."), path=path
        ) from None
    except tarfile.TarError:
        raise ArchiveError(
            _("%(path)s is no backup of this system, or was cut off or altered. Nothing was changed."), path=path
        ) from None
    except OSError as error:
        raise ArchiveError(_("%(path)s cannot be read: %(reason)s"), path=path, reason=error.strerror) from error


def members(path: Path, passphrase: str = "") -> Iterator[tuple[str, IO[bytes]]]:
    """Each member in its order; it is read before the next is asked for."""
    with path.open("rb") as file:
        stream = opened(path, file, passphrase)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for about in tar:
                content = tar.extractfile(about)
                if content is None:
                    raise ArchiveError(CUT_OR_ALTERED, path=path)
                yield about.name, content
        while stream.read(READ_BYTES):
            pass  # a sealed file has an end of its own


def opened(path: Path, file: IO[bytes], passphrase: str) -> IO[bytes]:
    if not is_sealed(file):
        return file
    if not passphrase:
        raise ArchiveError(_("%(path)s is encrypted: set the key it was made with in GONGYING_BACKUP_KEY."), path=path)
    return io.BufferedReader(SealedReader(file, passphrase), READ_BYTES)
