"""Fit-outs for machines: the register, one file, what a gate or a design firm's own programme does with it."""

from decimal import Decimal
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
    PhoneNumber,
    current_if_stale,
    line,
    matching,
    named_row,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.custody.models import ReleasePass
from gongying.estates.models import Unit
from gongying.fitouts import operations as do
from gongying.fitouts.enums import FitOutState
from gongying.fitouts.machines import HANDLE_FILES, PERMIT_WORKS
from gongying.fitouts.models import FitOut, RefusedExtension
from gongying.fitouts.models.files import LONGEST_NAME, LONGEST_REASON, LONGEST_SCOPE
from gongying.fitouts.rules import INSPECT_WORKS

router = Router(tags=["fit-outs"])

Reason = Annotated[str, line(LONGEST_REASON), Field(examples=["The tiles come a week late"])]


class FitOutOut(Output):
    """The file of one fit-out."""

    id: int = Field(examples=[4])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    number: str = Field(examples=["YG-ZD26-000004"])
    unit_id: int = Field(examples=[17])
    state: FitOutState
    applicant: str = Field(examples=["Mr Zhou"])
    contractor: str = Field(examples=["Bright Homes"])
    foreman: str = Field(examples=["Master Li"])
    scope: str = Field(examples=["New bathroom and kitchen"])
    starts_on: Day = Field(examples=["2026-11-23"])
    ends_on: Day = Field(examples=["2027-01-31"])
    valid_from: Day | None = Field(description="Of the permit", examples=["2026-11-25"])
    valid_until: Day | None = Field(description="Of the permit", examples=["2027-01-31"])
    is_overdue: bool = Field(description="The permit is past its date", examples=[False])
    deposit: Decimal | None = Field(examples=["3000.00"])
    deposit_end: str = Field(examples=[""])
    opened_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    ended_at: Moment | None = Field(examples=[None])
    reason: str = Field(examples=[""])


class FitOutIn(Input):
    unit_id: Id
    applicant: Annotated[str, line(LONGEST_NAME), Field(examples=["Mr Zhou"])]
    contractor: Annotated[str, line(LONGEST_NAME), Field(examples=["Bright Homes"])]
    scope: Annotated[str, line(LONGEST_SCOPE), Field(examples=["New bathroom and kitchen"])]
    starts_on: Day = Field(examples=["2026-11-23"])
    ends_on: Day = Field(examples=["2027-01-31"])
    applicant_phone: PhoneNumber = Field("", examples=["13800000000"])
    foreman: Annotated[str, line(LONGEST_NAME, shortest=0), Field(examples=["Master Li"])] = ""
    foreman_phone: PhoneNumber = Field("", examples=["13800000000"])


class FitOutChange(Change):
    applicant: Annotated[str, line(LONGEST_NAME), Field(examples=["Mr Zhou"])] = optional()
    contractor: Annotated[str, line(LONGEST_NAME), Field(examples=["Bright Homes"])] = optional()
    scope: Annotated[str, line(LONGEST_SCOPE), Field(examples=["New bathroom and kitchen"])] = optional()
    starts_on: Annotated[Day, Field(examples=["2026-11-23"])] = optional()
    ends_on: Annotated[Day, Field(examples=["2027-01-31"])] = optional()
    applicant_phone: Annotated[PhoneNumber, Field(examples=["13800000000"])] = optional()
    foreman: Annotated[str, line(LONGEST_NAME, shortest=0), Field(examples=["Master Li"])] = optional()
    foreman_phone: Annotated[PhoneNumber, Field(examples=["13800000000"])] = optional()


class FitOutPassIn(Input):
    release_pass_id: Id


class FitOutPassOut(Output):
    """A release pass for things that leave because of the works."""

    id: int = Field(description="Of the release pass", examples=[9])
    number: str = Field(examples=["YG-FX26-000009"])
    items: str = Field(examples=["Rubble in bags"])
    issued_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    used_at: Moment | None = Field(examples=[None])


class PermitIn(Input):
    rules_read_by: Annotated[str, line(LONGEST_NAME), Field(examples=["Mr Zhou"])]
    valid_from: Day = Field(examples=["2026-11-25"])
    valid_until: Day = Field(examples=["2027-01-31"])
    deposit: Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2, examples=["3000.00"])] | None = None
    deposit_receipt: Annotated[str, line(LONGEST_NAME, shortest=0), Field(examples=["R-0417"])] = ""


class PermitExtensionIn(Input):
    valid_until: Day = Field(examples=["2027-02-28"])
    reason: Reason


class RefusedExtensionIn(Input):
    valid_until: Day = Field(description="Asked for until", examples=["2027-02-28"])
    reason: Reason
    asked_by: Annotated[str, line(LONGEST_NAME, shortest=0)] = Field("", description="Empty: the applicant")
    asked_on: Day | None = Field(None, description="Default: today")


class RefusedExtensionOut(Output):
    """A longer permit that was asked for and not given."""

    id: int = Field(examples=[3])
    fit_out_id: int = Field(examples=[8])
    asked_by: str = Field(examples=["Mr Zhou"])
    asked_on: Day = Field(examples=["2027-01-20"])
    valid_until: Day = Field(description="Asked for until", examples=["2027-02-28"])
    reason: str = Field(examples=["The neighbours have exams"])
    by_id: int = Field(description="Log-in of who refused it", examples=[4])
    at: Moment


class FitOutReasonIn(Input):
    reason: Reason


class FitOutQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    state: FitOutState | None = None
    is_overdue: bool | None = Field(None, description="The permit is past its date")


