import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gongying.common.errors import Refused
from gongying.workbench.volume import Volume, make_volume


class Command(BaseCommand):
    help = "Fill an empty installation with a large, made-up company: households, requests in all states, events."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requests", type=int, default=1_000_000)
        parser.add_argument("--households", type=int, default=300_000)
        parser.add_argument(
            "--events", type=int, default=10_000_000, help="at least one a request; 10,000 more of one household"
        )

    def handle(self, *, requests: int, households: int, events: int, **options: Any) -> None:
        if requests < 1 or households < 1:
            raise CommandError("at least one request and one household")
        start = time.monotonic()

        def say(words: str) -> None:
            self.stdout.write(f"{time.monotonic() - start:7.1f} s  {words}")
            self.stdout.flush()

        try:
            make_volume(Volume(requests, households, events), say=say)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        say("done")
