import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.imports.complaints import Unreadable
from gongying.imports.destinations import Destination
from gongying.imports.enums import FindingKind, ImportState
from gongying.imports.importers import Draft, Importer, MappedRow, find_importer
from gongying.imports.ledger import CHANGED_MEANWHILE, write_draft
from gongying.imports.models import MACHINE, ImportFinding, ImportRun
from gongying.imports.progress import Progress, progress_of
from gongying.imports.reading import Survey, map_rows, read_tables, survey_file
from gongying.imports.reverting import SHOWN_REASONS, reasons_against, take_back

MOST_CHECKED_AT_ONCE: Final = 5000  # rows whose later work is found in a tenth of a second
PROJECT_LOCK: Final = 7102  # advisory lock space: one import at a time writes into a project


@transaction.atomic
def upload_import(
    importer: Importer,
    destination: Destination,
    *,
    by: User,
    file: "UploadedFile[bytes]",
    survey: Survey,
    options: Mapping[str, str],
) -> ImportRun:
    """Keep the surveyed file and what its columns seem to mean."""
    run = ImportRun.objects.create(
        kind=importer.key,
        project_id=destination.project_id,
        project_name=destination.name,
        file=file,
        file_name=(file.name or "")[-200:],
        file_digest=survey.digest,
        sheets=survey.sheets,
        samples=survey.samples,
        mapping=survey.mapping,
        top_rows=survey.top_rows,
        options=dict(options),
        by=by,
    )
    record_event("import.uploaded", by=by, subjects=[run], file=run.file_name, kind=run.kind)
    return run


@transaction.atomic
def choose_header_row(run: ImportRun, *, by: User, header_row: int | None) -> ImportRun:
    """Read the file again with the header in that row of every sheet (None: as guessed); its columns are guessed anew."""
    run = _locked(run)
    run.state = MACHINE.check("read_again", run.state, label=run.get_state_display())
    importer = _importer_of(run)
    try:
        with run.file.open("rb") as file:
            survey = survey_file(file, name=run.file_name, importer=importer, header_row=header_row)
    except Unreadable as complaint:
        raise Refused(str(complaint)) from complaint
    run.header_row, run.sheets, run.samples, run.mapping = header_row, survey.sheets, survey.samples, survey.mapping
    run.counts, run.failure = {}, ""
    run.findings.all().delete()
    run.save()
    return run


@transaction.atomic
def map_columns(run: ImportRun, *, by: User, mapping: Mapping[str, str], options: Mapping[str, str]) -> ImportRun:
    """Say what the columns mean and have the file checked against the register."""
    run = _locked(run)
    run.state = MACHINE.check("check", run.state, label=run.get_state_display())
    run.mapping = dict(mapping)
    run.options = dict(options)
    run.counts, run.failure, run.progress_done, run.progress_total = {}, "", 0, 0
    run.findings.all().delete()
    run.save()
    transaction.on_commit(partial(check_import_later.defer, run_id=run.pk))
    return run


def check_import(run: ImportRun) -> None:
    """Plan the import and keep the plan's counts and findings as the preview. Nothing is written into the register."""
    with progress_of(run) as progress, _without_collecting():
        draft, rows = _plan(run, progress)
    with transaction.atomic():
        run = _locked(run)
        run.state = MACHINE.check("finish_check", run.state)
        _keep_findings(run, draft, rows)


@transaction.atomic
def apply_import(run: ImportRun, *, by: User) -> ImportRun:
    """Have a checked file without errors written, all or nothing."""
    run = _locked(run)
    target = MACHINE.check("apply", run.state, label=run.get_state_display())
    if run.error_count:
        raise Refused(_("The file still has errors. Correct it and upload it again."))
    if not run.write_count:
        raise Refused(_("There is nothing to import: the file brings nothing new."))
    run.state, run.progress_done, run.progress_total = target, 0, 0
    run.save(update_fields=["state", "progress_done", "progress_total"])
    transaction.on_commit(partial(write_import_later.defer, run_id=run.pk))
    return run


