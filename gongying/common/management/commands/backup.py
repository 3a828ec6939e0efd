import argparse
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.archives import ArchiveError
from gongying.common.backups import back_up
from gongying.common.bilingual import in_both


class Command(BaseCommand):
    help = (
        "Write database and attachments into one file, while the system runs. With GONGYING_BACKUP_KEY only who knows"
        " that key can read it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("path", type=Path, nargs="?", help="a file, or a folder (default: var/backups)")
        parser.add_argument("--without-files", action="store_true", help="the database only, no attachments")

    def handle(self, *_args: Any, path: Path | None, without_files: bool, **_options: Any) -> None:
        passphrase = os.environ.get("GONGYING_BACKUP_KEY", "")
        file = named(path, sealed=bool(passphrase))
        try:
            backup, manifest = back_up(file, passphrase=passphrase, with_files=not without_files)
        except ArchiveError as error:
            raise CommandError("\n".join(filter(None, [error.output, in_both(error)]))) from error
        done = _("Backed up: %(path)s, %(size).1f MB, %(files)d files, %(seconds).1f s.")
        self.stdout.write(in_both(done, path=file, size=backup.size / 1e6, files=backup.files, seconds=backup.seconds))
        if not passphrase:
            self.stdout.write(in_both(_("It is not encrypted: set GONGYING_BACKUP_KEY for that.")))
        for key, sentence in LOST.items():
            if names := manifest.about.get(key):
                self.stderr.write(in_both(sentence, number=len(names), names=", ".join(names[:5])))


LOST = {
    "missing": _("%(number)d files that the database names were not found: %(names)s"),
    "damaged": _("The content of %(number)d files has changed since they were stored: %(names)s"),
}


def named(path: Path | None, *, sealed: bool) -> Path:
    path = (path or Path(settings.VAR_DIR) / "backups").absolute()
    if path.is_dir() or not path.suffix:
        moment = timezone.localtime().strftime("%Y-%m-%d-%H%M%S")
        return path / f"gongying-{moment}.tar{'.sealed' if sealed else ''}"
    return path
