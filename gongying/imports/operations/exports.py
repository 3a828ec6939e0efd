import tempfile
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import IO, Any, Final

from django.core.files import File
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.permissions import may
from gongying.events.operations import record_event
from gongying.imports.enums import ExportFormat, ExportState
from gongying.imports.listings import Listing, find_listing
from gongying.imports.models import Export
from gongying.imports.spreadsheets import write_csv, write_xlsx

DIRECT_ROWS: Final = 1000
MOST_ROWS: Final = 1_000_000
KEPT_DAYS: Final = 7
BATCH: Final = 1000
IN_MEMORY: Final = 5 * 1024 * 1024


@transaction.atomic
def request_export(listing: Listing, *, by: User, query: str, file_format: str) -> Export:
    """Write the list into a file: at once where it is short, else in the worker. Refuse what no spreadsheet can hold."""
    total = listing.rows(by, QueryDict(query)).order_by()[: MOST_ROWS + 1].count()
    if total > MOST_ROWS:
        raise Refused(_("A spreadsheet cannot hold more than 1,000,000 rows. Narrow the filters."))
    export = Export.objects.create(listing=listing.key, query=query, format=file_format, by=by, rows_total=total)
    # Personal data leaves the system: who, which list, how many (spec 5.5 PersonalDataExported).
    record_event("rows.exported", by=by, subjects=[export], listing=listing.key, query=query, rows=total)
    if total <= DIRECT_ROWS:
        _fill(export, listing)
    else:
        transaction.on_commit(partial(fill_export_later.defer, export_id=export.pk))
    return export


def fill_export(export: Export) -> None:
    """Write the file of a waiting export with what its maker may see now."""
    with translation.override(export.by.language):
        try:
            _fill(export, _listing_of(export))
        except Exception as error:
            Export.objects.filter(pk=export.pk).update(
                state=ExportState.FAILED,
                failure=str(error) if isinstance(error, Refused) else _("The file could not be written."),
                finished_at=timezone.now(),
            )
            if not isinstance(error, Refused):
                raise


def _listing_of(export: Export) -> Listing:
    """The list, as far as the maker of the export still may see it."""
    listing = find_listing(export.listing)
    if listing is None or not may(export.by, listing.permission):
        raise Refused(_("You may not see this list any more."))
    return listing


def _fill(export: Export, listing: Listing) -> None:
    Export.objects.filter(pk=export.pk).update(state=ExportState.RUNNING)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        export.rows_done = _write(export, listing, file)
        file.seek(0)
        export.file.save(f"{listing.key}-{export.pk}.{export.format}", File(file), save=False)
    export.state = ExportState.READY
    export.finished_at = timezone.now()
    export.save(update_fields=["state", "file", "rows_done", "finished_at"])


def _write(export: Export, listing: Listing, file: IO[bytes]) -> int:
    labels = [str(column.label) for column in listing.columns]
    found = listing.rows(export.by, QueryDict(export.query))
    readers = [column.reader() for column in listing.columns]
    rows = ([read(row) for read in readers] for row in islice(found.iterator(BATCH), MOST_ROWS))

    def progress(done: int) -> None:
        if done % BATCH == 0:
            Export.objects.filter(pk=export.pk).update(rows_done=done)

    if export.format == ExportFormat.CSV:
        return write_csv(file, labels=labels, rows=rows, progress=progress)
    return write_xlsx(file, labels=labels, rows=rows, title=str(listing.label), progress=progress)


@app.task
def fill_export_later(export_id: int) -> None:
    export = Export.objects.select_related("by").filter(pk=export_id).exclude(state=ExportState.READY).first()
    if export is not None:
        fill_export(export)


def remove_old_exports() -> int:
    """Delete exported files after a week: they hold personal data that grows stale."""
    old = Export.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    count = 0
    for export in old.iterator():
        export.file.delete(save=False)
        export.delete()
        count += 1
    return count


@app.periodic(cron="37 3 * * *")
@app.task
def remove_old_exports_nightly(timestamp: int) -> Any:
    return remove_old_exports()
