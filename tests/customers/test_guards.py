"""What the database itself refuses, whoever writes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from gongying.customers.enums import OccupancyKind, RoleKind
from gongying.customers.models import HeadcountRecord, Occupancy, Party, PartyRole, Vehicle
from tests.conftest import make_owner, make_unit
from tests.race import race

JANUARY, JUNE, JULY = date(2026, 1, 1), date(2026, 6, 1), date(2026, 7, 1)


def place_of(unit):
    return {"project_id": unit.project_id, "building_id": unit.building_id, "entrance_id": unit.entrance_id}


def occupy(unit, *, during, is_shared=False):
    return Occupancy.objects.create(
        unit=unit, kind=OccupancyKind.LEASED, during=during, is_shared=is_shared, **place_of(unit)
    )


def own(unit, share, *, during, name="甲"):
    return PartyRole.objects.create(
        party=Party.objects.create(name=name),
        role=RoleKind.OWNER,
        share=Decimal(share),
        unit=unit,
        during=during,
        **place_of(unit),
    )


@pytest.fixture
def flat(cast):
    return make_unit(cast.unit.entrance, "302")


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [(False, False, False), (True, True, True), (False, True, False), (True, False, False)],
)
def test_spells_overlap_only_where_both_are_shared(flat, first, second, allowed):
    occupy(flat, during=(JANUARY, JULY), is_shared=first)

    if allowed:
        occupy(flat, during=(JUNE, None), is_shared=second)
    else:
        with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
            occupy(flat, during=(JUNE, None), is_shared=second)
    assert Occupancy.objects.filter(unit=flat).count() == 1 + allowed


def test_a_spell_may_begin_on_the_day_another_ends(flat):
    occupy(flat, during=(JANUARY, JUNE))
    occupy(flat, during=(JUNE, None), is_shared=True)

    assert Occupancy.objects.filter(unit=flat).count() == 2


def test_a_spell_without_a_day_is_refused(flat):
    with pytest.raises(IntegrityError, match="occupancy_has_days"), transaction.atomic():
        occupy(flat, during=(JUNE, JUNE))


@pytest.mark.django_db(transaction=True)
def test_two_move_ins_at_the_same_moment_leave_one(cast):
    flat = make_unit(cast.unit.entrance, "302")

    outcomes = race(
        lambda: occupy(flat, during=(JUNE, None)),
        lambda: occupy(flat, during=(JUNE, None), is_shared=True),
        lambda: occupy(flat, during=(JULY, None)),
    )

    assert sum(isinstance(outcome, Occupancy) for outcome in outcomes) == 1
    # Some that wait for each other at an exclusion constraint may also be told of a deadlock.
    assert sum(isinstance(outcome, DatabaseError) for outcome in outcomes) == 2
    assert Occupancy.objects.filter(unit=flat).count() == 1


def check_deferred_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    ("shares", "allowed"),
    [(["0.5", "0.5"], True), (["0.333333", "0.333333", "0.333333"], True), (["0.6", "0.400001"], False)],
)
def test_shares_of_a_unit_never_exceed_one(flat, shares, allowed):
    for share in shares:
        own(flat, share, during=(JANUARY, None))

    if allowed:
        check_deferred_now()
    else:
        with pytest.raises(IntegrityError, match="exceed 1"):
            check_deferred_now()


def test_shares_are_summed_at_every_instant_and_not_over_time(flat):
    own(flat, "1", during=(JANUARY, JUNE))
    own(flat, "1", during=(JUNE, None))
    check_deferred_now()

    own(flat, "0.1", during=(None, JULY), name="乙")
    with pytest.raises(IntegrityError, match="exceed 1"):
        check_deferred_now()


def test_a_sale_may_be_written_in_any_order(flat):
    old = own(flat, "1", during=(JANUARY, None))
    own(flat, "1", during=(JUNE, None), name="乙")
    old.during = (JANUARY, JUNE)
    old.save()

    check_deferred_now()


@pytest.mark.django_db(transaction=True)
def test_two_sales_of_one_flat_at_the_same_moment_leave_one(cast):
    flat = make_unit(cast.unit.entrance, "302")

    def sell(name):
        with transaction.atomic():
            return own(flat, "0.6", during=(JUNE, None), name=name)

    outcomes = race(lambda: sell("甲"), lambda: sell("乙"))

    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) == [IntegrityError]
    assert PartyRole.objects.filter(unit=flat).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_headcounts_for_the_same_days_leave_one(cast):
    def count(heads):
        return HeadcountRecord.objects.create(party=cast.zhou, project=cast.sunshine, heads=heads, during=(JUNE, None))

    outcomes = race(lambda: count(120), lambda: count(150))

    # Two that wait for each other at an exclusion constraint may also be told of a deadlock.
    assert sum(isinstance(outcome, DatabaseError) for outcome in outcomes) == 1
    assert HeadcountRecord.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_plate_is_registered_once_at_a_time(cast):
    def register(party):
        return Vehicle.objects.create(
            plate="京A12345", party=party, unit=cast.unit, during=(JUNE, None), **place_of(cast.unit)
        )

    outcomes = race(lambda: register(cast.zhou), lambda: register(cast.wang))

    assert sum(isinstance(outcome, DatabaseError) for outcome in outcomes) == 1  # it may be a deadlock
    assert Vehicle.objects.count() == 1


def test_a_party_on_legal_hold_cannot_be_deleted_by_sql(cast):
    held = Party.objects.create(name="丙", legal_hold="诉讼中")

    with pytest.raises(DatabaseError, match="legal hold"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_party WHERE id = %s", [held.pk])
    assert Party.objects.filter(pk=held.pk).exists()


def test_a_party_with_a_role_cannot_be_deleted_by_sql(cast):
    stranger = make_owner(make_unit(cast.unit.entrance, "303"), "丁")

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_party WHERE id = %s", [stranger.pk])
    with pytest.raises(IntegrityError, match="foreign key"):
        check_deferred_now()
