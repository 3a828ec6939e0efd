"""`bin/chaos`: sets up our Python environment, then `inside.py` goes on in it, on a small disk where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from launcher import catalogues, packages, places
from launcher.steps import Failed, Steps

DISK_BYTES = 3 * 2**30


def on_a_small_disk(folder: Path) -> list[str]:
    """The beginning of a command that sees a disk of its own at `folder`, which ends with it. Empty where nobody may do that."""
    # For root, too, only inside: nobody else on the machine sees it.
    own = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-current-user", "--mount"]
    mount = [*own, "sh", "-c", f'mount -t tmpfs -o size={DISK_BYTES} tmpfs "$0" && exec "$@"', str(folder)]
    try:
        tried = subprocess.run([*mount, "true"], check=False, capture_output=True)
    except OSError:
        return []
    return mount if tried.returncode == 0 else []


def main(given: Sequence[str]) -> NoReturn:
    try:
        steps = Steps(total=1)
        if not packages.is_installed("runtime"):
            with steps.step("packages") as progress:
                packages.require("runtime", progress)
        catalogues.compile_all()
    except Failed as failure:
        failure.show()
        sys.exit(1)
    folder = places.VAR / "chaos"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = os.environ | {"GONGYING_VAR": str(folder), "PYTHONPATH": str(places.ROOT)}
    command = [*on_a_small_disk(folder), str(places.PYTHON), "-P", "-m", "launcher.chaos.inside", *given]
    os.execvpe(command[0], command, env)  # noqa: S606 -- programs and arguments of ours


if __name__ == "__main__":
    main(sys.argv[1:])
