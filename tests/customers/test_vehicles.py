import pytest

from gongying.common.errors import Refused, Stale
from gongying.customers.models import Vehicle
from gongying.customers.operations import change_vehicle, dial_keeper, end_vehicle, register_vehicle
from gongying.estates.models import ParkingSpace
from gongying.events.models import Event
from tests.customers.people import JULY, JUNE, MAY, make_person, verbs_of


@pytest.fixture
def car(cast):
    return register_vehicle(
        cast.zhou, plate="京a·12345", project=cast.sunshine, unit=cast.unit, since=MAY, by=cast.receptionist
    )


def test_a_vehicle_stands_at_its_unit_by_its_plate(cast, car):
    assert (car.plate, car.place, car.starts_on) == ("京A12345", cast.unit.place, MAY)
    assert "vehicle.registered" in verbs_of(cast.unit)


def test_a_plate_is_registered_once_at_a_time(cast, car):
    with pytest.raises(Refused, match="already"):
        register_vehicle(cast.wang, plate="京A12345", project=cast.sunshine, since=JUNE, by=cast.receptionist)
    end_vehicle(car, by=cast.receptionist, on=JUNE)
    register_vehicle(cast.wang, plate="京A12345", project=cast.sunshine, since=JUNE, by=cast.receptionist)


def test_no_plate_and_places_of_another_project_are_refused(cast):
    with pytest.raises(Refused, match="not a number plate"):
        register_vehicle(cast.zhou, plate="??", project=cast.sunshine, by=cast.receptionist)
    with pytest.raises(Refused, match="same project"):
        register_vehicle(cast.zhou, plate="京A12345", project=cast.park, unit=cast.unit, by=cast.receptionist)


def test_a_stale_change_is_refused(cast, car):
    space = ParkingSpace.objects.create(project=cast.sunshine, code="B1-07", ownership_kind="owned")
    change_vehicle(car, by=cast.receptionist, description="白色", parking_space=space, seen=1)
    with pytest.raises(Stale):
        change_vehicle(car, by=cast.receptionist, description="黑色", parking_space=None, seen=1)

    assert Vehicle.objects.get().description == "白色"
    foreign = ParkingSpace.objects.create(project=cast.park, code="1", ownership_kind="owned")
    with pytest.raises(Refused, match="same project"):
        change_vehicle(car, by=cast.receptionist, description="", parking_space=foreign)


def test_a_vehicle_ends_once_and_not_before_it_began(cast, car):
    with pytest.raises(Refused, match="before it has begun"):
        end_vehicle(car, by=cast.receptionist, on=MAY)
    end_vehicle(car, by=cast.receptionist, on=JUNE)
    with pytest.raises(Refused, match="already"):
        end_vehicle(car, by=cast.receptionist, on=JULY)


@pytest.mark.requirement("E-039")
def test_the_keeper_is_called_without_anybody_learning_the_number(cast, car):
    assert dial_keeper(car, by=cast.receptionist) == "tel:+8613800001234"

    event = Event.objects.get(verb="vehicle.move_asked")
    assert event.details == {"plate": "京A12345"}
    assert verbs_of(cast.unit)[-1] == verbs_of(cast.zhou)[-1] == "vehicle.move_asked"


def test_a_keeper_without_a_number_cannot_be_called(cast):
    car = register_vehicle(make_person(cast, "甲"), plate="京A1234", project=cast.sunshine, by=cast.receptionist)
    with pytest.raises(Refused, match="no number"):
        dial_keeper(car, by=cast.receptionist)
