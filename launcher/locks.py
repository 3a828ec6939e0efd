"""File locks. The kernel frees them when the process that holds them dies, however it dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path


def open_lock(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(handle: int, *, shared: bool = False) -> bool:
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_within(handle: int, seconds: float, *, shared: bool = False) -> bool:
    deadline = time.monotonic() + seconds
    while not try_lock(handle, shared=shared):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_held(path: Path) -> bool:
    """Whether any process holds the lock exclusively (or, momentarily, looks at it)."""
    handle = open_lock(path)
    try:
        return not try_lock(handle, shared=True)
    finally:
        os.close(handle)


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Let one process at a time in; the others wait."""
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
