from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.customers.models import ContactPoint, Party, Vehicle
from gongying.customers.operations.contacts import number_of
from gongying.customers.plates import UnreadablePlate, normalise_plate
from gongying.estates.models import ParkingSpace, Project, Unit
from gongying.events.operations import record_event


@transaction.atomic
def register_vehicle(
    party: Party,
    *,
    plate: str,
    project: Project,
    by: User,
    unit: Unit | None = None,
    parking_space: ParkingSpace | None = None,
    description: str = "",
    since: date | None = None,
) -> Vehicle:
    plate = _read_plate(plate)
    for place in (unit, parking_space):
        if place is not None and place.project_id != project.pk:
            raise Refused(_("The unit and the parking space must be in the same project as the vehicle."))
    with refusing({"vehicle_no_overlap": _("%(plate)s is registered here already.") % {"plate": plate}}):
        vehicle = Vehicle.objects.create(
            plate=plate,
            party=party,
            project=project,
            building_id=unit.building_id if unit else None,
            entrance_id=unit.entrance_id if unit else None,
            unit=unit,
            parking_space=parking_space,
            description=description.strip(),
            during=(since or timezone.localdate(), None),
        )
    record_event("vehicle.registered", by=by, subjects=[vehicle, unit, party], plate=plate)
    return vehicle


@transaction.atomic
def change_vehicle(
    vehicle: Vehicle,
    *,
    by: User,
    description: str,
    parking_space: ParkingSpace | None,
    seen: int | None = None,
) -> Vehicle:
    """Another plate is another vehicle: end this one and register that one."""
    vehicle = _locked(vehicle)
    if parking_space is not None and parking_space.project_id != vehicle.project_id:
        raise Refused(_("The unit and the parking space must be in the same project as the vehicle."))
    vehicle.advance_version(seen=seen)
    vehicle.description, vehicle.parking_space = description.strip(), parking_space
    vehicle.save(update_fields=["description", "parking_space"])
    record_event("vehicle.changed", by=by, subjects=[vehicle, vehicle.unit, vehicle.party], plate=vehicle.plate)
    return vehicle


@transaction.atomic
def end_vehicle(vehicle: Vehicle, *, by: User, on: date) -> Vehicle:
    vehicle = _locked(vehicle)
    if vehicle.ends_on is not None and vehicle.ends_on <= on:
        raise Refused(_("This vehicle has been signed off already."))
    if vehicle.starts_on is not None and on <= vehicle.starts_on:
        raise Refused(_("It cannot end before it has begun on %(day)s.") % {"day": vehicle.starts_on})
    vehicle.advance_version(seen=None)
    vehicle.during = (vehicle.starts_on, on)
    vehicle.save(update_fields=["during"])
    record_event("vehicle.ended", by=by, subjects=[vehicle, vehicle.unit, vehicle.party], plate=vehicle.plate, on=on)
    return vehicle


@transaction.atomic
def dial_keeper(vehicle: Vehicle, *, by: User) -> str:
    """Call whoever keeps a car, for somebody who must not learn the number (E-039)."""
    point = ContactPoint.objects.dialable().filter(party=vehicle.party).first()
    if point is None:
        raise Refused(_("The keeper of %(plate)s has no number that can be dialled.") % {"plate": vehicle.plate})
    record_event("vehicle.move_asked", by=by, subjects=[vehicle, vehicle.unit, vehicle.party], plate=vehicle.plate)
    return number_of(point)


def _locked(vehicle: Vehicle) -> Vehicle:
    locked: Vehicle = (
        Vehicle.objects.select_for_update(of=["self"], no_key=True).select_related("unit", "party").get(pk=vehicle.pk)
    )
    return locked


def _read_plate(plate: str) -> str:
    try:
        return normalise_plate(plate)
    except UnreadablePlate as error:
        raise Refused(_("“%(plate)s” is not a number plate.") % {"plate": plate.strip()[:20]}) from error
