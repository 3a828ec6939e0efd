"""The files that pages and API hand out."""

import io

from django.http import FileResponse
from django.utils import timezone

from gongying.imports.importers import Importer
from gongying.imports.models import Export
from gongying.imports.spreadsheets import write_xlsx


def serve_export(export: Export) -> FileResponse:
    name = f"{export.title}-{timezone.localtime(export.created_at):%Y%m%d-%H%M}.{export.format}"
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=name)


def serve_template(importer: Importer) -> FileResponse:
    """An empty sheet with the headers that are understood and one example row."""
    file = io.BytesIO()
    # The header's own first word, not the field's label: it is what the guess knows best.
    labels = [field.words[0] for field in importer.fields]
    write_xlsx(file, labels=labels, rows=[[field.example for field in importer.fields]], title=str(importer.label))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{importer.label}.xlsx")
