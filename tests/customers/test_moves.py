from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from gongying.common.errors import Refused
from gongying.customers.enums import OccupancyKind, RoleKind
from gongying.customers.models import BalanceSnapshot, HeadcountRecord, Occupancy, PartyRole, Vehicle
from gongying.customers.operations import (
    Member,
    add_member,
    change_headcount,
    move_household,
    register_move_in,
    register_move_out,
    register_vehicle,
)
from gongying.events.models import Event
from tests.conftest import make_unit
from tests.customers.people import JULY, JUNE, MAY, make_flat, make_person, verbs_of
from tests.race import in_the_middle, race


def owe(unit, amount="171.84", as_of=MAY):
    return BalanceSnapshot.objects.create(
        unit=unit,
        project_id=unit.project_id,
        building_id=unit.building_id,
        item="物业费",
        months=3,
        amount=Decimal(amount),
        as_of=as_of,
    )


@pytest.fixture
def household(cast):
    return Occupancy.objects.get(unit=cast.unit)


@pytest.mark.requirement("R-031")
def test_one_household_leaves_and_the_next_enters_on_the_same_day(cast, household):
    tenant, wife = make_person(cast, "B"), make_person(cast, "B 太太")
    entered = move_household(
        cast.unit,
        by=cast.receptionist,
        on=JUNE,
        kind=OccupancyKind.LEASED,
        head=tenant,
        leaving=household,
        members=[Member(wife, RoleKind.FAMILY, "妻子")],
    )

    history = [(spell.head.name, spell.starts_on, spell.ends_on) for spell in Occupancy.objects.of_unit(cast.unit)]
    assert history == [("B", JUNE, None), ("周先生", date(2024, 1, 1), JUNE)]
    roles = PartyRole.objects.filter(occupancy=entered).order_by("pk")
    assert [(role.party.name, role.role, role.starts_on) for role in roles] == [
        ("B", RoleKind.TENANT, JUNE),
        ("B 太太", RoleKind.FAMILY, JUNE),
    ]
    # He let the flat: he does not live there any more, but it is his.
    assert PartyRole.objects.owners().current().get(unit=cast.unit).party == cast.zhou
    assert verbs_of(cast.unit)[-3:] == ["customer.role_added", "customer.role_added", "household.moved_in"]
    assert "household.moved_out" in verbs_of(cast.zhou)
    # No notices to those who left.
    assert not Occupancy.objects.current().filter(head=cast.zhou).exists()


def test_a_move_that_is_refused_half_way_moves_nobody(cast, household):
    tenant = make_person(cast, "B")
    with pytest.raises(Refused, match="already"), transaction.atomic():
        move_household(
            cast.unit,
            by=cast.receptionist,
            on=JUNE,
            kind=OccupancyKind.LEASED,
            head=tenant,
            leaving=household,
            members=[Member(tenant, RoleKind.TENANT)],
        )
    household.refresh_from_db()
    assert household.ends_on is None
    assert verbs_of(household) == []


def test_moving_in_beside_an_open_household_is_refused(cast, household):
    with pytest.raises(Refused, match="register the move-out first"):
        register_move_in(
            cast.unit, by=cast.receptionist, on=JUNE, kind=OccupancyKind.LEASED, head=make_person(cast, "B")
        )


def test_only_shared_spells_stand_beside_each_other(cast):
    flat = make_flat(cast)
    people = [make_person(cast, name) for name in "甲乙丙"]
    for person in people[:2]:
        register_move_in(flat, by=cast.receptionist, on=JUNE, kind=OccupancyKind.LEASED, head=person, is_shared=True)
    with pytest.raises(Refused, match="register the move-out first"):
        register_move_in(flat, by=cast.receptionist, on=JULY, kind=OccupancyKind.LEASED, head=people[2])

    assert Occupancy.objects.filter(unit=flat).count() == 2


def test_a_planned_move_in_blocks_an_earlier_open_one(cast):
    flat = make_flat(cast)
    register_move_in(flat, by=cast.receptionist, on=JULY, kind=OccupancyKind.LEASED, head=make_person(cast, "甲"))
    with pytest.raises(Refused, match="lives in"):
        register_move_in(flat, by=cast.receptionist, on=JUNE, kind=OccupancyKind.LEASED, head=make_person(cast, "乙"))

    register_move_in(
        flat, by=cast.receptionist, on=JUNE, until=JULY, kind=OccupancyKind.LEASED, head=make_person(cast, "丙")
    )


def test_owner_occupied_needs_an_owner(cast):
    flat, stranger = make_flat(cast), make_person(cast, "甲")
    with pytest.raises(Refused, match="Nobody owns"):
        register_move_in(flat, by=cast.receptionist, on=JUNE, kind=OccupancyKind.OWNER_OCCUPIED, head=stranger)


def test_the_end_is_after_the_beginning(cast):
    with pytest.raises(Refused, match="after the beginning"):
        register_move_in(
            make_flat(cast),
            by=cast.receptionist,
            on=JUNE,
            until=JUNE,
            kind=OccupancyKind.LEASED,
            head=make_person(cast, "甲"),
        )


