"""What goes through many rows at once, in the background: an owner list in and out again, and a work list as a file."""

import csv
import io
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from gongying.accounts.models import User
from gongying.customers.importers.households import UnitImporter
from gongying.estates.models import Project
from gongying.imports.destinations import Destination
from gongying.imports.enums import ExportFormat, ImportState
from gongying.imports.models import Export
from gongying.imports.operations import import_at_once
from gongying.imports.operations.exports import fill_export
from gongying.imports.operations.imports import take_import_back
from gongying.workbench.volume import Volume

# For so many rows.
ROWS = 100_000
IMPORT_GOAL_SECONDS = 60.0
EXPORT_GOAL_SECONDS = 20.0


def import_figures(user: User, *, households: int = ROWS) -> Iterator[dict[str, Any]]:
    """An owner list of that many households, with duplicate check, into a project of its own: from the file to the register, and back."""
    project = Project.objects.create(code="BENCH", name="bench", kind="residential")
    file = SimpleUploadedFile("owners.csv", _owner_list(households), content_type="text/csv")
    destination = Destination(project.pk, project.name)
    run, seconds = _timed(lambda: import_at_once(UnitImporter(), destination, by=user, file=file))
    yield _figure("import of households", households, seconds, IMPORT_GOAL_SECONDS)
    run.state, run.reverted_by = ImportState.REVERTING, user
    run.save(update_fields=["state", "reverted_by"])
    _none, seconds = _timed(lambda: take_import_back(run))
    yield _figure("the import taken back", households, seconds, IMPORT_GOAL_SECONDS)


def export_figures(user: User) -> Iterator[dict[str, Any]]:
    """All requests that the person sees, as files that are thrown away; by how much the process grew for each."""
    for file_format in (ExportFormat.CSV, ExportFormat.XLSX):
        yield _export_figure(user, file_format)


def _export_figure(user: User, file_format: ExportFormat) -> dict[str, Any]:
    export = Export.objects.create(listing="requests", query="list=all", format=file_format, by=user, rows_total=0)
    before = _megabytes()
    try:
        _none, seconds = _timed(lambda: fill_export(export))
    finally:
        export.file.delete(save=False)
    figure = _figure(f"requests as {file_format.upper()}", export.rows_done, seconds, EXPORT_GOAL_SECONDS)
    return figure | {"megabytes": _megabytes() - before}


def _figure(operation: str, rows: int, seconds: float, goal_seconds: float) -> dict[str, Any]:
    return {"operation": operation, "rows": rows, "seconds": round(seconds, 1), "goal_seconds": goal_seconds}


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """With what a commit would check."""
    start = time.perf_counter()
    found = work()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return found, time.perf_counter() - start


def _megabytes() -> int:
    """The most that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _owner_list(households: int) -> bytes:
    words = Volume(1, 1, 1).words
    names = [surname + given for surname in words["surnames"] for given in words["given"]]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(words["owner_list_header"])
    for number in range(households):
        building, rest = divmod(number, 120)
        entrance, rest = divmod(rest, 60)
        floor, door = divmod(rest, 3)
        code = f"{building + 1}-{entrance + 1}-{floor + 1}{door + 1:02d}"
        phone = f"139{number:08d}"
        writer.writerow([code, f"{70 + number % 60}.5", names[number % len(names)], phone])
    return file.getvalue().encode("utf-8-sig")
