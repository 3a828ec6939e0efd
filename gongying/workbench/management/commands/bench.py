import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from gongying.workbench.bench.databases import database_of
from gongying.workbench.bench.ladder import sweep_figure
from gongying.workbench.bench.measure import Figure, bench_for
from gongying.workbench.bench.operations import bench_user, figures, import_figure
from gongying.workbench.bench.planned import free_time_figure, team_of_the_month

QUICK, FULL = [10_000], [10_000, 100_000, 1_000_000]
QUICK_ROUNDS, ROUNDS = 15, 31
QUICK_IMPORT = 10_000


class Command(BaseCommand):
    help = "Measure the daily pages beside a bare Django page over the same table, at several sizes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="10,000 requests only, in two minutes")
        parser.add_argument("--sizes", type=int, nargs="+", help="numbers of requests")
        parser.add_argument("--rounds", type=int, help="turns per page")
        parser.add_argument("--json", type=Path, help="write the figures into this file")
        parser.add_argument("--no-import", action="store_true", help="leave out the import of households")

    def handle(self, *, quick: bool, json: Path | None, **options: Any) -> None:
        sizes = options["sizes"] or (QUICK if quick else FULL)
        rounds = options["rounds"] or (QUICK_ROUNDS if quick else ROUNDS)
        self.start = time.monotonic()
        results: list[dict[str, Any]] = []
        smallest: dict[str, float] = {}
        for size in sizes:
            with database_of(size, say=self.say):
                user = bench_user()
                self.line("operation", "ms", "of it DB", "floor ms", "ratio", "goal", "SQL", "kB", "growth")
                with bench_for(user, rows=size, rounds=rounds) as bench:
                    for figure in figures(bench, user=user):
                        growth = figure.p50_ms / smallest.setdefault(figure.operation, figure.p50_ms)
                        results.append({**figure.as_json(), "growth": round(growth, 2)})
                        self.show(figure, growth)
                        self.keep(results, json)
        if not options["no_import"]:
            self.measure_import(QUICK_IMPORT if quick else None, sizes[0], results)
            self.keep(results, json)
        self.measure_free_time(sizes[0], results)
        self.measure_sweep(sizes[-1], results)
        self.keep(results, json)

    def measure_import(self, households: int | None, size: int, results: list[dict[str, Any]]) -> None:
        from django.db import transaction

        with database_of(size, say=self.say), transaction.atomic():
            more = {} if households is None else {"households": households}
            result = import_figure(bench_user(), **more)
            transaction.set_rollback(True)
        results.append(result)
        self.say(f"{result['operation']}: {result['rows']:,} in {result['seconds']} s (goal for 100,000: 60 s)")

    def measure_free_time(self, size: int, results: list[dict[str, Any]]) -> None:
        with database_of(size, say=self.say):
            result = free_time_figure(team_of_the_month(by=bench_user()))
        results.append(result)
        self.say(f"{result['operation']}: {result['milliseconds']} ms of processor time (goal: 50 ms)")

    def measure_sweep(self, size: int, results: list[dict[str, Any]]) -> None:
        with database_of(size, say=self.say):
            result = sweep_figure()
        results.append(result)
        self.say(f"{result['operation']}: {result['rows']:,} in {result['seconds']} s (goal for 100,000: 10 s)")

    def show(self, figure: Figure, growth: float) -> None:
        mark = "" if figure.ratio <= figure.goal else " !"
        self.line(
            f"{figure.operation} ({figure.rows:,})",
            f"{figure.p50_ms:.1f}",
            f"{figure.database_ms:.1f}",
            f"{figure.floor_p50_ms:.1f}",
            f"{figure.ratio:.2f}{mark}",
            f"{figure.goal:g}",
            str(figure.sql),
            f"{figure.kilobytes:.0f}",
            f"{growth:.2f}",
        )

    def line(self, name: str, *cells: str) -> None:
        self.stdout.write(f"{name:<42}" + "".join(f"{cell:>10}" for cell in cells))

    def say(self, words: str) -> None:
        self.stdout.write(f"{time.monotonic() - self.start:7.1f} s  {words}")
        self.stdout.flush()

    def keep(self, results: list[dict[str, Any]], path: Path | None) -> None:
        if path is not None:
            path.write_text(json.dumps(results, indent=1), encoding="utf-8")
