"""A file on its way into the register: uploaded, its columns said, checked, applied, perhaps taken back.

Checking, applying and taking back run in the worker: `state` and `progress` say how far they are.
"""

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, File, Form, Query, Router, Status, UploadedFile

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import A_FILE, Input, Listed, Moment, Output, Paging, PathId, Whole, line, matching, page
from gongying.common.api_forms import checked
from gongying.common.errors import Refused
from gongying.common.permissions import authorize
from gongying.common.problems import FieldError, Problem, invalid
from gongying.imports.enums import FindingKind, ImportState
from gongying.imports.forms import ColumnsForm, HeaderForm, ImportForm
from gongying.imports.importers import Importer
from gongying.imports.models import ImportFinding, ImportRun
from gongying.imports.operations import (
    apply_import,
    choose_header_row,
    discard_import,
    map_columns,
    revert_import,
    upload_import,
)
from gongying.imports.rules import RUN_IMPORT
from gongying.imports.runs import find_run, importers_for
from gongying.imports.serving import serve_template

router = Router(tags=["imports"])

Kind = Annotated[str, line(40), Field(examples=["customers.units"])]


class FieldOut(Output):
    """Something that a column can hold."""

    name: str = Field(examples=["unit"])
    label: str = Field(examples=["Unit"])
    is_required: bool = Field(examples=[True])
    example: str = Field(examples=["2-1-301"])


class OptionOut(Output):
    """A choice for the whole file."""

    name: str = Field(examples=["repeats"])
    label: str = Field(examples=["Repeats"])
    values: list[str] = Field(examples=[["keep", "skip"]])


class KindOut(Output):
    key: str = Field(examples=["customers.units"])
    label: str = Field(examples=["Units, owners, tenants"])
    description: str = Field(examples=["The list of owners as your office keeps it"])
    fields: list[FieldOut]
    options: list[OptionOut]

    @staticmethod
    def of(importer: Importer) -> "KindOut":
        return KindOut(
            key=importer.key,
            label=str(importer.label),
            description=str(importer.description),
            fields=[
                FieldOut(name=each.name, label=str(each.label), is_required=each.is_required, example=each.example)
                for each in importer.fields
            ],
            options=[
                OptionOut(name=each.name, label=str(each.label), values=[value for value, _label in each.choices])
                for each in importer.options
            ],
        )


class SheetOut(Output):
    sheet: str = Field(examples=["Building 2"])
    header_rows: list[int] = Field(examples=[[2, 3]])
    rows: int = Field(examples=[120])
    left_out: dict[str, int] = Field(
        description="Rows that are no entries: totals, empty ones", examples=[{"total": 1}]
    )


class TopRowOut(Output):
    """One of the first rows: it can be chosen as the header."""

    row: int = Field(description="As the sheet counts", examples=[2])
    text: str = Field(examples=["Building, Room, Owner"])


class ColumnOut(Output):
    label: str = Field(description="As the file has it", examples=["Owner / Name"])
    samples: list[str] = Field(examples=[["Zhou Jianhua"]])
    field: str | None = Field(description="What it means; null: it is not imported", examples=["owner"])


class ProgressOut(Output):
    step: str = Field(examples=["Comparing with the register"])
    done: int = Field(examples=[600])
    total: int = Field(examples=[1200])
    percent: int = Field(examples=[50])


class CountsOut(Output):
    """What is, or would be, written: how many rows of each table."""

    rows: int = Field(0, examples=[1200])
    created: dict[str, int] = Field(default_factory=dict, examples=[{"estates.Unit": 1200}])
    changed: dict[str, int] = Field(default_factory=dict, examples=[{"customers.Party": 3}])
    findings: dict[str, int] = Field(default_factory=dict, examples=[{"error": 2}])