def _one(request: SignedInRequest, fit_out_id: int, permission: str) -> FitOut:
    authorize(request.user, permission)
    found: FitOut = row_or_404(FitOut.objects.visible_to(request.user).for_page(), fit_out_id)
    return found


@router.get("/fit-outs", response=Listed[FitOutOut])
def list_fit_outs(request: SignedInRequest, query: Annotated[FitOutQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    authorize(request.user, INSPECT_WORKS)
    visible = FitOut.objects.visible_to(request.user)
    rows = matching(visible.for_page(), query, "project_id", "unit_id", "state")
    if query.is_overdue is not None:
        late = visible.overdue().order_by().values("pk")
        rows = rows.filter(pk__in=late) if query.is_overdue else rows.exclude(pk__in=late)
    return page(rows, query, order=("-opened_at", "-id"))


@router.post("/fit-outs", response={201: FitOutOut}, summary="Apply for a fit-out")
def create_fit_out(request: SignedInRequest, body: FitOutIn) -> Status[FitOut]:
    authorize(request.user, HANDLE_FILES)
    unit = named_row(Unit.objects.visible_to(request.user).select_related("project"), body.unit_id, "unit_id")
    return Status(201, do.apply_for_fit_out(unit, by=request.user, **body.model_dump(exclude={"unit_id"})))


@router.get("/fit-outs/{int:fit_out_id}", response=FitOutOut)
def show_fit_out(request: SignedInRequest, fit_out_id: PathId) -> FitOut:
    return _one(request, fit_out_id, INSPECT_WORKS)


@router.patch("/fit-outs/{int:fit_out_id}", response=FitOutOut, summary="Change an application")
def update_fit_out(request: SignedInRequest, fit_out_id: PathId, body: FitOutChange) -> FitOut:
    """Until somebody has decided on it."""
    fit_out = _one(request, fit_out_id, HANDLE_FILES)
    with current_if_stale(fit_out, FitOutOut):
        return do.change_application(fit_out, by=request.user, seen=body.version, **body.changes())


@router.get("/fit-outs/{int:fit_out_id}/release-passes", response=list[FitOutPassOut])
def list_fit_out_passes(request: SignedInRequest, fit_out_id: PathId) -> list[ReleasePass]:
    fit_out = _one(request, fit_out_id, INSPECT_WORKS)
    rows = ReleasePass.objects.visible_to(request.user).filter(of_fit_out__fit_out=fit_out)
    return list(rows.order_by("issued_at", "pk"))


@router.post("/fit-outs/{int:fit_out_id}/release-passes", response={201: FitOutPassOut}, summary="A pass of the works")
def create_fit_out_pass(request: SignedInRequest, fit_out_id: PathId, body: FitOutPassIn) -> Status[ReleasePass]:
    """A release pass that is issued already belongs to this fit-out."""
    fit_out = _one(request, fit_out_id, HANDLE_FILES)
    rows = ReleasePass.objects.visible_to(request.user)
    release = named_row(rows, body.release_pass_id, "release_pass_id")
    return Status(201, do.link_pass(fit_out, release, by=request.user))


@router.post("/fit-outs/{int:fit_out_id}/permit", response=FitOutOut, summary="Permit a fit-out")
def create_permit(request: SignedInRequest, fit_out_id: PathId, body: PermitIn) -> FitOut:
    return do.permit_works(_one(request, fit_out_id, PERMIT_WORKS), by=request.user, **body.model_dump())


@router.post("/fit-outs/{int:fit_out_id}/refusal", response=FitOutOut, summary="Do not permit a fit-out")
def create_fit_out_refusal(request: SignedInRequest, fit_out_id: PathId, body: FitOutReasonIn) -> FitOut:
    return do.refuse_fit_out(_one(request, fit_out_id, PERMIT_WORKS), by=request.user, reason=body.reason)


@router.post("/fit-outs/{int:fit_out_id}/extension", response=FitOutOut, summary="Extend a permit")
def create_permit_extension(request: SignedInRequest, fit_out_id: PathId, body: PermitExtensionIn) -> FitOut:
    return do.extend_permit(_one(request, fit_out_id, PERMIT_WORKS), by=request.user, **body.model_dump())


@router.post(
    "/fit-outs/{int:fit_out_id}/extension-refusal",
    response={201: RefusedExtensionOut},
    summary="Do not extend a permit",
)
def create_extension_refusal(
    request: SignedInRequest, fit_out_id: PathId, body: RefusedExtensionIn
) -> Status[RefusedExtension]:
    fit_out = _one(request, fit_out_id, PERMIT_WORKS)
    return Status(201, do.refuse_extension(fit_out, by=request.user, **body.model_dump()))


@router.get("/fit-outs/{int:fit_out_id}/refused-extensions", response=list[RefusedExtensionOut])
def list_refused_extensions(request: SignedInRequest, fit_out_id: PathId) -> list[RefusedExtension]:
    return list(_one(request, fit_out_id, INSPECT_WORKS).refused_extensions.all())


@router.post("/fit-outs/{int:fit_out_id}/acceptance", response=FitOutOut, summary="Accept the works")
def create_fit_out_acceptance(request: SignedInRequest, fit_out_id: PathId) -> FitOut:
    """After the last look was finished without anything that failed."""
    return do.accept_works(_one(request, fit_out_id, PERMIT_WORKS), by=request.user)


@router.post("/fit-outs/{int:fit_out_id}/withdrawal", response=FitOutOut, summary="The household does without it")
def create_fit_out_withdrawal(request: SignedInRequest, fit_out_id: PathId, body: FitOutReasonIn) -> FitOut:
    return do.withdraw_fit_out(_one(request, fit_out_id, HANDLE_FILES), by=request.user, reason=body.reason)
