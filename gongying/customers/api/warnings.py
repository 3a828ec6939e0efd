"""What whoever comes to the door of a household has to know."""

from typing import Annotated

from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Day, Input, Moment, Output, PathId, line, row_or_404
from gongying.common.permissions import authorize
from gongying.customers.enums import WarningKind
from gongying.customers.models import HouseholdWarning
from gongying.customers.models.warnings import LONGEST_WARNING
from gongying.customers.operations import end_warning, warn_of
from gongying.estates.models import Unit

router = Router(tags=["households"])


class WarningOut(Output):
    id: int = Field(examples=[8])
    unit_id: int = Field(examples=[17])
    kind: WarningKind
    note: str = Field(examples=["the dog barks, it does not bite"])
    last_day: Day = Field(examples=["2027-05-21"])
    entered_by_id: int = Field(description="User", examples=[3])
    entered_at: Moment


class WarningIn(Input):
    kind: WarningKind
    note: Annotated[str, line(LONGEST_WARNING, shortest=0)] = Field("", examples=["the dog barks, it does not bite"])
    last_day: Day | None = Field(None, description="Default: half a year; a year at most", examples=["2027-05-21"])


@router.get("/units/{int:unit_id}/warnings", response=list[WarningOut], summary="What to mind at the door")
def list_warnings(request: SignedInRequest, unit_id: PathId) -> list[HouseholdWarning]:
    """Those of today."""
    unit = row_or_404(Unit.objects.visible_to(request.user), unit_id)
    authorize(request.user, "customers.view_files", unit)
    return list(HouseholdWarning.objects.visible_to(request.user).in_force().filter(unit=unit))


@router.post("/units/{int:unit_id}/warnings", response={201: WarningOut})
def create_warning(request: SignedInRequest, unit_id: PathId, body: WarningIn) -> Status[HouseholdWarning]:
    """That somebody is frail needs a consent to care of the household (409 without one)."""
    unit = row_or_404(Unit.objects.visible_to(request.user), unit_id)
    authorize(request.user, "customers.edit_files", unit)
    return Status(201, warn_of(unit, by=request.user, **body.model_dump()))


@router.post("/warnings/{int:warning_id}/end", response=WarningOut, summary="Take a warning away")
def end_of_warning(request: SignedInRequest, warning_id: PathId) -> HouseholdWarning:
    warning = row_or_404(HouseholdWarning.objects.visible_to(request.user), warning_id)
    authorize(request.user, "customers.edit_files", warning.unit)
    return end_warning(warning, by=request.user)
