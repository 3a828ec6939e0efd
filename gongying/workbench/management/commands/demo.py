import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gongying.common.errors import Refused
from gongying.workbench.demo import demo_logins, load_demo


class Command(BaseCommand):
    help = "Load a demo story into an empty installation; --logins prints who may log in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print the demo log-ins and change nothing")

    def handle(self, *, logins: bool, **options: Any) -> None:
        if not logins:
            start = time.monotonic()
            try:
                load_demo(
                    say=lambda words: self.stdout.write(f"{time.monotonic() - start:5.1f} s  {words}", ending="\n")
                )
            except Refused as refused:
                raise CommandError(str(refused)) from refused
        for role, name, login, password in demo_logins():
            self.stdout.write(f"{login:<12} {password}  {name} ({role})")