def write_import(run: ImportRun) -> None:
    """Plan once more against the register of now and write it in one transaction. New errors lead back to the preview."""
    with progress_of(run) as progress, _without_collecting(), transaction.atomic():
        _claim_project(run)
        draft, rows = _plan(run, progress)
        is_clean = not draft.has_errors
        if is_clean:
            progress.begin(_("Writing"))
            write_draft(draft, run=run, progress=progress)
        run = _locked(run)
        run.state = MACHINE.check("finish_apply" if is_clean else "finish_check", run.state)
        run.applied_at = timezone.now() if is_clean else None
        _keep_findings(run, draft, rows)
        if is_clean:
            record_event(
                "import.applied", by=run.by, subjects=[run], file=run.file_name, kind=run.kind, counts=run.counts
            )


@transaction.atomic
def revert_import(run: ImportRun, *, by: User) -> ImportRun:
    """Take a whole import back. Refuse, with the reasons, where later work stands on what it wrote.

    A small import is refused at once; for a large one the worker looks, since that takes seconds.
    """
    run = _locked(run)
    target = MACHINE.check("revert", run.state, label=run.get_state_display())
    if run.write_count <= MOST_CHECKED_AT_ONCE and (reasons := reasons_against(run)):
        raise Refused(_why_it_stays(reasons))
    run.state, run.reverted_by, run.failure = target, by, ""
    run.save(update_fields=["state", "reverted_by", "failure"])
    transaction.on_commit(partial(take_import_back_later.defer, run_id=run.pk))
    return run


def take_import_back(run: ImportRun) -> None:
    with progress_of(run) as progress, transaction.atomic():
        _claim_project(run)
        progress.begin(_("Looking for later work"))
        reasons = reasons_against(run, progress)  # somebody may have worked on it since the button was pressed
        if not reasons:
            progress.begin(_("Taking back"))
            take_back(run, progress)
        run = _locked(run)
        run.state = MACHINE.check("finish_apply" if reasons else "finish_revert", run.state)
        run.failure = _why_it_stays(reasons) if reasons else ""
        run.reverted_at = None if reasons else timezone.now()
        run.save(update_fields=["state", "failure", "reverted_at"])
        if not reasons:
            record_event("import.reverted", by=run.reverted_by, subjects=[run], file=run.file_name, kind=run.kind)


@transaction.atomic
def discard_import(run: ImportRun, *, by: User) -> None:
    """Forget an upload that was never applied, its file included."""
    run = _locked(run)
    run.state = MACHINE.check("discard", run.state, label=run.get_state_display())
    run.save(update_fields=["state"])
    record_event("import.discarded", by=by, subjects=[run], file=run.file_name, kind=run.kind)
    transaction.on_commit(partial(run.file.delete, save=False))


def import_at_once(
    importer: Importer,
    destination: Destination,
    *,
    by: User,
    file: "UploadedFile[bytes]",
    options: Mapping[str, str] | None = None,
) -> ImportRun:
    """Take a file from upload to register in this process, with the columns as guessed; refuse it if it has errors.

    For the demo, the bench and scripts. People see the preview first, which plans everything once more.
    """
    chosen = {option.name: option.default for option in importer.options} | dict(options or {})
    survey = survey_file(file, name=file.name or "", importer=importer)
    run = upload_import(importer, destination, by=by, file=file, survey=survey, options=chosen)
    for verb in ("check", "finish_check", "apply"):
        run.state = MACHINE.check(verb, run.state)
        run.save(update_fields=["state"])
    write_import(run)
    run.refresh_from_db()
    if error := run.findings.filter(kind=FindingKind.ERROR).first():
        raise Refused(f"{error.sheet} {error.row} {error.column}: {error.sentence}")
    return run


@app.task
def check_import_later(run_id: int) -> None:
    _work(run_id, ImportState.CHECKING, check_import)


@app.task
def write_import_later(run_id: int) -> None:
    _work(run_id, ImportState.APPLYING, write_import)


