"""A lease that ends is said beforehand: to whom, from which day on, and where."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from gongying.customers.models import Occupancy
from gongying.customers.operations import register_move_in
from tests.customers.people import make_flat, make_person


def let(cast: Any, *, days: int, unit_no: str = "302", kind: str = "leased") -> Occupancy:
    """A flat let to 租客, whose last day is `days` from today."""
    today = timezone.localdate()
    unit = make_flat(cast, unit_no)
    tenant = make_person(cast, f"租客{unit_no}", unit)
    since, until = today - timedelta(days=300), today + timedelta(days=days + 1)
    return register_move_in(unit, by=cast.steward, on=since, until=until, kind=kind, head=tenant)


@pytest.mark.parametrize(("days", "left"), [(0, 0), (1, 1), (30, 30), (31, None), (-1, None)])
def test_notice_begins_thirty_days_before_the_last_day(cast, days, left):
    spell = let(cast, days=days)
    spell.refresh_from_db()
    assert spell.days_left == left
    assert list(Occupancy.objects.ending_soon()) == ([] if left is None else [spell])


def test_what_is_not_let_or_has_no_end_has_no_notice(cast):
    flat = make_flat(cast, "303")
    tenant = make_person(cast, "租客", flat)
    endless = register_move_in(flat, by=cast.steward, on=timezone.localdate(), kind="leased", head=tenant)
    endless.refresh_from_db()
    assert endless.days_left is None
    assert not Occupancy.objects.ending_soon().exists()


def test_the_soonest_comes_first(cast):
    late, soon = let(cast, days=20), let(cast, days=3, unit_no="303", kind="lent")
    assert list(Occupancy.objects.ending_soon()) == [soon, late]


def test_heads_of_unit_and_customer_say_when_it_ends(cast, client_of):
    spell, other = let(cast, days=12), let(cast, days=60, unit_no="303")
    spell.refresh_from_db()
    client = client_of(cast.steward)
    for page in (
        client.get(reverse("customers:household-show", args=[spell.unit_id])),
        client.get(reverse("customers:party-show", args=[spell.head_id])),
    ):
        assert f"租期至 {spell.last_day}，还有 12 天" in page.content.decode()
    assert "租期至" not in client.get(reverse("customers:household-show", args=[other.unit_id])).content.decode()


def test_in_a_shared_flat_each_lease_names_its_tenant(cast, client_of):
    today, flat = timezone.localdate(), make_flat(cast, "304")
    for name, days in (("租客小林", 5), ("租客小彭", 9)):
        tenant = make_person(cast, name, flat)
        spell = {"on": today, "until": today + timedelta(days=days), "kind": "leased", "is_shared": True}
        register_move_in(flat, by=cast.steward, head=tenant, **spell)

    page = client_of(cast.steward).get(reverse("customers:household-show", args=[flat.pk])).content.decode()
    assert "租客小林 租期至" in page
    assert "租客小彭 租期至" in page


def test_the_list_of_households_finds_them(cast, client_of):
    spell = let(cast, days=12)
    let(cast, days=60, unit_no="303")
    page = client_of(cast.steward).get(reverse("customers:unit-index"), {"ending": "1"})
    assert [row.unit for row in page.context["rows"]] == [spell.unit]


def test_the_notice_is_an_index_range(cast):
    """The first page asks every minute: it must not read all households for that."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert "occupancy_lease_end" in Occupancy.objects.ending_soon().explain()