class ImportOut(Output):
    id: int = Field(examples=[7])
    kind: str = Field(examples=["customers.units"])
    project_id: int = Field(examples=[1])
    file_name: str = Field(examples=["owners.xlsx"])
    state: ImportState
    is_running: bool = Field(examples=[False])
    is_ready_to_apply: bool = Field(examples=[True])
    sheets: list[SheetOut]
    top_rows: list[TopRowOut]
    header_row: int | None = Field(
        description="The row that was chosen; null: the one that looks like it", examples=[None]
    )
    columns: list[ColumnOut]
    options: dict[str, str] = Field(examples=[{"repeats": "keep"}])
    progress: ProgressOut
    counts: CountsOut
    failure: str = Field(description="Why it failed, or was not taken back", examples=[""])
    by_id: int = Field(examples=[3])
    created_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    checked_at: Moment | None = Field(examples=["2026-11-21T14:31:00+08:00"])
    applied_at: Moment | None = Field(examples=[None])
    reverted_at: Moment | None = Field(examples=[None])

    @staticmethod
    def resolve_top_rows(run: ImportRun) -> list[dict[str, Any]]:
        return [{"row": row, "text": text} for row, text in run.top_rows]

    @staticmethod
    def resolve_columns(run: ImportRun) -> list[dict[str, Any]]:
        return [
            {"label": label, "samples": samples, "field": run.mapping.get(label) or None}
            for label, samples in run.samples
        ]

    @staticmethod
    def resolve_progress(run: ImportRun) -> dict[str, Any]:
        return {
            "step": run.progress_step,
            "done": run.progress_done,
            "total": run.progress_total,
            "percent": run.percent,
        }


class ImportIn(Input):
    kind: Kind
    project_id: PathId


class HeaderIn(Input):
    row: Annotated[Whole, Field(ge=1, le=2**31 - 1)] | None = Field(
        description="One of `top_rows`; null: the row that looks like it", examples=[2]
    )


class ColumnIn(Input):
    label: Annotated[str, line(500)] = Field(examples=["Owner / Name"])
    field: Annotated[str, line(40)] = Field(examples=["owner"])


class ColumnsIn(Input):
    """What the columns mean. A column that is not named is not imported; an option that is not named stays."""

    columns: list[ColumnIn] = Field(max_length=500)
    options: dict[Annotated[str, line(40)], Annotated[str, line(40)]] = Field(
        default_factory=dict, max_length=20, examples=[{"repeats": "keep"}]
    )


class FindingOut(Output):
    """What the check says about one row, in words, with the place in the file."""

    id: int = Field(examples=[31])
    kind: FindingKind
    sheet: str = Field(examples=["Building 2"])
    row: int | None = Field(description="As the sheet counts", examples=[14])
    column: str = Field(examples=["Area"])
    sentence: str = Field(examples=["“95,46” is not an area."])


class ImportQuery(Paging):
    state: ImportState | None = None
    kind: Kind | None = None
    project_id: PathId | None = None


class FindingQuery(Paging):
    kind: FindingKind | None = None


@router.get("/import-kinds", response=list[KindOut])
def list_import_kinds(request: SignedInRequest) -> list[KindOut]:
    """The kinds of files that you may import, and what their columns can hold."""
    authorize(request.user, RUN_IMPORT)
    return [KindOut.of(importer) for importer in importers_for(request.user)]


@router.get("/import-kinds/{kind}/template", openapi_extra=A_FILE, summary="An empty workbook to fill in")
def show_template(request: SignedInRequest, kind: Kind) -> Any:
    authorize(request.user, RUN_IMPORT)
    importer = next((importer for importer in importers_for(request.user) if importer.key == kind), None)
    if importer is None:
        raise Problem(404)
    return serve_template(importer)


@router.get("/imports", response=Listed[ImportOut])
def list_imports(request: SignedInRequest, query: Annotated[ImportQuery, Query()]) -> dict[str, Any]:
    """Your own ones and those into projects that you serve as a whole, the newest first."""
    authorize(request.user, RUN_IMPORT)
    rows = matching(ImportRun.objects.visible_to(request.user), query, "state", "kind", "project_id")
    return page(rows, query, order=("-created_at", "-id"))


