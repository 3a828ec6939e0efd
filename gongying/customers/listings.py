"""The lists of this app: what their filters mean, and what is written when they are exported."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.inputs import id_in
from gongying.common.text import normalise
from gongying.customers.completeness import Gap, lacking
from gongying.customers.enums import ContactKind, OccupancyKind, RoleKind
from gongying.customers.household_files import Person, people_of
from gongying.customers.masking import masked_phone
from gongying.customers.models import BalanceSnapshot, ContactPoint, Occupancy, PartyRole, Vehicle
from gongying.customers.plates import plate_key
from gongying.estates.models import Unit
from gongying.imports.listings import Listing, ListingColumn, register_listing

VACANT = "vacant"
FILES = "customers.view_files"


def find_units(user: Any, filters: QueryDict) -> QuerySet[Unit]:
    """Households and empty units by project, building, kind of occupancy, what their file lacks, leases that end, arrears, and code."""
    units: QuerySet[Unit] = Unit.objects.visible_to(user).select_related("project", "building")
    units = _by_id(units, filters, "project", "building", "entrance")
    kind = filters.get("kind", "")
    spells = Occupancy.objects.current().filter(unit=OuterRef("pk"))
    if kind == VACANT:
        units = units.exclude(Exists(spells))
    elif kind in OccupancyKind.values:
        units = units.filter(Exists(spells.filter(kind=kind)))
    if (gap := filters.get("gap", "")) in Gap.values:
        units = lacking(units, gap)
    if filters.get("ending"):
        units = units.filter(Exists(Occupancy.objects.ending_soon().filter(unit=OuterRef("pk"))))
    if filters.get("owed"):
        units = units.filter(Exists(BalanceSnapshot.objects.latest().filter(unit=OuterRef("pk"), amount__gt=0)))
    if code := normalise(filters.get("q", ""))[:60]:
        units = units.filter(code__istartswith=code)
    return units


def find_parties(user: Any, filters: QueryDict) -> QuerySet[PartyRole]:
    """Roles of customers today: files by counterpart kind; one who is several things stands in several folders (R-049)."""
    roles: QuerySet[PartyRole] = (
        PartyRole.objects.visible_to(user).current().living().select_related("party", "unit", "project")
    )
    roles = _by_id(roles, filters, "project", "building")
    if filters.get("role") in RoleKind.values:
        roles = roles.filter(role=filters["role"])
    if name := normalise(filters.get("q", ""))[:100]:
        roles = roles.filter(party__name_key__contains=name)
    return roles


def find_vehicles(user: Any, filters: QueryDict) -> QuerySet[Vehicle]:
    vehicles: QuerySet[Vehicle] = (
        Vehicle.objects.visible_to(user).current().select_related("party", "unit", "project", "parking_space")
    )
    vehicles = _by_id(vehicles, filters, "project", "building")
    if plate := plate_key(filters.get("q", ""))[:12]:
        vehicles = vehicles.filter(plate__contains=plate)
    return vehicles


def _by_id(rows: QuerySet[Any], filters: QueryDict, *names: str) -> QuerySet[Any]:
    """Narrow by ids; what is no id finds nothing."""
    for name in names:
        if text := filters.get(name):
            rows = rows.filter(**{name: id_in(text) or 0})
    return rows


@dataclass(frozen=True)
class HouseholdRow:
    """A line of the list: the unit, who lives there, who belongs there."""

    unit: Unit
    spells: list[Occupancy]
    people: list[Person]


def household_rows(units: Iterable[Unit]) -> list[HouseholdRow]:
    """Three queries for any number of units."""
    units = list(units)
    spells: dict[int, list[Occupancy]] = defaultdict(list)
    rows = (
        Occupancy.objects.current().filter(unit__in=[unit.pk for unit in units]).select_related("head").order_by("pk")
    )
    for spell in rows:
        spells[spell.unit_id].append(spell)
    people = people_of(units, [spell for of_unit in spells.values() for spell in of_unit])
    return [HouseholdRow(unit, spells[unit.pk], people[unit.pk]) for unit in units]


def _units_to_write(user: Any, filters: QueryDict) -> QuerySet[Any]:
    """With kind and head of the present household beside each unit, in the same query."""
    spells = Occupancy.objects.current().filter(unit=OuterRef("pk")).order_by("pk")
    return find_units(user, filters).annotate(
        spell_kind=Subquery(spells.values("kind")[:1]), head_name=Subquery(spells.values("head__name")[:1])
    )


def _parties_to_write(user: Any, filters: QueryDict) -> QuerySet[Any]:
    phones = ContactPoint.objects.filter(kind=ContactKind.PHONE, party=OuterRef("party")).order_by("pk")
    return find_parties(user, filters).annotate(phone=Subquery(phones.values("value")[:1]))


def _spell_kind(unit: Any) -> str:
    return str(OccupancyKind(unit.spell_kind).label if unit.spell_kind else _("vacant"))


def register_listings() -> None:
    register_listing(
        Listing(
            key="units",
            label=_("Households"),
            permission=FILES,
            rows=_units_to_write,
            columns=[
                ListingColumn(_("project"), "project.name"),
                ListingColumn(_("unit"), "code"),
                ListingColumn(_("gross floor area (m²)"), "gross_area_m2"),
                ListingColumn(_("lives here as"), _spell_kind),
                ListingColumn(_("head of household or tenant"), "head_name"),
            ],
        )
    )
    register_listing(
        Listing(
            key="customers",
            label=_("Customers"),
            permission=FILES,
            rows=_parties_to_write,
            columns=[
                ListingColumn(_("name"), "party.name"),
                ListingColumn(_("kind"), "party.get_kind_display"),
                ListingColumn(pgettext_lazy("of a customer", "role"), "get_role_display"),
                ListingColumn(_("project"), "project.name"),
                ListingColumn(_("unit"), "unit.code"),
                # Masked: a file leaves the house more easily than a screen.
                ListingColumn(_("phone"), lambda role: masked_phone(role.phone or "")),
                ListingColumn(_("since"), "starts_on"),
            ],
        )
    )
    register_listing(
        Listing(
            key="vehicles",
            label=_("Vehicles"),
            permission=FILES,
            rows=find_vehicles,
            columns=[
                ListingColumn(_("plate"), "plate"),
                ListingColumn(_("description"), "description"),
                ListingColumn(_("unit"), "unit.code"),
                ListingColumn(_("keeper"), "party.name"),
                ListingColumn(_("parking space"), "parking_space.code"),
                ListingColumn(_("since"), "starts_on"),
            ],
        )
    )
