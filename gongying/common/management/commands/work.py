import argparse
import asyncio
import logging
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.app import WorkerOptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from gongying.common.worker import PatientWorker


class Command(BaseCommand):
    help = "Do the jobs that pages leave for later, and those of the clock, until stopped."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--jobs", type=int, default=2, help="how many jobs at the same time (default 2)")
        parser.add_argument("--once", action="store_true", help="stop when nothing is left to do")

    def handle(self, *_args: Any, jobs: int, once: bool, **_options: Any) -> None:
        # A line for each job would bury what matters.
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        asyncio.run(work(jobs=jobs, once=once))


async def work(*, jobs: int, once: bool) -> None:
    # The connection of Django itself neither listens nor serves several jobs at once.
    connector = DjangoConnector().get_worker_connector()
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            worker_app.perform_import_paths()  # type: ignore[no-untyped-call]
            options: WorkerOptions = {
                **worker_app.worker_defaults,
                "concurrency": jobs,
                "wait": not once,
                "shutdown_graceful_timeout": 10,  # less than the supervisor and systemd wait
            }
            await PatientWorker(worker_app, **options).run()  # type: ignore[no-untyped-call]
