"""Finds a Chromium for the browser journeys, or gets one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from launcher import places
from launcher.steps import Failed, run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TRY_SECONDS = 30
PLAYWRIGHT_PATH = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)


def candidates() -> Iterator[str]:
    if named := os.environ.get("GONGYING_CHROMIUM"):
        yield named
    for name in NAMES:
        if found := shutil.which(name):
            yield found
    answer = subprocess.run([places.PYTHON, "-c", PLAYWRIGHT_PATH], capture_output=True, text=True, check=False)
    if answer.returncode == 0 and Path(answer.stdout.strip()).exists():
        yield answer.stdout.strip()


def works(chromium: str) -> bool:
    """Show a page: a browser that is there may still lack libraries."""
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"]
    try:
        answer = subprocess.run(command, capture_output=True, timeout=TRY_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and b"<html" in answer.stdout


def find() -> str | None:
    return next(filter(works, candidates()), None)


def require(progress: Callable[[str], None]) -> str:
    """Return a working Chromium: an installed one, else Debian's for root, else Playwright's."""
    if found := find():
        return found
    for get in (from_debian, from_playwright):
        get(progress)
        if found := find():
            return found
    raise Failed("no_chromium")


def from_debian(progress: Callable[[str], None]) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
        try:
            run(command, failure="no_chromium", progress=progress, env=env)
        except Failed:
            return  # the next way is tried


def from_playwright(progress: Callable[[str], None]) -> None:
    try:
        run([places.PYTHON, "-m", "playwright", "install", "chromium"], failure="no_chromium", progress=progress)
    except Failed:
        return
