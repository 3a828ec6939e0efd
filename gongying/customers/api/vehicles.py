from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    current_if_stale,
    line,
    matching,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.customers.api import parties
from gongying.customers.api.contacts import CallOut
from gongying.customers.api.parties import EndIn
from gongying.customers.api.values import PlateText
from gongying.customers.models import Vehicle
from gongying.customers.operations import change_vehicle, dial_keeper, end_vehicle, register_vehicle
from gongying.estates.models import ParkingSpace, Project, Unit

router = Router(tags=["households"])

Description = Annotated[str, line(60, shortest=0), Field(examples=["white SUV"])]


class VehicleOut(Output):
    id: int = Field(examples=[44])
    version: int = Field(examples=[1])
    plate: str = Field(examples=["A12345"])
    description: str = Field(examples=["white SUV"])
    project_id: int = Field(examples=[1])
    unit_id: int | None = Field(examples=[17])
    party_id: int = Field(description="Who keeps it", examples=[5])
    parking_space_id: int | None = Field(examples=[61])
    since: Day | None = Field(alias="starts_on", examples=["2025-03-01"])
    until: Day | None = Field(alias="ends_on", examples=[None])


class VehicleIn(Input):
    plate: PlateText = Field(examples=["A12345"])
    description: Description = ""
    project_id: Id
    unit_id: Id | None = None
    party_id: Id
    parking_space_id: Id | None = None
    since: Day | None = Field(None, description="Default: today", examples=["2026-11-01"])


class VehicleChange(Change):
    description: Description = optional()
    parking_space_id: Id | None = optional()


class VehicleQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    party_id: PathId | None = None
    plate: PlateText | None = Field(None, examples=["A12345"])


def visible(request: SignedInRequest) -> QuerySet[Vehicle]:
    authorize(request.user, "customers.view_files")
    vehicles: QuerySet[Vehicle] = Vehicle.objects.visible_to(request.user)
    return vehicles


@router.get("/vehicles", response=Listed[VehicleOut])
def list_vehicles(request: SignedInRequest, query: Annotated[VehicleQuery, Query()]) -> dict[str, Any]:
    """Vehicles that are registered today."""
    rows: Any = visible(request)
    return page(matching(rows.current(), query, "project_id", "unit_id", "party_id", "plate"), query, order=("id",))


@router.post("/vehicles", response={201: VehicleOut})
def create_vehicle(request: SignedInRequest, body: VehicleIn) -> Status[Vehicle]:
    authorize(request.user, "customers.edit_files")
    spaces = ParkingSpace.objects.visible_to(request.user)
    vehicle = register_vehicle(
        named_row(parties.visible(request), body.party_id, "party_id"),
        plate=body.plate,
        project=named_row(Project.objects.visible_to(request.user), body.project_id, "project_id"),
        unit=named_row_if(Unit.objects.visible_to(request.user), body.unit_id, "unit_id"),
        parking_space=named_row_if(spaces, body.parking_space_id, "parking_space_id"),
        description=body.description,
        since=body.since,
        by=request.user,
    )
    return Status(201, vehicle)


@router.get("/vehicles/{int:vehicle_id}", response=VehicleOut)
def show_vehicle(request: SignedInRequest, vehicle_id: PathId) -> Vehicle:
    return row_or_404(visible(request), vehicle_id)


@router.patch("/vehicles/{int:vehicle_id}", response=VehicleOut)
def update_vehicle(request: SignedInRequest, vehicle_id: PathId, body: VehicleChange) -> Vehicle:
    """Another plate is another vehicle: end this one and register that one."""
    vehicle = row_or_404(visible(request), vehicle_id)
    authorize(request.user, "customers.edit_files")
    changes = {"description": vehicle.description, "parking_space_id": vehicle.parking_space_id} | body.changes()
    spaces = ParkingSpace.objects.visible_to(request.user)
    with current_if_stale(vehicle, VehicleOut):
        return change_vehicle(
            vehicle,
            by=request.user,
            seen=body.version,
            description=changes["description"],
            parking_space=named_row_if(spaces, changes["parking_space_id"], "parking_space_id"),
        )


@router.post("/vehicles/{int:vehicle_id}/end", response=VehicleOut, summary="Sign a vehicle off")
def end_registered_vehicle(request: SignedInRequest, vehicle_id: PathId, body: EndIn) -> Vehicle:
    vehicle = row_or_404(visible(request), vehicle_id)
    authorize(request.user, "customers.edit_files")
    return end_vehicle(vehicle, by=request.user, on=body.on)


@router.post("/vehicles/{int:vehicle_id}/calls", response=CallOut, summary="Ask the keeper to move the car")
def call_keeper(request: SignedInRequest, vehicle_id: PathId) -> dict[str, str]:
    vehicle = row_or_404(visible(request), vehicle_id)
    authorize(request.user, "customers.reveal_phone")
    return {"uri": dial_keeper(vehicle, by=request.user)}
