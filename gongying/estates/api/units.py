from decimal import Decimal
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Listed, Output, Paging, PathId, line, matching, page, row_or_404
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


@router.get("/units/{int:unit_id}", response=UnitOut)
def show_unit(request: SignedInRequest, unit_id: PathId) -> Unit:
    return row_or_404(visible(request), unit_id)


@router.get("/units/{int:unit_id}/stewards", response=list[StewardOut])
def list_stewards(request: SignedInRequest, unit_id: PathId) -> list[Any]:
    """Who serves the place of the unit today, those of the smallest area first."""
    return list(stewards_of(row_or_404(visible(request), unit_id).place))
