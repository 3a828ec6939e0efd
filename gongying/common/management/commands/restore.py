import argparse
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from gongying.common.archives import ArchiveError, read_archive


class Command(BaseCommand):
    help = "Put what a backup holds in the place of this installation's data. Stop the system first."
    # The database may be older than this program, or empty.
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="also when people are registered here: they are replaced"
        )

    def handle(self, *_args: Any, file: Path, replace: bool, **_options: Any) -> None:
        if not replace and is_in_use():
            raise CommandError("This installation has data. Give --replace to put the backup in its place.")
        try:
            read_archive(file.absolute())
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0)
        call_command("grant_application_role")
        self.stdout.write(f"{file} is restored.")


def is_in_use() -> bool:
    if "accounts_user" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM accounts_user)")
        return bool((cursor.fetchone() or [False])[0])
