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
    PagingQuery,
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
from gongying.estates.models import Building, Entrance, Floor

router = Router(tags=["estates"])

Number = Annotated[str, line(20), Field(examples=["2"])]
Name = Annotated[str, line(50, shortest=0), Field(examples=[""])]
Level = Annotated[Whole, Field(ge=-99, le=999, examples=[3])]
Label = Annotated[str, line(20, shortest=0), Field(examples=["3A"])]


class BuildingOut(Output):
    id: int = Field(examples=[4])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    number: str = Field(examples=["2"])
    name: str = Field(examples=[""])


class BuildingIn(Input):
    project_id: Id
    number: Number
    name: Name = ""


class BuildingChange(Change):
    """Another number does not rename the codes of its units."""

    number: Number = optional()
    name: Name = optional()


class EntranceOut(Output):
    """The door of a building behind which flats share stairs and lifts."""

    id: int = Field(examples=[9])
    version: int = Field(examples=[1])
    building_id: int = Field(examples=[4])
    number: str = Field(examples=["1"])


class EntranceIn(Input):
    building_id: Id
    number: Number


class EntranceChange(Change):
    number: Number = optional()


class FloorOut(Output):
    id: int = Field(examples=[30])
    version: int = Field(examples=[1])
    building_id: int = Field(examples=[4])
    level: int = Field(description="Counted from the ground; basements are negative", examples=[3])
    label: str = Field(examples=[""])


class FloorIn(Input):
    building_id: Id
    level: Level
    label: Label = ""


class FloorChange(Change):
    level: Level = optional()
    label: Label = optional()


class OfProject(Paging):
    project_id: PathId | None = None


class OfBuilding(Paging):
    building_id: PathId | None = None


@router.get("/buildings", response=Listed[BuildingOut])
def list_buildings(request: SignedInRequest, query: Annotated[OfProject, Query()]) -> dict[str, Any]:
    rows = matching(Building.objects.visible_to(request.user), query, "project_id")
    return page(rows, query, order=("project_id", "sort_key", "id"))


@router.post("/buildings", response={201: BuildingOut})
def create_building(request: SignedInRequest, body: BuildingIn) -> Status[Building]:
    return writing.create_inside(request, "building", body)


@router.get("/buildings/{int:building_id}", response=BuildingOut)
def show_building(request: SignedInRequest, building_id: PathId) -> Building:
    return row_or_404(Building.objects.visible_to(request.user), building_id)


@router.patch("/buildings/{int:building_id}", response=BuildingOut)
def update_building(request: SignedInRequest, building_id: PathId, body: BuildingChange) -> Any:
    return writing.change(request, "building", building_id, body, BuildingOut)


@router.delete("/buildings/{int:building_id}", response={204: None})
def delete_building(request: SignedInRequest, building_id: PathId, version: Seen = None) -> Status[None]:
    return writing.remove(request, "building", building_id, version, BuildingOut)


@router.get("/entrances", response=Listed[EntranceOut])
def list_entrances(request: SignedInRequest, query: Annotated[OfBuilding, Query()]) -> dict[str, Any]:
    rows = matching(Entrance.objects.visible_to(request.user), query, "building_id")
    return page(rows, query, order=("building_id", "sort_key", "id"))


@router.post("/entrances", response={201: EntranceOut})
def create_entrance(request: SignedInRequest, body: EntranceIn) -> Status[Entrance]:
    return writing.create_inside(request, "entrance", body)


@router.get("/entrances/{int:entrance_id}", response=EntranceOut)
def show_entrance(request: SignedInRequest, entrance_id: PathId) -> Entrance:
    return row_or_404(Entrance.objects.visible_to(request.user), entrance_id)


@router.patch("/entrances/{int:entrance_id}", response=EntranceOut)
def update_entrance(request: SignedInRequest, entrance_id: PathId, body: EntranceChange) -> Any:
    return writing.change(request, "entrance", entrance_id, body, EntranceOut)


@router.delete("/entrances/{int:entrance_id}", response={204: None})
def delete_entrance(request: SignedInRequest, entrance_id: PathId, version: Seen = None) -> Status[None]:
    return writing.remove(request, "entrance", entrance_id, version, EntranceOut)


@router.get("/buildings/{int:building_id}/floors", response=Listed[FloorOut])
def list_floors(request: SignedInRequest, building_id: PathId, query: PagingQuery) -> dict[str, Any]:
    building = row_or_404(Building.objects.visible_to(request.user), building_id)
    return page(Floor.objects.filter(building=building), query, order=("level", "id"))


@router.post("/floors", response={201: FloorOut})
def create_floor(request: SignedInRequest, body: FloorIn) -> Status[Floor]:
    return writing.create_inside(request, "floor", body)


@router.patch("/floors/{int:floor_id}", response=FloorOut)
def update_floor(request: SignedInRequest, floor_id: PathId, body: FloorChange) -> Any:
    return writing.change(request, "floor", floor_id, body, FloorOut)


@router.delete("/floors/{int:floor_id}", response={204: None})
def delete_floor(request: SignedInRequest, floor_id: PathId, version: Seen = None) -> Status[None]:
    return writing.remove(request, "floor", floor_id, version, FloorOut)
