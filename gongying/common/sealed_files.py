"""A file that only its passphrase opens, written and read as a stream of any length.

    magic | salt (16) | check (16) | chunk …      chunk: AES-256-GCM of up to 1 MiB, with its tag of 16 bytes

Scrypt makes the key and the check (by which a wrong passphrase is told from an altered file) out of passphrase and salt. The
nonce of a chunk is its number and whether it is the last one: none can be changed, moved, left out or added.
"""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MAGIC: Final = b"gongying sealed 1\n"
CHUNK: Final = 2**20
TAG: Final = 16
SALT: Final = 16
KEY: Final = 32
CHECK: Final = 16
SCRYPT_COST: Final = 2**16


class WrongPassphrase(Exception):  # noqa: N818 -- it names what is wrong
    """Or the first bytes of the file were altered."""


class Altered(Exception):  # noqa: N818
    """The file was altered, or its end is missing."""


def is_sealed(file: IO[bytes]) -> bool:
    """Looks at the first bytes and goes back to them."""
    start = file.read(len(MAGIC))
    file.seek(0)
    return start == MAGIC


class _Box:
    def __init__(self, passphrase: str, salt: bytes) -> None:
        made = Scrypt(salt=salt, length=KEY + CHECK, n=SCRYPT_COST, r=8, p=1).derive(passphrase.encode())
        self.cipher = AESGCM(made[:KEY])
        self.header = MAGIC + salt + made[KEY:]
        self.number = 0

    def nonce(self, *, last: bool) -> bytes:
        number, self.number = self.number, self.number + 1
        return number.to_bytes(11, "big") + bytes([last])

    def seal(self, chunk: bytes, *, last: bool) -> bytes:
        return self.cipher.encrypt(self.nonce(last=last), chunk, self.header)

    def open(self, chunk: bytes, *, last: bool) -> bytes:
        try:
            return self.cipher.decrypt(self.nonce(last=last), chunk, self.header)
        except InvalidTag:
            raise Altered from None


class SealedWriter(io.RawIOBase):
    """`finish` writes the last chunk: without it the file is known to be cut."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        self.file = file
        self.box = _Box(passphrase, os.urandom(SALT))
        self.waiting = bytearray()
        file.write(self.box.header)

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data)
        self.waiting += view
        while len(self.waiting) > CHUNK:
            self.file.write(self.box.seal(bytes(self.waiting[:CHUNK]), last=False))
            del self.waiting[:CHUNK]
        return view.nbytes

    def finish(self) -> None:
        self.file.write(self.box.seal(bytes(self.waiting), last=True))
        self.waiting.clear()


class SealedReader(io.RawIOBase):
    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        header = file.read(len(MAGIC) + SALT + CHECK)
        if len(header) < len(MAGIC) + SALT + CHECK:
            raise Altered
        self.file = file
        self.box = _Box(passphrase, header[len(MAGIC) : -CHECK])
        if not bytes_eq(self.box.header, header):
            raise WrongPassphrase
        self.next_chunk = file.read(CHUNK + TAG)
        self.opened = memoryview(b"")
        self.is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self.opened and not self.is_over:
            chunk, self.next_chunk = self.next_chunk, self.file.read(CHUNK + TAG)
            self.is_over = not self.next_chunk
            self.opened = memoryview(self.box.open(chunk, last=self.is_over))
        view = memoryview(buffer)
        length = min(len(view), len(self.opened))
        view[:length] = self.opened[:length]
        self.opened = self.opened[length:]
        return length
