"""Who lives and works there: 1,200 households, 40 tenants, and the few that the story knows by name."""

import json
import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.common.money import to_fen
from gongying.customers.enums import ConsentPurpose, OccupancyKind, PartyKind, ProfileKind, RoleKind
from gongying.customers.models import BalanceSnapshot, ContactPoint, Occupancy, Party, PartyRole
from gongying.customers.operations import (
    create_party,
    give_consent,
    register_move_in,
    register_vehicle,
    set_attribute,
)
from gongying.customers.operations.households import Member
from gongying.estates.models import ParkingSpace, Unit
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read
from gongying.workbench.volume import DATA as VOLUME_TEXTS

MONTHLY_FEE = Decimal("0.60")  # yuan per square metre
EMPTY = 0.08
# From getting the keys to moving in.
FIRST_WEEKS = timedelta(days=40)


def settle_people(cast: Cast, *, chance: random.Random, since: date) -> None:
    story = read("company")
    named = {entry["unit"] for entry in story["households"]}
    units = list(Unit.objects.filter(project=cast.projects["YG"]).by_code())
    _settle_ordinary([unit for unit in units if unit.code not in named], chance, since)
    by_code = {unit.code: unit for unit in units}
    for entry in story["households"]:
        with clock_at(_morning(since + FIRST_WEEKS)):
            _settle_named(by_code[entry["unit"]], entry, cast, since)
    _settle_tenants(cast, story, chance, since)
    _draw_balances(units, chance, story["fee_item"])


def _settle_ordinary(units: list[Unit], chance: random.Random, since: date) -> None:
    """Owner lists as an office would have imported them: set by set, one owner with a phone each, nine in ten at home."""
    words = json.loads((VOLUME_TEXTS / "words.json").read_text(encoding="utf-8"))
    names = [surname + given for surname in words["surnames"] for given in words["given"]]
    chance.shuffle(names)
    owners = [Party(name=name) for _unit, name in zip(units, names, strict=False)]
    for owner in owners:
        owner.set_keys()
    Party.objects.bulk_create(owners)
    numbers = chance.sample(range(10**8), len(owners))
    ContactPoint.objects.bulk_create(
        ContactPoint(party=owner, value=f"+86{chance.choice((136, 137, 138, 139, 150, 186))}{number:08d}")
        for owner, number in zip(owners, numbers, strict=True)
    )
    settled = [
        (unit, owner, Occupancy(**_place(unit), kind=OccupancyKind.OWNER_OCCUPIED, head=owner, during=(moved, None)))
        for unit, owner in zip(units, owners, strict=True)
        if (moved := since + timedelta(days=chance.randrange(600))) and chance.random() > EMPTY
    ]
    Occupancy.objects.bulk_create(occupancy for _unit, _owner, occupancy in settled)
    households = {owner.pk: occupancy for _unit, owner, occupancy in settled}
    PartyRole.objects.bulk_create(
        PartyRole(
            **_place(unit),
            party=owner,
            role=RoleKind.OWNER,
            share=1,
            during=(since, None),
            occupancy=households.get(owner.pk),
        )
        for unit, owner in zip(units, owners, strict=True)
    )


def _settle_named(unit: Unit, entry: dict[str, Any], cast: Cast, since: date) -> None:
    by = cast["wangguanjia"]
    place: dict[str, Any] = {"by": by, "project": unit.project, "unit": unit, "since": since}
    phones = (entry["phone"],) if entry["phone"] else ()
    owner = create_party(name=entry["owner"], role=RoleKind.OWNER, phones=phones, **place)
    moved = since + FIRST_WEEKS
    if "shared" in entry:
        for name, phone in entry["shared"]:
            tenant = create_party(name=name, phones=(phone,), **place)
            register_move_in(unit, by=by, on=moved, kind=OccupancyKind.LEASED, head=tenant, is_shared=True)
    elif "tenant" in entry:
        name, phone = entry["tenant"]
        tenant = create_party(name=name, phones=(phone,), **place)
        register_move_in(unit, by=by, on=moved, kind=OccupancyKind.LEASED, head=tenant)
    else:
        members = [
            Member(create_party(name=name, phones=(phone,) if phone else (), **place), RoleKind.FAMILY, relation)
            for name, relation, phone in entry.get("family", [])
        ]
        register_move_in(unit, by=by, on=moved, kind=OccupancyKind.OWNER_OCCUPIED, head=owner, members=members)
    if plate := entry.get("plate"):
        space = ParkingSpace.objects.filter(project=unit.project, unit=None, vehicles=None).order_by("code")[0]
        register_vehicle(owner, plate=plate, project=unit.project, unit=unit, parking_space=space, by=by, since=moved)
    if care := entry.get("care"):
        consent = read("company")["consent"]
        give_consent(
            owner, purpose=ConsentPurpose.CARE, by=by, text_version=consent["version"], channel=consent["channel"]
        )
        set_attribute(owner, kind=ProfileKind.CARE, value=care, source=consent["source"], by=by)
    if twin := entry.get("duplicate"):
        create_party(name=twin["name"], phones=(twin["phone"],), **place)


def _settle_tenants(cast: Cast, story: dict[str, Any], chance: random.Random, since: date) -> None:
    """Forty companies in the park; the largest have several units. Heads add up to 5,000."""
    by, project = cast["fangguanjia"], cast.projects["YQ"]
    free = iter(Unit.objects.filter(project=project).by_code())
    for name, heads in story["tenants"]:
        rented = [next(free) for _unit in range(3 if heads >= 200 else 2 if heads >= 100 else 1)]  # noqa: PLR2004
        moved = since + timedelta(days=chance.randrange(500))
        with clock_at(_morning(moved)):
            _rent(rented, name, heads, by=by, on=moved, contact=chance.choice(story["tenant_contact"]), chance=chance)


def _rent(
    rented: list[Unit], name: str, heads: int, *, by: User, on: date, contact: str, chance: random.Random
) -> None:
    place: dict[str, Any] = {"by": by, "project": rented[0].project, "unit": rented[0], "since": on}
    company = create_party(
        name=name, kind=PartyKind.COMPANY, phones=(f"0571-86{chance.randrange(10**6):06d}",), **place
    )
    create_party(name=f"{name}{contact}", phones=(f"+86133{chance.randrange(10**8):08d}",), relation=contact, **place)
    for position, unit in enumerate(rented):
        register_move_in(
            unit,
            by=by,
            on=on,
            kind=OccupancyKind.LEASED,
            head=company,
            leased_area_m2=unit.gross_area_m2,
            heads=heads if position == 0 else None,
        )


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


def _draw_balances(units: list[Unit], chance: random.Random, item: str) -> None:
    """Yesterday's list of the fee system: one household in fourteen owes one to six months."""
    as_of = timezone.localdate() - timedelta(days=1)
    owing = [unit for unit in units if chance.random() < 1 / 14 or unit.code == "2-1-301"]
    rows = []
    for unit in owing:
        months = 3 if unit.code == "2-1-301" else chance.randint(1, 6)
        amount = (unit.chargeable_area_m2 or Decimal(0)) * months * MONTHLY_FEE
        rows.append(BalanceSnapshot(**_place(unit), item=item, months=months, amount=to_fen(amount), as_of=as_of))
    BalanceSnapshot.objects.bulk_create(rows)


def _place(unit: Unit) -> dict[str, Any]:
    return {
        "project_id": unit.project_id,
        "building_id": unit.building_id,
        "entrance_id": unit.entrance_id,
        "unit": unit,
    }
