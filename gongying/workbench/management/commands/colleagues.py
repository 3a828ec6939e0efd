import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from gongying.workbench.bench.colleagues import colleagues
from gongying.workbench.bench.databases import copy_volume, drop, lead_to


class Command(BaseCommand):
    help = "For bin/bench --mixed: a copy of the made-up volume, and colleagues who are logged in there; as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", type=int, default=100_000)
        parser.add_argument("--number", type=int, default=50)
        parser.add_argument("--drop", metavar="DATABASE", help="only drop this copy")

    def handle(self, **options: Any) -> None:
        if options["drop"]:
            drop(options["drop"])
            return
        copy, _made = copy_volume(options["size"], "mixed", say=self.stderr.write)
        home = str(connection.settings_dict["NAME"])
        lead_to(copy)
        try:
            found = colleagues(options["number"])
        finally:
            lead_to(home)
        self.stdout.write(json.dumps({"database": copy, "colleagues": found}))
