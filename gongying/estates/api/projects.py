from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Listed, Output, Paging, PagingQuery, PathId, matching, page, row_or_404
from gongying.estates.enums import PropertyKind
from gongying.estates.models import Building, Entrance, Floor, Project

router = Router(tags=["estates"])


class ProjectOut(Output):
    """A managed site."""

    id: int = Field(examples=[1])
    version: int = Field(examples=[1])
    code: str = Field(description="Part of every request number", examples=["YG"])
    name: str = Field(examples=["Sunshine Garden"])
    kind: PropertyKind
    address: str = Field(examples=["1 Sunshine Road"])
    served_area_m2: Decimal | None = Field(examples=["200000.00"])


class BuildingOut(Output):
    id: int = Field(examples=[4])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    number: str = Field(examples=["2"])
    name: str = Field(examples=[""])


class EntranceOut(Output):
    """The door of a building behind which flats share stairs and lifts."""

    id: int = Field(examples=[9])
    version: int = Field(examples=[1])
    building_id: int = Field(examples=[4])
    number: str = Field(examples=["1"])


class FloorOut(Output):
    id: int = Field(examples=[30])
    building_id: int = Field(examples=[4])
    level: int = Field(description="Counted from the ground; basements are negative", examples=[3])
    label: str = Field(examples=[""])


class ProjectQuery(Paging):
    kind: PropertyKind | None = None


class OfProject(Paging):
    project_id: PathId | None = None


class OfBuilding(Paging):
    building_id: PathId | None = None


@router.get("/projects", response=Listed[ProjectOut])
def list_projects(request: SignedInRequest, query: Annotated[ProjectQuery, Query()]) -> dict[str, Any]:
    rows = matching(Project.objects.visible_to(request.user), query, "kind")
    return page(rows, query, order=("code", "id"))


@router.get("/projects/{int:project_id}", response=ProjectOut)
def show_project(request: SignedInRequest, project_id: PathId) -> Project:
    return row_or_404(Project.objects.visible_to(request.user), project_id)


@router.get("/buildings", response=Listed[BuildingOut])
def list_buildings(request: SignedInRequest, query: Annotated[OfProject, Query()]) -> dict[str, Any]:
    rows = matching(Building.objects.visible_to(request.user), query, "project_id")
    return page(rows, query, order=("project_id", "sort_key", "id"))


@router.get("/buildings/{int:building_id}", response=BuildingOut)
def show_building(request: SignedInRequest, building_id: PathId) -> Building:
    return row_or_404(Building.objects.visible_to(request.user), building_id)


@router.get("/entrances", response=Listed[EntranceOut])
def list_entrances(request: SignedInRequest, query: Annotated[OfBuilding, Query()]) -> dict[str, Any]:
    rows = matching(Entrance.objects.visible_to(request.user), query, "building_id")
    return page(rows, query, order=("building_id", "sort_key", "id"))


@router.get("/entrances/{int:entrance_id}", response=EntranceOut)
def show_entrance(request: SignedInRequest, entrance_id: PathId) -> Entrance:
    return row_or_404(Entrance.objects.visible_to(request.user), entrance_id)


@router.get("/buildings/{int:building_id}/floors", response=Listed[FloorOut])
def list_floors(request: SignedInRequest, building_id: PathId, query: PagingQuery) -> dict[str, Any]:
    building = row_or_404(Building.objects.visible_to(request.user), building_id)
    return page(Floor.objects.filter(building=building), query, order=("level", "id"))
