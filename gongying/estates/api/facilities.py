from typing import Annotated, Any

from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Listed, Output, Paging, PathId, matching, page, row_or_404
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


class FacilityQuery(Paging):
    project_id: PathId | None = None
    building_id: PathId | None = None
    kind: FacilityKind | None = None


@router.get("/facilities", response=Listed[FacilityOut])
def list_facilities(request: SignedInRequest, query: Annotated[FacilityQuery, Query()]) -> dict[str, Any]:
    rows = matching(CommonFacility.objects.visible_to(request.user), query, "project_id", "building_id", "kind")
    return page(rows, query, order=("project_id", "kind", "name", "id"))


@router.get("/facilities/{int:facility_id}", response=FacilityOut)
def show_facility(request: SignedInRequest, facility_id: PathId) -> Any:
    return row_or_404(CommonFacility.objects.visible_to(request.user), facility_id)
