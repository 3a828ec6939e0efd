import io

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.imports.runs import find_run
from gongying.imports.spreadsheets import write_xlsx


@require_safe
def index(request: SignedInRequest, import_id: int) -> FileResponse:
    """All kept findings as a sheet, to correct the office's own file by."""
    run, _importer = find_run(request.user, import_id)
    file = io.BytesIO()
    labels = [_("finding"), _("sheet"), _("row"), _("column"), _("in words")]
    rows = ([f.get_kind_display(), f.sheet, f.row, f.column, f.sentence] for f in run.findings.iterator())
    write_xlsx(file, labels=labels, rows=rows, title=_("Findings"))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{run.file_name}.findings.xlsx")
