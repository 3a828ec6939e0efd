import argparse
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from gongying.common.archives import ArchiveError, check_archive
from gongying.common.backups import restore
from gongying.common.bilingual import in_both


class Command(BaseCommand):
    help = "Fill an empty installation with what a backup holds. Nothing is changed before the whole file was checked."
    # The database may be empty.
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="only look whether the file is whole and readable")

    def handle(self, *_args: Any, file: Path, check: bool, **_options: Any) -> None:
        passphrase = os.environ.get("GONGYING_BACKUP_KEY", "")
        look = check_archive if check else restore
        try:
            manifest = look(file.absolute(), passphrase=passphrase)
        except ArchiveError as error:
            raise CommandError("\n".join(filter(None, [error.output, in_both(error)]))) from error
        made = parse_datetime(manifest.about["at"])
        values = {
            "at": f"{localtime(made):%Y-%m-%d %H:%M}" if made else "",
            "version": manifest.about["version"],
            "files": manifest.files,
        }
        self.stdout.write(in_both(WHOLE if check else RESTORED, **values))


WHOLE = _("The backup is whole: made %(at)s by version %(version)s, %(files)d files.")
RESTORED = _("Restored: as it was on %(at)s (version %(version)s), %(files)d files. Start the system now.")
