from datetime import date, timedelta

import pytest
from django.utils import timezone

from gongying.common.places import Place
from gongying.estates.models import Building, Project, TerritoryScope
from gongying.estates.scopes import scope_of
from gongying.estates.stewards import serving, stewards_by_place, stewards_of
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Leave, StaffMember, Territory, TerritoryAssignment
from tests.conftest import SINCE

ALWAYS = (SINCE, None)


def names(staff):
    return [str(person) for person in staff]


@pytest.mark.requirement("R-016")
def test_the_steward_of_a_unit_is_she_whose_territory_covers_its_building(cast):
    assert names(stewards_of(cast.unit.place)) == ["王管家"]
    assert names(stewards_of(cast.west_unit.place)) == ["陈管家"]
    assert names(stewards_of(cast.park_unit.place)) == []


def test_the_steward_of_the_smallest_area_stands_first(cast):
    whole = Territory.objects.get(name="阳光小区全区")
    TerritoryAssignment.objects.create(staff=cast.west_steward.staff, territory=whole, during=ALWAYS)

    assert names(stewards_of(cast.unit.place)) == ["王管家", "陈管家"]


def test_who_serves_the_whole_territory_serves_its_parts(cast):
    inner = Territory.objects.create(name="东区甲", parent=Territory.objects.get(name="东区"))
    building = Building.objects.create(project=cast.sunshine, number="9")
    TerritoryScope.objects.create(territory=inner, project=cast.sunshine, building=building, during=ALWAYS)

    assert names(stewards_of(building.place)) == ["王管家"]


def test_a_steward_of_former_days_is_only_found_on_those_days(cast):
    moved = date(2026, 3, 2)
    TerritoryAssignment.objects.filter(staff=cast.steward.staff).update(during=(SINCE, moved))

    assert names(stewards_of(cast.unit.place, on=moved)) == []
    assert names(stewards_of(cast.unit.place, on=moved - timedelta(days=1))) == ["王管家"]


def test_a_steward_who_left_is_steward_no_more(cast):
    StaffMember.objects.filter(user=cast.steward).update(left_on=timezone.localdate())

    assert names(stewards_of(cast.unit.place)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_stewards_of_a_list_are_known_from_before(cast, count, django_assert_num_queries):
    places = [cast.unit.place, cast.west_unit.place, cast.park_unit.place][:count]
    stewards_by_place([cast.unit.place])

    with django_assert_num_queries(1):  # which edition of the set-up it is
        found = stewards_by_place(places)

    assert set(found) == set(places)


def test_serving_looks_at_the_right(cast):
    TerritoryAssignment.objects.filter(staff=cast.worker.staff).update(rights=[TerritoryRight.VIEW_FILES])

    assert cast.worker.staff in serving(cast.unit.place, right=TerritoryRight.VIEW_FILES)
    assert cast.worker.staff not in serving(cast.unit.place, right=TerritoryRight.TAKE_ORDERS)
    assert cast.second_worker.staff in serving(cast.unit.place, right=TerritoryRight.TAKE_ORDERS)
    assert cast.west_steward.staff not in serving(cast.unit.place, right=TerritoryRight.VIEW_FILES)


def test_the_deputy_sees_what_the_absent_person_sees(cast):
    today = timezone.localdate()
    assert not scope_of(cast.outsider).covers(cast.unit.place)
    Leave.objects.create(
        staff=cast.steward.staff, deputy=cast.outsider.staff, during=(today, today + timedelta(days=2))
    )
    deputy = type(cast.outsider).objects.get(pk=cast.outsider.pk)

    assert scope_of(deputy).covers(cast.unit.place)
    assert not scope_of(deputy).covers(cast.west_unit.place)
    assert cast.steward.staff.deputy() == cast.outsider.staff
    assert cast.steward.staff.deputy(on=today + timedelta(days=2)) is None


def test_the_deputy_of_one_who_sees_everything_sees_everything(cast):
    elsewhere = Project.objects.create(code="YD", name="远处", kind="retail")
    today = timezone.localdate()
    Leave.objects.create(staff=cast.quality.staff, deputy=cast.steward.staff, during=(today, None))
    deputy = type(cast.steward).objects.get(pk=cast.steward.pk)

    assert scope_of(deputy).covers(Place(elsewhere.pk))
