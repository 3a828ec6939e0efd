from django.core.files.base import ContentFile

from gongying.imports.models import Export, ImportRun
from tests.structure.url_matrix import Sample, action, api, page


def an_import(sample: Sample) -> ImportRun:
    return ImportRun.objects.create(
        kind="customers.units",
        project_id=sample.unit.project_id,
        project_name=sample.unit.project.name,
        file=ContentFile(b"", name="a.xlsx"),
        file_name="a.xlsx",
        by=sample.user,
    )


def an_export(sample: Sample) -> Export:
    return Export.objects.create(listing="gone", format="xlsx", by=sample.user)


OBJECTS = {"import": an_import, "export": an_export}
IMPORT = "imports.run_import"
EXPORT = "imports.export_rows"
# 403: the kind of file asks for a permission of its own; 404: only who serves the whole project sees its imports.
WHOLE = {"allowed": (200, 403, 404), "reason": "an import belongs to those who serve the whole project"}
STEP = {"allowed": (302, 403, 404, 409, 422), "reason": WHOLE["reason"]}
MINE = {"place": False, "allowed": (404,), "reason": "an export belongs to who asked for it"}

WHOLE_STEP = {"allowed": (200, 403, 404, 409), "reason": WHOLE["reason"]}

LINES = [
    api("GET /import-kinds", needs=IMPORT),
    api(
        "GET /import-kinds/{kind}/template",
        kind="=customers.units",
        needs=IMPORT,
        allowed=(200, 404),
        reason="the kind of file asks for a permission of its own",
    ),
    api("GET /imports", needs=IMPORT),
    api("POST /imports", needs=IMPORT, allowed=(415, 422), reason="without a file"),
    api("GET /imports/{import_id}", import_id="import", needs=IMPORT, **WHOLE),
    api("PUT /imports/{import_id}/header", import_id="import", needs=IMPORT, data={"row": None}, **STEP),
    api("PUT /imports/{import_id}/columns", import_id="import", needs=IMPORT, data={"columns": []}, **STEP),
    api("POST /imports/{import_id}/application", import_id="import", needs=IMPORT, data={}, **WHOLE_STEP),
    api("POST /imports/{import_id}/reversal", import_id="import", needs=IMPORT, data={}, **WHOLE_STEP),
    api("POST /imports/{import_id}/discard", import_id="import", needs=IMPORT, data={}, **WHOLE_STEP),
    api("GET /imports/{import_id}/findings", import_id="import", needs=IMPORT, **WHOLE),
    api("GET /listings", needs=EXPORT),
    api("GET /exports", needs=EXPORT),
    api("POST /exports", needs=EXPORT, data={"listing": "facilities"}, allowed=(201,)),
    api("GET /exports/{export_id}", export_id="export", needs=EXPORT, **MINE),
    api("GET /exports/{export_id}/file", export_id="export", needs=EXPORT, **MINE),
    page("imports:import-list", needs=IMPORT),
    page("imports:import-new", needs=IMPORT),
    action("imports:import-create", needs=IMPORT, allowed=(422,), reason="without a file"),
    page(
        "imports:template-show",
        kind="=customers.units",
        needs=IMPORT,
        allowed=(200, 403),
        reason="the kind of file asks for a permission of its own",
    ),
    page("imports:import-show", import_id="import", needs=IMPORT, **WHOLE),
    page("imports:finding-list", import_id="import", needs=IMPORT, **WHOLE),
    action("imports:header-update", import_id="import", needs=IMPORT, **STEP),
    action("imports:columns-update", import_id="import", needs=IMPORT, **STEP),
    action("imports:application-create", import_id="import", needs=IMPORT, **STEP),
    action("imports:reversal-create", import_id="import", needs=IMPORT, **STEP),
    action("imports:discard-create", import_id="import", needs=IMPORT, **STEP),
    page("imports:export-list", needs=EXPORT),
    action("imports:export-create", needs=EXPORT, allowed=(404,), reason="names no list"),
    page("imports:export-show", export_id="export", needs=EXPORT, **MINE),
    page("imports:export-file", export_id="export", needs=EXPORT, **MINE),
]
