from decimal import Decimal
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Area,
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
from gongying.estates.enums import AreaSource, UnitState, UnitUse
from gongying.estates.models import Unit
from gongying.estates.stewards import stewards_of

router = Router(tags=["estates"])


class UnitOut(Output):
    """A flat, an office, a shop: what belongs to somebody."""

    id: int = Field(examples=[17])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    building_id: int = Field(examples=[4])
    entrance_id: int | None = Field(examples=[9])
    floor_id: int | None = Field(examples=[30])
    unit_no: str = Field(description="On the door", examples=["301"])
    code: str = Field(description="Unique in the project", examples=["2-1-301"])
    use: UnitUse
    state: UnitState
    gross_area_m2: Decimal | None = Field(examples=["95.46"])
    net_area_m2: Decimal | None = Field(examples=["78.20"])
    chargeable_area_m2: Decimal | None = Field(examples=["95.46"])
    area_source: AreaSource | None

    @staticmethod
    def resolve_area_source(unit: Unit) -> str | None:
        return unit.area_source or None


RoomNumber = Annotated[str, line(20), Field(examples=["301"])]
Chargeable = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2, examples=["95.46"])]


class UnitIn(Input):
    """Its code (`2-1-301`) is made of the numbers of building, entrance and door."""

    building_id: Id
    entrance_id: Id | None = None
    floor_id: Id | None = None
    unit_no: RoomNumber
    use: UnitUse = UnitUse.RESIDENCE
    state: UnitState = UnitState.HANDED_OVER
    gross_area_m2: Area | None = None
    net_area_m2: Area | None = None
    chargeable_area_m2: Chargeable | None = None
    area_source: AreaSource | None = Field(None, description="Required with a gross area")


class UnitChange(Change):
    entrance_id: Id | None = optional()
    floor_id: Id | None = optional()
    unit_no: RoomNumber = optional()
    use: UnitUse = optional()
    state: UnitState = optional()
    gross_area_m2: Area | None = optional()
    net_area_m2: Area | None = optional()
    chargeable_area_m2: Chargeable | None = optional()
    area_source: AreaSource | None = optional()


class StewardOut(Output):
    id: int = Field(description="Staff member", examples=[3])
    user_id: int = Field(examples=[3])
    name: str = Field(examples=["Steward Wang"])


class UnitQuery(Paging):
    project_id: PathId | None = None
    building_id: PathId | None = None
    entrance_id: PathId | None = None
    use: UnitUse | None = None
    state: UnitState | None = None
    code: Annotated[str, line(60)] | None = Field(None, description="The whole code", examples=["2-1-301"])


def visible(request: SignedInRequest) -> QuerySet[Unit]:
    units: QuerySet[Unit] = Unit.objects.visible_to(request.user)
    return units


@router.get("/units", response=Listed[UnitOut])
def list_units(request: SignedInRequest, query: Annotated[UnitQuery, Query()]) -> dict[str, Any]:
    rows = matching(visible(request), query, "project_id", "building_id", "entrance_id", "use", "state", "code")
    return page(rows, query, order=("project_id", "sort_key", "id"))


@router.post("/units", response={201: UnitOut})
def create_unit(request: SignedInRequest, body: UnitIn) -> Status[Unit]:
    return writing.create_inside(request, "unit", body)


@router.get("/units/{int:unit_id}", response=UnitOut)
def show_unit(request: SignedInRequest, unit_id: PathId) -> Unit:
    return row_or_404(visible(request), unit_id)


@router.patch("/units/{int:unit_id}", response=UnitOut)
def update_unit(request: SignedInRequest, unit_id: PathId, body: UnitChange) -> Any:
    return writing.change(request, "unit", unit_id, body, UnitOut)


@router.delete("/units/{int:unit_id}", response={204: None})
def delete_unit(request: SignedInRequest, unit_id: PathId, version: Seen = None) -> Status[None]:
    """One that was entered by mistake: only while nothing depends on it."""
    return writing.remove(request, "unit", unit_id, version, UnitOut)


@router.get("/units/{int:unit_id}/stewards", response=list[StewardOut])
def list_stewards(request: SignedInRequest, unit_id: PathId) -> list[Any]:
    """Who serves the place of the unit today, those of the smallest area first."""
    return list(stewards_of(row_or_404(visible(request), unit_id).place))