@app.task
def take_import_back_later(run_id: int) -> None:
    _work(run_id, ImportState.REVERTING, take_import_back)


def _work(run_id: int, state: ImportState, step: Callable[[ImportRun], None]) -> None:
    """Do the step a run waits for. Safe to repeat: a run that has gone on is left alone."""
    run = ImportRun.objects.select_related("by").filter(pk=run_id, state=state).first()
    if run is None:
        return
    with translation.override(run.by.language):
        try:
            step(run)
        except (Unreadable, Refused) as refusal:
            _fail(run, str(refusal))
        except IntegrityError:
            _fail(run, str(CHANGED_MEANWHILE))
        except Exception:
            _fail(run, _("Something unexpected happened; nothing was written. The administrator finds it in the log."))
            raise


@transaction.atomic
def _fail(run: ImportRun, sentence: str) -> None:
    run = _locked(run)
    verb = "finish_apply" if run.state == ImportState.REVERTING else "fail"
    run.state, run.failure = MACHINE.check(verb, run.state), sentence
    run.save(update_fields=["state", "failure"])


def _plan(run: ImportRun, progress: Progress) -> tuple[Draft, list[MappedRow]]:
    importer = _importer_of(run)
    progress.begin(_("Reading the file"))
    with run.file.open("rb") as file:
        tables = read_tables(file, name=run.file_name, importer=importer, header_row=run.header_row)
        rows = map_rows(tables, run.mapping)
    progress.begin(_("Comparing with the register"), total=len(rows))
    labels = {name: label for label, name in run.mapping.items() if name}
    draft = Draft(run.project_id, run.by, run.options, labels, report_progress=progress)
    importer.plan(_without_examples(importer, rows, draft), draft)
    return draft, rows


def _without_examples(importer: Importer, rows: list[MappedRow], draft: Draft) -> list[MappedRow]:
    """The rows but for the template's own example, where somebody left it in the file."""
    kept = []
    for row in rows:
        if importer.is_example(row):
            draft.find(FindingKind.SKIPPED, row, _("This is the example row of the template; it is not imported."))
        else:
            kept.append(row)
    return kept


def _importer_of(run: ImportRun) -> Importer:
    importer = find_importer(run.kind)
    if importer is None:
        raise Refused(_("Files of this kind cannot be imported any more."))
    return importer


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A plan is a million objects without cycles: looking for some again and again takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _keep_findings(run: ImportRun, draft: Draft, rows: list[MappedRow]) -> None:
    if earlier := _same_file(run):
        sentence = _("The same file was imported on %(day)s already.") % {"day": f"{earlier.applied_at:%Y-%m-%d}"}
        draft.find(FindingKind.DUPLICATE, None, sentence)
    run.counts = draft.counts(rows=len(rows))
    run.checked_at = timezone.now()
    run.save(update_fields=["state", "counts", "checked_at", "applied_at"])
    run.findings.all().delete()
    sheets = {sheet: index for index, sheet in enumerate(dict.fromkeys(row.record.sheet for row in rows))}
    in_order = sorted(draft.findings, key=lambda found: (sheets.get(found.sheet, -1), found.row or 0))
    ImportFinding.objects.bulk_create(
        (
            ImportFinding(
                run=run,
                kind=finding.kind,
                sheet=finding.sheet[:100],
                row=finding.row,
                column=finding.column[:200],
                sentence=finding.sentence,
            )
            for finding in in_order
        ),
        batch_size=1000,
    )


def _same_file(run: ImportRun) -> Any:
    same = ImportRun.objects.filter(project_id=run.project_id, kind=run.kind, file_digest=run.file_digest)
    return same.filter(state=ImportState.APPLIED).exclude(pk=run.pk).first()


def _locked(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update(of=("self",), no_key=True).select_related("by").get(pk=run.pk)


def _claim_project(run: ImportRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PROJECT_LOCK, run.project_id % 2**31])


def _why_it_stays(reasons: list[str]) -> str:
    return " ".join([_("This import cannot be taken back:"), *reasons[:SHOWN_REASONS]])
