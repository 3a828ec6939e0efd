from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    Seen,
    Whole,
    line,
    matching,
    optional,
    page,
    row_or_404,
)
from gongying.estates.api import writing
from gongying.estates.enums import FacilityKind
from gongying.estates.models import CommonFacility

router = Router(tags=["estates"])


class FacilityOut(Output):
    """Facilities and grounds that all use."""

    id: int = Field(examples=[8])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    building_id: int | None = Field(examples=[4])
    entrance_id: int | None = Field(examples=[9])
    kind: FacilityKind
    name: str = Field(examples=["Lift 2-1"])
    function: str = Field(examples=["Carries people and furniture to all floors"])
    features: str = Field(examples=["1,000 kg, 13 persons"])
    requirements: str = Field(examples=["Inspected every year by the city"])
    capacity: int | None = Field(examples=[13])


Name = Annotated[str, line(80), Field(examples=["Lift 2-1"])]
Words = Annotated[str, line(10_000, shortest=0), Field(examples=["Carries people and furniture to all floors"])]
Capacity = Annotated[Whole, Field(ge=0, le=2**31 - 1, examples=[13])]


class FacilityIn(Input):
    project_id: Id
    building_id: Id | None = None
    kind: FacilityKind
    name: Name
    function: Words = Field("", examples=["Carries people and furniture to all floors"])
    features: Words = Field("", examples=["1,000 kg, 13 persons"])
    requirements: Words = Field("", examples=["Inspected every year by the city"])
    capacity: Capacity | None = None


class FacilityChange(Change):
    building_id: Id | None = optional()
    kind: FacilityKind = optional()
    name: Name = optional()
    function: Words = optional()
    features: Words = optional()
    requirements: Words = optional()
    capacity: Capacity | None = optional()


class FacilityQuery(Paging):
    project_id: PathId | None = None
    building_id: PathId | None = None
    kind: FacilityKind | None = None


@router.get("/facilities", response=Listed[FacilityOut])
def list_facilities(request: SignedInRequest, query: Annotated[FacilityQuery, Query()]) -> dict[str, Any]:
    rows = matching(CommonFacility.objects.visible_to(request.user), query, "project_id", "building_id", "kind")
    return page(rows, query, order=("project_id", "kind", "name", "id"))


@router.post("/facilities", response={201: FacilityOut})
def create_facility(request: SignedInRequest, body: FacilityIn) -> Status[CommonFacility]:
    return writing.create_inside(request, "facility", body)


@router.get("/facilities/{int:facility_id}", response=FacilityOut)
def show_facility(request: SignedInRequest, facility_id: PathId) -> Any:
    return row_or_404(CommonFacility.objects.visible_to(request.user), facility_id)


@router.patch("/facilities/{int:facility_id}", response=FacilityOut)
def update_facility(request: SignedInRequest, facility_id: PathId, body: FacilityChange) -> Any:
    return writing.change(request, "facility", facility_id, body, FacilityOut)


@router.delete("/facilities/{int:facility_id}", response={204: None})
def delete_facility(request: SignedInRequest, facility_id: PathId, version: Seen = None) -> Status[None]:
    return writing.remove(request, "facility", facility_id, version, FacilityOut)
