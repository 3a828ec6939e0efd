import contextlib
import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from gongying.accounts.models import User
from gongying.workbench.bench import bulk, table
from gongying.workbench.bench.databases import fresh_copy
from gongying.workbench.bench.history import History, value_of
from gongying.workbench.bench.ladder import sweep_figure
from gongying.workbench.bench.measure import Bench, Figure, bench_for
from gongying.workbench.bench.operations import bench_user, lines
from gongying.workbench.bench.planned import Team, free_time_figure, team_of_the_month
from gongying.workbench.bench.served import Served, web_server

QUICK, FULL = [100_000], [10_000, 100_000, 1_000_000]
QUICK_ROUNDS, ROUNDS = 15, 31
QUICK_IMPORT = 10_000


class Command(BaseCommand):
    help = "Measure the daily pages and API calls beside a bare Django page over the same table, at several sizes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="100,000 requests only, in three minutes")
        parser.add_argument("--sizes", type=int, nargs="+", help="numbers of requests")
        parser.add_argument("--rounds", type=int, help="turns per line")
        parser.add_argument("--json", type=Path, help="write the figures into this file, too")
        parser.add_argument("--no-import", action="store_true", help="leave out the import of households and the sweep")
        parser.add_argument("--no-http", action="store_true", help="leave out the answers a second of real web workers")

    def handle(self, *, quick: bool, json: Path | None, **options: Any) -> None:
        sizes = options["sizes"] or (QUICK if quick else FULL)
        rounds = options["rounds"] or (QUICK_ROUNDS if quick else ROUNDS)
        self.start = time.monotonic()
        self.history = History()
        self.smallest: dict[str, float] = {}
        self.run: dict[str, Any] = {
            "at": timezone.localtime().isoformat(timespec="seconds"),
            "processors": os.cpu_count(),
            "rounds": rounds,
            "volumes": [],
            "figures": [],
            "statements": {},
        }
        for size in sizes:
            with fresh_copy(size, say=self.say) as made:
                self.run["volumes"].append(made.as_json())
                self.say(f"a copy of {made.name}, which was made on {timezone.localtime(made.at):%Y-%m-%d %H:%M}")
                self.measure_lines(size, rounds, over_http=not options["no_http"])
                if not options["no_import"]:
                    self.measure_work(size, sizes, households=QUICK_IMPORT if quick else None)
        self.say(f"kept as {self.history.keep(self.run)}")
        if json is not None:
            self.write(json)

    def measure_lines(self, size: int, rounds: int, *, over_http: bool) -> None:
        user = bench_user()
        team = team_of_the_month(by=user)
        with _served(over_http=over_http) as served, bench_for(user, rows=size, rounds=rounds, served=served) as bench:
            for words in (table.LEGEND, table.header()):
                self.stdout.write(words)
            for line in lines(bench, user=user, team=team):
                self.keep(bench.measure(line))
            self.show_plans(size, bench)
        self.measure_free_time(size, team)

    def keep(self, figure: Figure) -> None:
        spent = figure.application_ms + figure.database_ms
        growth = spent / (self.smallest.setdefault(figure.operation, spent) or 1)
        former = self.history.former(figure.as_json())
        self.run["figures"].append({**figure.as_json(), "growth": round(growth, 2), "before": former and former.value})
        self.stdout.write(table.row(figure, growth=growth, former=former))
        self.stdout.flush()

    def show_plans(self, size: int, bench: Bench) -> None:
        hottest = bench.statements.hottest()
        self.run["statements"][str(size)] = [statement.as_json() for statement in hottest]
        for words in table.plans(hottest):
            self.stdout.write(words)

    def measure_free_time(self, size: int, team: Team) -> None:
        result = free_time_figure(team)
        self.keep_other({**result, "rows": size})
        self.say(f"{result['operation']}: {result['milliseconds']} ms of processor time (goal: 50 ms)")

    def measure_work(self, size: int, sizes: list[int], *, households: int | None) -> None:
        """What goes through many rows at once; nothing of it stays, not even in this copy."""
        user = User.objects.get(username="bench")
        # First: by how much the process grows for it cannot be seen after an import.
        if size == bulk.ROWS:
            self.keep_bulk(bulk.export_figures(user))
        if size == sizes[0]:
            self.keep_bulk(bulk.import_figures(user, households=households or bulk.ROWS))
        if size == sizes[-1]:
            self.keep_work(sweep_figure())

    def keep_bulk(self, results: Iterable[dict[str, Any]]) -> None:
        with transaction.atomic():
            for result in results:
                self.keep_work(result)
            transaction.set_rollback(True)

    def keep_work(self, result: dict[str, Any]) -> None:
        self.keep_other(result)
        grown = f", {result['megabytes']} MB more" if "megabytes" in result else ""
        goal = f"goal for 100,000: {result['goal_seconds']:.0f} s"
        self.say(f"{result['operation']}: {result['rows']:,} in {result['seconds']} s{grown} ({goal})")

    def keep_other(self, result: dict[str, Any]) -> None:
        former = self.history.former(result)
        self.run["figures"].append({**result, "before": former and former.value})
        if former is not None and former.is_worse(value_of(result)):
            self.say(f"{result['operation']}: worse than in the run before ({former.value})")

    def say(self, words: str) -> None:
        self.stdout.write(f"{time.monotonic() - self.start:7.1f} s  {words}")
        self.stdout.flush()

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.run, indent=1, ensure_ascii=False), encoding="utf-8")


@contextlib.contextmanager
def _served(*, over_http: bool) -> Iterator[Served | None]:
    if not over_http:
        yield None
        return
    with web_server() as served:
        yield served
