"""How many households were visited, whom to visit next, and the route of an afternoon."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.customers.operations import warn_of
from gongying.interactions.operations import log_interaction
from gongying.visits.coverage import coverage_of, propose
from gongying.visits.models import HomeVisit
from gongying.visits.operations import log_visit, miss_household, plan_afternoon, plan_visit
from gongying.visits.routes import route_of
from tests.conftest import make_owner, make_unit

DAY = timedelta(days=1)


@pytest.fixture
def doors(cast):
    """2-1-301 and six more in the east: 2-1-401, 2-1-501, 2-1-601, and 1-1-101, 1-1-201, 1-1-301."""
    second, first = cast.unit.entrance, cast.sunshine.buildings.get(number="1").entrances.get()
    made = {"2-1-301": cast.unit}
    for entrance, numbers in ((second, ("401", "501", "601")), (first, ("101", "201", "301"))):
        for number in numbers:
            unit = make_unit(entrance, number)
            make_owner(unit, f"住户{unit.code}")
            made[unit.code] = unit
    return made


def visited(unit, cast, *, days):
    with clock_at(timezone.now() - DAY * days):
        return log_visit(unit, by=cast.steward, matter="走访", result="好", persons="本人")


def share(cast, name):
    (line,) = [line for line in coverage_of(cast.supervisor) if str(line.territory) == name]
    return (line.households, line.visited, line.touched, line.never)


@pytest.mark.requirement("R-093")
def test_coverage_counts_households_met_within_a_year(cast, doors):
    make_unit(cast.unit.entrance, "701")  # nobody lives there
    visited(doors["2-1-401"], cast, days=3)
    visited(doors["2-1-501"], cast, days=400)  # too long ago
    missed = plan_visit(doors["1-1-101"], by=cast.steward, planned_for=timezone.now() + DAY)
    miss_household(missed, by=cast.steward)  # nobody home is no visit
    log_interaction(by=cast.steward, project=cast.sunshine, unit=doors["1-1-201"], channel="phone", text="问")

    assert share(cast, "东区") == (7, 1, 2, 5)
    assert share(cast, "阳光小区全区") == (8, 1, 2, 6)
    assert [str(line.territory) for line in coverage_of(cast.west_steward)] == ["西区"]


@pytest.mark.requirement("R-093")
def test_who_waits_longest_is_proposed_and_no_building_left_out(cast, doors):
    visited(doors["2-1-601"], cast, days=700)
    visited(doors["2-1-501"], cast, days=500)
    visited(doors["2-1-401"], cast, days=10)
    plan_visit(doors["1-1-301"], by=cast.steward, planned_for=timezone.now() + DAY)
    log_interaction(by=cast.steward, project=cast.sunshine, unit=doors["1-1-101"], channel="phone", text="问")

    found = propose(cast.steward, number=10)
    assert [proposal.unit.code for proposal in found] == [
        "1-1-201",  # never visited, and never spoken with; then in turn with the other building
        "2-1-301",
        "1-1-101",  # never visited, but spoken with
        "2-1-601",
        "2-1-501",
    ]
    assert [proposal.why for proposal in found[2:4]] == [
        "从未走访",
        f"上次走访 {timezone.localdate() - 700 * DAY}，23 个月前",
    ]
    assert [proposal.unit.code for proposal in propose(cast.steward, number=2)] == ["1-1-201", "2-1-301"]
    assert propose(cast.outsider, number=9) == []


def test_an_afternoon_goes_building_by_building_from_the_top_down(cast, doors):
    start = timezone.localtime() + DAY
    names = ("2-1-301", "1-1-201", "2-1-601", "1-1-301")
    warn_of(cast.unit, kind="dog", by=cast.steward)
    visits = plan_afternoon([doors[name] for name in names], by=cast.steward, starts_at=start)

    assert [visit.unit.code for visit in visits] == ["1-1-301", "1-1-201", "2-1-601", "2-1-301"]
    assert [visit.planned_for - start for visit in visits] == [timedelta(minutes=20 * index) for index in range(4)]
    legs = route_of(HomeVisit.objects.for_list())
    assert [str(leg.building) for leg in legs] == ["1 栋", "2 栋"]
    assert [[stop.visit.unit.code for stop in leg.stops] for leg in legs] == [
        ["1-1-301", "1-1-201"],
        ["2-1-601", "2-1-301"],
    ]
    assert [len(stop.warnings) for leg in legs for stop in leg.stops] == [0, 0, 0, 1]


@pytest.mark.parametrize("number", [1, 3])
def test_a_route_costs_the_same_however_long(cast, doors, django_assert_num_queries, number):
    plan_afternoon(list(doors.values())[:number], by=cast.steward, starts_at=timezone.now() + DAY)
    rows = HomeVisit.objects.for_list()

    with django_assert_num_queries(2):
        assert sum(len(leg.stops) for leg in route_of(rows)) == number
