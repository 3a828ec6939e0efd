"""Become a program that ends when its parent ends: `python attached.py PARENT_PID SIGNAL PROGRAM ARGUMENT…`."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def attach(parent: int, number: int) -> None:
    """Let signal `number` end this process when `parent` dies, also if it has died meanwhile. Only Linux can do that."""
    # A job started in the background by a shell ignores SIGINT; a program we start must not inherit that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    attach(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 -- a program and its arguments, no shell
