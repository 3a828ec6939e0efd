import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gongying.common.archives import ArchiveError, write_archive


class Command(BaseCommand):
    help = "Write database and attachments into one file. The system may go on running."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        try:
            write_archive(file.absolute())
        except (ArchiveError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
