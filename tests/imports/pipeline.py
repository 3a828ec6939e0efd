"""Walk a file through the pipeline as the pages and the worker do, in one process."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gongying.accounts.models import User
from gongying.estates.models import Project
from gongying.imports.destinations import Destination
from gongying.imports.enums import FindingKind
from gongying.imports.importers import find_importer
from gongying.imports.models import ImportRun
from gongying.imports.operations.imports import (
    apply_import,
    check_import,
    map_columns,
    revert_import,
    take_import_back,
    upload_import,
    write_import,
)
from gongying.imports.reading import survey_file
from tests.conftest import Cast
from tests.imports.workbook_files import xlsx


def uploaded(
    kind: str,
    project: Project,
    by: User,
    rows: Sequence[Sequence[Any]] | io.BytesIO,
    *,
    name: str = "名册.xlsx",
    merges: Sequence[str] = (),
    sheet: str = "Sheet1",
    **options: str,
) -> ImportRun:
    """The run of a file that was uploaded, its columns guessed and not yet confirmed."""
    importer = find_importer(kind)
    assert importer is not None
    content = rows if isinstance(rows, io.BytesIO) else xlsx({sheet: rows}, merges={sheet: merges})
    file = SimpleUploadedFile(name, content.getvalue())
    survey = survey_file(file, name=name, importer=importer)
    chosen = {option.name: option.default for option in importer.options} | options
    return upload_import(
        importer, Destination(project.pk, project.name), by=by, file=file, survey=survey, options=chosen
    )


def checked(
    kind: str,
    project: Project,
    by: User,
    rows: Sequence[Sequence[Any]] | io.BytesIO,
    *,
    mapping: Mapping[str, str] | None = None,
    **more: Any,
) -> ImportRun:
    """The run of a file that was uploaded, mapped as guessed (or as given) and checked."""
    run = uploaded(kind, project, by, rows, **more)
    run = map_columns(run, by=by, mapping=mapping or run.mapping, options=run.options)
    check_import(run)
    run.refresh_from_db()
    return run


def applied(run: ImportRun) -> ImportRun:
    apply_import(run, by=run.by)
    write_import(run)
    run.refresh_from_db()
    return run


def reverted(run: ImportRun) -> ImportRun:
    revert_import(run, by=run.by)
    take_import_back(run)
    run.refresh_from_db()
    return run


def findings(run: ImportRun, kind: str) -> list[tuple[str, int | None, str, str]]:
    rows = run.findings.filter(kind=kind)
    return [(finding.sheet, finding.row, finding.column, finding.sentence) for finding in rows]


def check_units(cast: Cast, rows: Sequence[Sequence[Any]], **more: Any) -> ImportRun:
    return checked("customers.units", cast.sunshine, cast.manager, rows, **more)


def errors_of(run: ImportRun) -> list[tuple[int | None, str, str]]:
    return [(row, column, sentence) for _sheet, row, column, sentence in findings(run, FindingKind.ERROR)]
