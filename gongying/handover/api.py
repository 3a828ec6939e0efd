"""Hand-overs and the developer's defects for machines."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    Whole,
    current_if_stale,
    line,
    matching,
    named_row,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize, may
from gongying.common.problems import invalid_field
from gongying.customers.models import Party
from gongying.estates.models import Building, Project, Unit
from gongying.estates.stewards import serving
from gongying.handover.enums import DefectState, HandoverState
from gongying.handover.forms import LONGEST_MEND, MOST_KEYS
from gongying.handover.machines import HAND_OVER
from gongying.handover.models import HandoverBatch, OutstandingDefect, UnitHandover, WarrantyPeriod
from gongying.handover.models.batches import LONGEST_NAME, LONGEST_REASON, MEND_DAYS, MOST_DOCUMENTS
from gongying.handover.models.defects import LONGEST_TEXT
from gongying.handover.operations import (
    accept_defect,
    arrange_unit,
    drop_defect,
    hand_over_unit,
    inspect_unit,
    mend_defect,
    open_batch,
    record_defect,
    refuse_unit,
    reject_defect,
)
from gongying.handover.rules import MANAGE
from gongying.organization.enums import TerritoryRight

router = Router(tags=["handover"])

Name = Annotated[str, line(LONGEST_NAME)]


class HandoverBatchOut(Output):
    """Units that a developer hands over in the same days."""

    id: int = Field(examples=[2])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    name: str = Field(examples=["Phase 2"])
    starts_on: Day
    ends_on: Day
    completed_on: Day
    developer_id: int | None = Field(description="Party", examples=[None])
    documents: list[str] = Field(examples=[["Warranty of the flat"]])
    mend_days: int = Field(examples=[30])
    total: int = Field(description="Units", examples=[48])
    done: int = Field(description="Handed over", examples=[31])
    refused: int = Field(description="Not accepted by their owners", examples=[2])


class HandoverBatchIn(Input):
    project_id: Id
    name: Name = Field(examples=["Phase 2"])
    starts_on: Day
    ends_on: Day
    completed_on: Day
    building_ids: Annotated[list[Id], Field(min_length=1, max_length=100, examples=[[1]])]
    developer_id: Id | None = Field(None, description="Party")
    documents: Annotated[list[Name], Field(max_length=MOST_DOCUMENTS, examples=[["Warranty of the flat"]])]
    mend_days: Annotated[Whole, Field(ge=1, le=LONGEST_MEND, examples=[30])] = MEND_DAYS


class UnitHandoverOut(Output):
    """One unit on its way to its owner."""

    id: int = Field(examples=[9])
    version: int = Field(examples=[1])
    batch_id: int = Field(examples=[2])
    unit_id: int = Field(examples=[17])
    state: HandoverState
    starts_at: Moment | None = Field(description="Appointment", examples=[None])
    received_by_colleague_id: int | None = Field(description="User", examples=[None])
    inspection_id: int | None = Field(description="Ticked check list", examples=[None])
    reason: str = Field(examples=[""])
    signed_name: str = Field(examples=[""])
    handed_over_at: Moment | None = Field(examples=[None])


class UnitHandoverQuery(Paging):
    batch_id: PathId | None = Field(None, examples=[2])
    state: HandoverState | None = None


class AppointmentIn(Change):
    starts_at: Moment
    staff_id: Id


class HandoverSignatureIn(Change):
    signed_name: Name = Field(examples=["Mr Zhou"])
    documents: Annotated[list[Name], Field(max_length=MOST_DOCUMENTS, examples=[[]])] = []
    keys: Annotated[Whole, Field(ge=0, le=MOST_KEYS, examples=[5])] = 0


class HandoverRefusalIn(Change):
    reason: Annotated[str, line(LONGEST_REASON), Field(examples=["The bathroom leaks"])]


class DefectOut(Output):
    """What the developer still has to mend."""

    id: int = Field(examples=[14])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    batch_id: int = Field(examples=[2])
    unit_id: int | None = Field(description="null: a common part", examples=[17])
    text: str = Field(examples=["The bathroom leaks"])
    warranty_id: int | None = Field(examples=[1])
    warranty_until: Day | None = Field(examples=[None])
    responsible_id: int | None = Field(description="Party", examples=[None])
    due_on: Day
    state: DefectState
    word: str = Field(examples=[""])
    found_at: Moment
    ended_at: Moment | None = Field(examples=[None])


class DefectIn(Input):
    batch_id: Id = Field(examples=[2])
    unit_id: Id | None = Field(None, description="A unit of the batch; null: a common part")
    text: Annotated[str, line(LONGEST_TEXT), Field(examples=["The bathroom leaks"])]
    warranty_id: Id | None = Field(None, examples=[None])
    due_on: Day | None = Field(None, description="null: after the days of the batch", examples=[None])


class DefectQuery(Paging):
    project_id: PathId | None = None
    batch_id: PathId | None = Field(None, examples=[2])
    state: DefectState | None = None
    is_overdue: bool | None = None


class DefectWordIn(Change):
    word: Annotated[str, line(LONGEST_TEXT), Field(examples=["The seal was renewed"])]


class WarrantyOut(Output):
    id: int = Field(examples=[1])
    name: str = Field(examples=["Roof"])
    months: int = Field(examples=[60])
    counted_from: str = Field(examples=["completion"])
    source: str = Field(examples=["Order 279, article 40"])


def _reads(request: SignedInRequest) -> None:
    if not may(request.user, MANAGE):
        authorize(request.user, HAND_OVER)


def _unit(request: SignedInRequest, handover_id: int) -> UnitHandover:
    authorize(request.user, HAND_OVER)
    rows = UnitHandover.objects.visible_to(request.user).select_related("unit", "batch", "project")
    found: UnitHandover = row_or_404(rows, handover_id)
    return found


def _defect(request: SignedInRequest, defect_id: int) -> OutstandingDefect:
    authorize(request.user, HAND_OVER)
    found: OutstandingDefect = row_or_404(OutstandingDefect.objects.visible_to(request.user), defect_id)
    return found


@router.get("/handover-batches", response=Listed[HandoverBatchOut])
def list_handover_batches(request: SignedInRequest, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    _reads(request)
    return page(HandoverBatch.objects.visible_to(request.user).with_progress(), query, order=("-starts_on", "-id"))


@router.post("/handover-batches", response={201: HandoverBatchOut}, summary="Open a hand-over")
def create_handover_batch(request: SignedInRequest, body: HandoverBatchIn) -> Status[Any]:
    """Every sold unit of the buildings that no owner has yet."""
    authorize(request.user, MANAGE)
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    rows = Building.objects.visible_to(request.user).filter(project=project)
    buildings = [named_row(rows, pk, "building_ids") for pk in sorted(set(body.building_ids))]
    developer = named_row_if(Party.objects.visible_to(request.user), body.developer_id, "developer_id")
    facts = body.model_dump(include={"name", "starts_on", "ends_on", "completed_on", "mend_days"})
    documents = sorted(set(body.documents))
    batch = open_batch(
        by=request.user, project=project, buildings=buildings, developer=developer, documents=documents, **facts
    )
    return Status(201, HandoverBatch.objects.visible_to(request.user).with_progress().filter(pk=batch.pk).first())


@router.get("/handover-batches/{int:batch_id}", response=HandoverBatchOut)
def show_handover_batch(request: SignedInRequest, batch_id: PathId) -> Any:
    _reads(request)
    return row_or_404(HandoverBatch.objects.visible_to(request.user).with_progress(), batch_id)


@router.get("/unit-handovers", response=Listed[UnitHandoverOut])
def list_unit_handovers(request: SignedInRequest, query: Annotated[UnitHandoverQuery, Query()]) -> dict[str, Any]:
    _reads(request)
    rows = matching(UnitHandover.objects.visible_to(request.user), query, "batch_id", "state")
    return page(rows, query, order=("id",))


@router.get("/unit-handovers/{int:handover_id}", response=UnitHandoverOut)
def show_unit_handover(request: SignedInRequest, handover_id: PathId) -> Any:
    _reads(request)
    return row_or_404(UnitHandover.objects.visible_to(request.user), handover_id)


@router.post("/unit-handovers/{int:handover_id}/appointment", response=UnitHandoverOut, summary="Make an appointment")
def create_handover_appointment(request: SignedInRequest, handover_id: PathId, body: AppointmentIn) -> Any:
    handover = _unit(request, handover_id)
    people = serving(handover.place, right=TerritoryRight.VIEW_FILES).with_permission(HAND_OVER)
    colleague = named_row(people, body.staff_id, "staff_id").user
    starts_at: datetime = body.starts_at
    with current_if_stale(handover, UnitHandoverOut):
        return arrange_unit(handover, by=request.user, starts_at=starts_at, colleague=colleague, seen=body.version)


@router.post("/unit-handovers/{int:handover_id}/inspection", response=UnitHandoverOut, summary="Begin to inspect")
def create_handover_inspection(request: SignedInRequest, handover_id: PathId) -> Any:
    """Ticked by `/check-runs/{run_id}/ticks`."""
    return inspect_unit(_unit(request, handover_id), by=request.user)


@router.post("/unit-handovers/{int:handover_id}/signature", response=UnitHandoverOut, summary="Hand over a unit")
def create_handover_signature(request: SignedInRequest, handover_id: PathId, body: HandoverSignatureIn) -> Any:
    """What failed in the inspection is left to the developer."""
    handover = _unit(request, handover_id)
    unknown = sorted(set(body.documents) - set(handover.batch.documents))
    if unknown:
        raise invalid_field("documents", ", ".join(unknown))
    facts = {"signed_name": body.signed_name, "documents": sorted(set(body.documents)), "keys": body.keys}
    with current_if_stale(handover, UnitHandoverOut):
        return hand_over_unit(handover, by=request.user, seen=body.version, **facts)  # type: ignore[arg-type]


@router.post("/unit-handovers/{int:handover_id}/refusal", response=UnitHandoverOut, summary="The owner does not accept")
def create_handover_refusal(request: SignedInRequest, handover_id: PathId, body: HandoverRefusalIn) -> Any:
    handover = _unit(request, handover_id)
    with current_if_stale(handover, UnitHandoverOut):
        return refuse_unit(handover, by=request.user, reason=body.reason, seen=body.version)


@router.get("/developer-defects", response=Listed[DefectOut])
def list_defects(request: SignedInRequest, query: Annotated[DefectQuery, Query()]) -> dict[str, Any]:
    """The most urgent first."""
    _reads(request)
    rows = matching(OutstandingDefect.objects.visible_to(request.user), query, "project_id", "batch_id", "state")
    if query.is_overdue is not None:
        late = OutstandingDefect.objects.visible_to(request.user).overdue().order_by().values("pk")
        rows = rows.filter(pk__in=late) if query.is_overdue else rows.exclude(pk__in=late)
    return page(rows, query, order=("due_on", "id"))


@router.post("/developer-defects", response={201: DefectOut}, summary="Record a defect")
def create_defect(request: SignedInRequest, body: DefectIn) -> Status[OutstandingDefect]:
    authorize(request.user, HAND_OVER)
    batch = named_row(HandoverBatch.objects.visible_to(request.user), body.batch_id, "batch_id")
    units = Unit.objects.visible_to(request.user).filter(handovers__batch=batch)
    facts = body.model_dump(include={"text", "due_on"})
    unit = named_row_if(units, body.unit_id, "unit_id")
    warranty = named_row_if(WarrantyPeriod.objects.all(), body.warranty_id, "warranty_id")
    return Status(201, record_defect(batch, by=request.user, unit=unit, warranty=warranty, **facts))


@router.get("/developer-defects/{int:defect_id}", response=DefectOut)
def show_defect(request: SignedInRequest, defect_id: PathId) -> Any:
    _reads(request)
    return row_or_404(OutstandingDefect.objects.visible_to(request.user), defect_id)


@router.post("/developer-defects/{int:defect_id}/mending", response=DefectOut, summary="Reported as mended")
def create_defect_mending(request: SignedInRequest, defect_id: PathId, body: DefectWordIn) -> Any:
    defect = _defect(request, defect_id)
    with current_if_stale(defect, DefectOut):
        return mend_defect(defect, by=request.user, word=body.word, seen=body.version)


@router.post("/developer-defects/{int:defect_id}/acceptance", response=DefectOut, summary="Checked, closed")
def create_defect_acceptance(request: SignedInRequest, defect_id: PathId) -> Any:
    return accept_defect(_defect(request, defect_id), by=request.user)


@router.post("/developer-defects/{int:defect_id}/rejection", response=DefectOut, summary="Not mended")
def create_defect_rejection(request: SignedInRequest, defect_id: PathId, body: DefectWordIn) -> Any:
    defect = _defect(request, defect_id)
    with current_if_stale(defect, DefectOut):
        return reject_defect(defect, by=request.user, word=body.word, seen=body.version)


@router.post("/developer-defects/{int:defect_id}/drop", response=DefectOut, summary="Drop a defect")
def create_defect_drop(request: SignedInRequest, defect_id: PathId, body: DefectWordIn) -> Any:
    defect = _defect(request, defect_id)
    with current_if_stale(defect, DefectOut):
        return drop_defect(defect, by=request.user, word=body.word, seen=body.version)


@router.get("/warranty-periods", response=list[WarrantyOut])
def list_warranties(request: SignedInRequest) -> Any:
    """The legal minimum, each with its source."""
    _reads(request)
    return list(WarrantyPeriod.objects.all())