@router.post("/imports", response={201: ImportOut}, summary="Upload a file")
def create_import(request: SignedInRequest, body: Form[ImportIn], file: File[UploadedFile]) -> Status[ImportRun]:
    """Nothing is written yet: look at `columns`, then say what they mean by `PUT /imports/{id}/columns`."""
    authorize(request.user, RUN_IMPORT)
    given = {"kind": body.kind, "project": body.project_id}
    form = checked(ImportForm(given, {"file": file}, user=request.user), told_as={"project": "project_id"})
    assert form.survey is not None  # noqa: S101 the form has read the file
    run = upload_import(
        form.importer,
        form.destination,
        by=request.user,
        file=form.cleaned_data["file"],
        survey=form.survey,
        options={option.name: option.default for option in form.importer.options},
    )
    return Status(201, run)


@router.get("/imports/{int:import_id}", response=ImportOut)
def show_import(request: SignedInRequest, import_id: PathId) -> ImportRun:
    """State, progress and what would be (or was) written."""
    return find_run(request.user, import_id)[0]


@router.put("/imports/{int:import_id}/header", response=ImportOut, summary="Say which row holds the headers")
def put_import_header(request: SignedInRequest, import_id: PathId, body: HeaderIn) -> ImportRun:
    """Where the guess is wrong. The columns are read and guessed anew; what was said of them before is forgotten."""
    run, _importer = find_run(request.user, import_id)
    given = {"header_row": "" if body.row is None else body.row}
    form = checked(HeaderForm(given, run=run), told_as={"header_row": "row"})
    return choose_header_row(run, by=request.user, header_row=form.cleaned_data["header_row"])


@router.put("/imports/{int:import_id}/columns", response=ImportOut, summary="Say what the columns mean, and check")
def put_import_columns(request: SignedInRequest, import_id: PathId, body: ColumnsIn) -> ImportRun:
    """Has the file compared with the register; afterwards `counts` and `findings` are the preview."""
    run, importer = find_run(request.user, import_id)
    if importer is None:
        raise Refused(_("Files of this kind cannot be imported any more."))
    places = _places(run, body)
    given = {f"column_{index}": field for index, field in places.values()}
    options = {**{name: str(value) for name, value in run.options.items()}, **body.options}
    form = ColumnsForm(
        {**given, **{f"option_{name}": value for name, value in options.items()}}, run=run, importer=importer
    )
    told_as = {f"column_{index}": f"columns.{place}.field" for place, (index, _field) in places.items()}
    told_as |= {f"option_{option.name}": f"options.{option.name}" for option in importer.options}
    form = checked(form, told_as={"__all__": "columns", **told_as})
    return map_columns(run, by=request.user, mapping=form.mapping, options=form.chosen_options)


def _places(run: ImportRun, body: ColumnsIn) -> dict[int, tuple[int, str]]:
    """Place in the body → place in the file, and what it means there."""
    labels = {label: index for index, (label, _samples) in enumerate(run.samples)}
    unknown = [place for place, column in enumerate(body.columns) if column.label not in labels]
    if unknown:
        sentence = _("The file has no such column.")
        raise invalid(FieldError(f"columns.{place}.label", sentence) for place in unknown)
    return {place: (labels[column.label], column.field) for place, column in enumerate(body.columns)}


@router.post("/imports/{int:import_id}/application", response=ImportOut, summary="Write it, all or nothing")
def create_application(request: SignedInRequest, import_id: PathId) -> ImportRun:
    return apply_import(find_run(request.user, import_id)[0], by=request.user)


@router.post("/imports/{int:import_id}/reversal", response=ImportOut, summary="Take the whole import back")
def create_reversal(request: SignedInRequest, import_id: PathId) -> ImportRun:
    """Refused with the reasons where later work stands on it."""
    return revert_import(find_run(request.user, import_id)[0], by=request.user)


@router.post("/imports/{int:import_id}/discard", response=ImportOut, summary="Forget an upload")
def create_discard(request: SignedInRequest, import_id: PathId) -> ImportRun:
    run, _importer = find_run(request.user, import_id)
    discard_import(run, by=request.user)
    return find_run(request.user, import_id)[0]


@router.get("/imports/{int:import_id}/findings", response=Listed[FindingOut])
def list_findings(
    request: SignedInRequest, import_id: PathId, query: Annotated[FindingQuery, Query()]
) -> dict[str, Any]:
    run, _importer = find_run(request.user, import_id)
    return page(matching(ImportFinding.objects.filter(run=run), query, "kind"), query, order=("id",))
