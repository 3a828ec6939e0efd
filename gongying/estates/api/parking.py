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
    line,
    matching,
    optional,
    page,
    row_or_404,
)
from gongying.estates.api import writing
from gongying.estates.enums import ParkingOwnership
from gongying.estates.models import ParkingSpace

router = Router(tags=["estates"])


class ParkingSpaceOut(Output):
    id: int = Field(examples=[61])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    building_id: int | None = Field(examples=[4])
    unit_id: int | None = Field(description="The unit it belongs to", examples=[17])
    code: str = Field(examples=["B1-042"])
    ownership_kind: ParkingOwnership


Code = Annotated[str, line(30), Field(examples=["B1-042"])]


class ParkingSpaceIn(Input):
    project_id: Id
    building_id: Id | None = None
    code: Code
    ownership_kind: ParkingOwnership


class ParkingSpaceChange(Change):
    building_id: Id | None = optional()
    code: Code = optional()
    ownership_kind: ParkingOwnership = optional()


class ParkingSpaceQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    ownership_kind: ParkingOwnership | None = None


@router.get("/parking-spaces", response=Listed[ParkingSpaceOut])
def list_parking_spaces(request: SignedInRequest, query: Annotated[ParkingSpaceQuery, Query()]) -> dict[str, Any]:
    rows = matching(ParkingSpace.objects.visible_to(request.user), query, "project_id", "unit_id", "ownership_kind")
    return page(rows, query, order=("project_id", "code", "id"))


@router.post("/parking-spaces", response={201: ParkingSpaceOut})
def create_parking_space(request: SignedInRequest, body: ParkingSpaceIn) -> Status[ParkingSpace]:
    return writing.create_inside(request, "parking-space", body)


@router.get("/parking-spaces/{int:space_id}", response=ParkingSpaceOut)
def show_parking_space(request: SignedInRequest, space_id: PathId) -> Any:
    return row_or_404(ParkingSpace.objects.visible_to(request.user), space_id)


@router.patch("/parking-spaces/{int:space_id}", response=ParkingSpaceOut)
def update_parking_space(request: SignedInRequest, space_id: PathId, body: ParkingSpaceChange) -> Any:
    return writing.change(request, "parking-space", space_id, body, ParkingSpaceOut)


@router.delete("/parking-spaces/{int:space_id}", response={204: None})
def delete_parking_space(request: SignedInRequest, space_id: PathId, version: Seen = None) -> Status[None]:
    return writing.remove(request, "parking-space", space_id, version, ParkingSpaceOut)
