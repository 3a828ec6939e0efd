"""The web process: pages and API."""

import gc
import hashlib
import os
import shutil
from pathlib import Path

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def share_measures() -> None:
    """The workers of one server count into files of one folder, each for itself; those of servers that ended go."""
    server = os.getppid()
    began = Path(f"/proc/{server}")
    folder = home_of_measures() / f"{server}-{int(began.stat().st_ctime) if began.exists() else 0}"
    folder.mkdir(parents=True, exist_ok=True)
    for other in folder.parent.iterdir():
        if other != folder and not is_running(int(other.name.partition("-")[0])):
            shutil.rmtree(other, ignore_errors=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def home_of_measures() -> Path:
    """In memory where there is a place for it: a file that is mapped into memory ends the process when its disk is full."""
    from config.settings import VAR_DIR

    memory = Path("/dev/shm")  # noqa: S108 -- in a folder that only we may enter
    name = hashlib.sha256(os.fsencode(VAR_DIR)).hexdigest()[:12]
    if os.access(memory, os.W_OK):
        home = memory / f"gongying-{os.geteuid()}-{name}"
        home.mkdir(mode=0o700, exist_ok=True)
        if not home.is_symlink() and home.stat().st_uid == os.geteuid():
            return home
    return VAR_DIR / "metrics"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


share_measures()
application = get_wsgi_application()
# What is loaded now stays: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
