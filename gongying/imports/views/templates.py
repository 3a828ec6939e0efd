import io

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.imports.importers import find_importer
from gongying.imports.rules import RUN_IMPORT
from gongying.imports.spreadsheets import write_xlsx


@require_safe
def show(request: SignedInRequest, kind: str) -> FileResponse:
    """An empty sheet with the headers that are understood and one example row."""
    authorize(request.user, RUN_IMPORT)
    importer = find_importer(kind)
    if importer is None:
        raise Http404
    authorize(request.user, importer.permission)
    file = io.BytesIO()
    # The header's own first word, not the field's label: it is what the guess knows best.
    labels = [field.words[0] for field in importer.fields]
    write_xlsx(file, labels=labels, rows=[[field.example for field in importer.fields]], title=str(importer.label))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{importer.label}.xlsx")
