from datetime import datetime
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.paging import paginate
from gongying.common.permissions import authorize
from gongying.common.templatetags.formats import spoken
from gongying.imports.enums import FindingKind, ImportState, RowAction
from gongying.imports.forms import ColumnsForm, HeaderForm, ImportForm
from gongying.imports.importers import Importer
from gongying.imports.models import ImportRun
from gongying.imports.operations import map_columns, upload_import
from gongying.imports.rules import RUN_IMPORT
from gongying.imports.runs import find_run, importers_for

SHOWN_FINDINGS = 50
SHOWN_SAMPLES = 10
# What needs somebody first, then what would happen, then what would not.
ORDER = (FindingKind.ERROR, FindingKind.DUPLICATE, FindingKind.CREATED, FindingKind.CHANGED, FindingKind.SKIPPED)
PAGE = "imports/import_show.html"
NEW_PAGE = "imports/import_new.html"
PLACES = {
    ImportState.UPLOADED: 1,
    ImportState.CHECKING: 2,
    ImportState.CHECKED: 2,
    ImportState.FAILED: 2,
    ImportState.APPLYING: 3,
    ImportState.APPLIED: 4,
    ImportState.REVERTING: 4,
    ImportState.REVERTED: 4,
}
WORDS = {RowAction.CREATED: gettext_lazy("%(model)s, new"), RowAction.CHANGED: gettext_lazy("%(model)s, changed")}


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, RUN_IMPORT)
    runs = ImportRun.objects.visible_to(request.user).exclude(state=ImportState.DISCARDED).select_related("by")
    page = paginate(runs, order=("-created_at", "-id"), cursor=request.GET.get("cursor"))
    kinds = {importer.key: importer.label for importer in importers_for(request.user)}
    return render(request, "imports/import_list.html", {"page": page, "kinds": kinds})


@require_safe
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, RUN_IMPORT)
    form = ImportForm(
        user=request.user, initial={"kind": request.GET.get("kind"), "project": request.GET.get("project")}
    )
    return render(request, NEW_PAGE, {"form": form, "importers": importers_for(request.user)})


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, RUN_IMPORT)
    form = ImportForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid() or form.survey is None:
        return render(request, NEW_PAGE, {"form": form, "importers": importers_for(request.user)}, status=422)

    run = upload_import(
        form.importer,
        form.destination,
        by=request.user,
        file=form.cleaned_data["file"],
        survey=form.survey,
        options={option.name: option.default for option in form.importer.options},
    )
    if not form.importer.has_columns:
        map_columns(run, by=request.user, mapping=run.mapping, options=run.options)
    return redirect(run)


@require_safe
def show(request: SignedInRequest, import_id: int) -> HttpResponse:
    run, importer = find_run(request.user, import_id)
    return render(request, PAGE, page_of(run, importer, request))


def page_of(
    run: ImportRun,
    importer: Importer | None,
    request: SignedInRequest,
    *,
    form: ColumnsForm | None = None,
    header_form: HeaderForm | None = None,
) -> dict[str, Any]:
    is_mapped = run.state != ImportState.UPLOADED
    if form is None and importer is not None and (not is_mapped or header_form or "columns" in request.GET):
        form = ColumnsForm(run=run, importer=importer)
    return {
        "run": run,
        "importer": importer,
        "form": form,
        "header_form": header_form or HeaderForm(run=run),
        "steps": steps_of(run, is_mapping=form is not None),
        "facts": facts_of(run, importer),
        "totals": totals_of(run),
        "findings": [] if form else findings_of(run),
        "tone": run.tone,
    }


def steps_of(run: ImportRun, *, is_mapping: bool) -> list[dict[str, str]]:
    """Upload, columns, check, import: where the file is on its way."""
    here = 1 if is_mapping else PLACES.get(ImportState(run.state), 1)
    notes = ["", "", _when(run.checked_at), _when(run.applied_at)]
    labels = [_("Upload"), _("Columns"), _("Check"), _("Import")]
    return [
        {"label": label, "note": note, "status": "done" if index < here else "here" if index == here else ""}
        for index, (label, note) in enumerate(zip(labels, notes, strict=True))
    ]


def facts_of(run: ImportRun, importer: Importer | None) -> list[tuple[str, Any]]:
    sheets = [f"{sheet['sheet'] or run.file_name}: {sheet['rows']}" for sheet in run.sheets]
    return [
        (_("Kind of file"), importer.label if importer else run.kind),
        (_("Project"), run.project_name),
        (_("Tables found, with their rows"), " · ".join(sheets)),
        (_("Uploaded"), f"{run.by}, {_when(run.created_at)}"),
        (_("Reverted"), f"{run.reverted_by}, {_when(run.reverted_at)}" if run.reverted_at else ""),
    ]


def _when(at: datetime | None) -> str:
    return spoken(timezone.localtime(at)) if at else ""


def totals_of(run: ImportRun) -> list[dict[str, Any]]:
    """What is (or would be) created and changed, by the names people know."""
    order = {model._meta.label: index for index, model in enumerate(apps.get_models())}
    return [
        {"count": count, "sentence": WORDS[action] % {"model": apps.get_model(label)._meta.verbose_name}}
        for action in RowAction
        for label, count in sorted(run.counts.get(action, {}).items(), key=lambda pair: order.get(pair[0], 0))
    ]


def findings_of(run: ImportRun) -> list[dict[str, Any]]:
    groups = []
    for kind in ORDER:
        if count := run.finding_count(kind):
            limit = SHOWN_FINDINGS if kind in (FindingKind.ERROR, FindingKind.DUPLICATE) else SHOWN_SAMPLES
            rows = list(run.findings.filter(kind=kind)[:limit])
            groups.append({"kind": kind, "count": count, "rows": rows, "more": count - len(rows)})
    return groups