def test_moving_out_ends_the_household_and_not_what_is_owned(cast, household):
    child = make_person(cast, "周小弟")
    add_member(household, member=Member(child, RoleKind.FAMILY, "儿子"), since=MAY, by=cast.receptionist)
    registered = [
        register_vehicle(party, plate=plate, project=cast.sunshine, unit=cast.unit, since=MAY, by=cast.receptionist)
        for party, plate in ((child, "京A11111"), (cast.zhou, "京A22222"))
    ]
    register_move_out(household, by=cast.receptionist, on=JUNE)

    roles = PartyRole.objects.filter(occupancy=household).order_by("pk")
    assert [(role.role, role.ends_on) for role in roles] == [(RoleKind.OWNER, None), (RoleKind.FAMILY, JUNE)]
    ends = Vehicle.objects.filter(pk__in=[vehicle.pk for vehicle in registered]).order_by("plate")
    assert [vehicle.ends_on for vehicle in ends] == [JUNE, None]


def test_who_was_to_join_later_never_does(cast, household):
    child = make_person(cast, "周小弟")
    add_member(household, member=Member(child), since=JULY, by=cast.receptionist)
    register_move_out(household, by=cast.receptionist, on=JUNE)

    assert not household.members.filter(party=child).exists()


def test_moving_out_twice_or_before_moving_in_is_refused(cast, household):
    with pytest.raises(Refused, match="cannot have left before"):
        register_move_out(household, by=cast.receptionist, on=household.starts_on)
    register_move_out(household, by=cast.receptionist, on=JUNE)
    with pytest.raises(Refused, match="already"):
        register_move_out(household, by=cast.receptionist, on=JULY)


def test_an_unpaid_balance_asks_for_a_decision(cast, household):
    owe(cast.unit)
    with pytest.raises(Refused, match=r"171\.84"):
        register_move_out(household, by=cast.receptionist, on=JUNE)
    register_move_out(household, by=cast.receptionist, on=JUNE, balance_decision="房东承担")

    assert Event.objects.get(verb="household.moved_out").details["balance_decision"] == "房东承担"


@pytest.mark.requirement("E-045")
def test_a_newer_list_without_the_unit_does_not_mean_paid(cast, household):
    owe(cast.unit)
    newest = MAY + timedelta(30)
    owe(cast.west_unit, as_of=newest)

    known = BalanceSnapshot.objects.owed_by(cast.unit)
    assert (known.amount, known.as_of, known.newest) == (Decimal("171.84"), MAY, newest)
    with pytest.raises(Refused, match=r"171\.84"):
        register_move_out(household, by=cast.receptionist, on=JUNE)


def test_a_household_that_lives_elsewhere_cannot_leave_from_here(cast, household):
    with pytest.raises(Refused, match="lives elsewhere"):
        move_household(
            cast.west_unit,
            by=cast.receptionist,
            on=JUNE,
            kind=OccupancyKind.LEASED,
            head=make_person(cast, "B"),
            leaving=household,
        )


def test_joining_before_the_household_lives_there_is_refused(cast, household):
    with pytest.raises(Refused, match="does not live there"):
        add_member(household, member=Member(make_person(cast, "甲")), since=date(2023, 1, 1), by=cast.receptionist)


@pytest.mark.requirement("R-034")
def test_a_tenant_company_brings_area_headcount_and_term(cast):
    company = make_person(cast, "演示科技", cast.park_unit, kind="company")
    lease = register_move_in(
        cast.park_unit,
        by=cast.outsider,
        on=JUNE,
        until=date(2029, 6, 16),
        kind=OccupancyKind.LEASED,
        head=company,
        leased_area_m2=Decimal("480.50"),
        heads=120,
    )

    assert (lease.leased_area_m2, lease.starts_on, lease.ends_on) == (Decimal("480.50"), JUNE, date(2029, 6, 16))
    assert [(row.heads, row.starts_on) for row in HeadcountRecord.objects.filter(party=company)] == [(120, JUNE)]


@pytest.mark.django_db(transaction=True)
def test_two_counters_move_two_households_in_and_one_is_told(cast):
    flat = make_flat(cast)
    people = [make_person(cast, name) for name in "甲乙"]

    outcomes = race(
        *(
            lambda person=person: register_move_in(
                flat, by=cast.receptionist, on=JUNE, kind=OccupancyKind.LEASED, head=person
            )
            for person in people
        )
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Occupancy", "Refused"]
    assert Occupancy.objects.filter(unit=flat).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_moves_a_firm_in_while_its_heads_are_counted_does_not_stand_in_the_way(cast):
    firm, flat, other = make_person(cast, "大明"), make_flat(cast), make_unit(cast.unit.entrance, "399")
    lease = {"by": cast.receptionist, "on": JUNE, "kind": OccupancyKind.LEASED, "head": firm}

    outcome = in_the_middle(
        lambda: register_move_in(flat, **lease),
        lambda: register_move_in(other, heads=5, **lease),
        lambda: change_headcount(firm, project=cast.sunshine, heads=9, on=JULY, by=cast.receptionist),
    )

    assert isinstance(outcome, Occupancy | Refused)
