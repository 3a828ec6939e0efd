from django.urls import path

from gongying.imports.views import (
    applications,
    columns,
    discards,
    exports,
    findings,
    headers,
    imports,
    reversals,
    templates,
)

app_name = "imports"

urlpatterns = [
    path("imports/", imports.index, name="import-list"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/create/", imports.create, name="import-create"),
    path("imports/templates/<str:kind>/", templates.show, name="template-show"),
    path("imports/<int:import_id>/", imports.show, name="import-show"),
    path("imports/<int:import_id>/header/", headers.update, name="header-update"),
    path("imports/<int:import_id>/columns/", columns.update, name="columns-update"),
    path("imports/<int:import_id>/application/", applications.create, name="application-create"),
    path("imports/<int:import_id>/reversal/", reversals.create, name="reversal-create"),
    path("imports/<int:import_id>/discard/", discards.create, name="discard-create"),
    path("imports/<int:import_id>/findings/", findings.index, name="finding-list"),
    path("exports/", exports.index, name="export-list"),
    path("exports/create/", exports.create, name="export-create"),
    path("exports/<int:export_id>/", exports.show, name="export-show"),
    path("exports/<int:export_id>/file/", exports.download, name="export-file"),
]
