import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gongying.common import catalogues
from gongying.common.catalogues import Memory


class Command(BaseCommand):
    help = (
        "Extract the texts of every app into its own Chinese catalogue, take over translations that other apps have,"
        " drop what is not used any more, compile. --check changes nothing and fails on what is missing or stale."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", help="default: all")
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, apps: list[str], check: bool, **_options: Any) -> None:
        everything = sorted(path.parent for path in (Path(settings.BASE_DIR) / "gongying").glob("*/apps.py"))
        memory = _memory(everything)
        chosen = [app for app in everything if not apps or app.name in apps]
        missing = sum(self._update(app, memory, check=check) for app in chosen)
        if check and missing:
            raise CommandError(f"{missing} texts are not translated or not extracted: bin/manage messages.")

    def _update(self, app: Path, memory: Memory, *, check: bool) -> int:
        path = catalogues.catalogue_path(app)
        fresh = catalogues.fresh_catalogue(app, memory)
        if not fresh:
            return 0
        if not check:
            catalogues.write_catalogue(path, fresh)
            catalogues.compile_catalogue(path)
        kept = {catalogues.key_of(m): m for m in catalogues.read_catalogue(path) if m.id}
        missing = [m for m in fresh if m.id and not _is_kept(kept.get(catalogues.key_of(m)))]
        for message in missing:
            self.stdout.write(f"{app.name}: {catalogues.key_of(message)[1]!r}")
        return len(missing)


def _is_kept(message: Any) -> bool:
    return message is not None and catalogues.is_translated(message)


def _memory(apps: list[Path]) -> Memory:
    """What is translated anywhere: one word has one translation in the whole product."""
    memory: Memory = {}
    for app in apps:
        for message in catalogues.read_catalogue(catalogues.catalogue_path(app)):
            if message.id and catalogues.is_translated(message):
                memory.setdefault(catalogues.key_of(message), message.string)
    return memory
