"""Where the web processes of one server count together. Loaded before `prometheus_client`, which looks for it once."""

import hashlib
import os
import shutil
from pathlib import Path


def share_measures(var: Path) -> None:
    """The workers of one server count into files of one folder, each for itself; those of servers that ended go."""
    server = os.getppid()
    began = Path(f"/proc/{server}")
    folder = home_of_measures(var) / f"{server}-{int(began.stat().st_ctime) if began.exists() else 0}"
    folder.mkdir(parents=True, exist_ok=True)
    for other in folder.parent.iterdir():
        if other != folder and not is_running(int(other.name.partition("-")[0])):
            shutil.rmtree(other, ignore_errors=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def home_of_measures(var: Path) -> Path:
    """In memory where there is a place for it: a file that is mapped into memory ends the process when its disk is full."""
    memory = Path("/dev/shm")  # noqa: S108 -- in a folder that only we may enter
    name = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    if os.access(memory, os.W_OK):
        home = memory / f"gongying-{os.geteuid()}-{name}"
        home.mkdir(mode=0o700, exist_ok=True)
        if not home.is_symlink() and home.stat().st_uid == os.geteuid():
            return home
    return var / "metrics"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
