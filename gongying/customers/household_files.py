"""Everything the household's page shows, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Value

from gongying.common.permissions import may
from gongying.customers.completeness import Gap, score
from gongying.customers.enums import ContactKind, ProfileKind, RoleKind
from gongying.customers.models import (
    BalanceSnapshot,
    Consent,
    ContactPoint,
    ContactPreference,
    Occupancy,
    Party,
    PartyRole,
    ProfileAttribute,
    Vehicle,
)
from gongying.customers.models.balances import Arrears
from gongying.customers.models.hanging import hanging_on
from gongying.estates.models import Unit
from gongying.estates.stewards import stewards_of

CONSENT = "consent"


@dataclass(frozen=True)
class Fact:
    """A care note, an age band, or that somebody consented to something."""

    party: Party
    kind: str
    value: str


@dataclass
class Person:
    """Somebody of a unit with all her roles there; the most important one first."""

    party: Party
    roles: list[PartyRole] = field(default_factory=list)
    points: list[ContactPoint] = field(default_factory=list)
    is_head: bool = False
    lives_here: bool = False

    @property
    def role(self) -> PartyRole:
        return self.roles[0]

    @property
    def phone(self) -> ContactPoint | None:
        """The number to show in the head: one that can be dialled, else a masked one."""
        phones = [point for point in self.points if point.kind == ContactKind.PHONE]
        return next((point for point in phones if point.is_dialable), phones[0] if phones else None)


@dataclass
class HouseholdFile:
    """What the page shows. Empty lists where nobody lives or owns there."""

    spells: list[Occupancy]
    history: list[Occupancy]
    people: list[Person]
    vehicles: list[Vehicle]
    stewards: list[Any]
    preferences: list[ContactPreference]
    care: list[Fact]
    owed: Arrears | None
    gaps: list[Gap]

    @property
    def spell(self) -> Occupancy | None:
        """Who lives there now; the first of several in a shared flat."""
        return self.spells[0] if self.spells else None

    @property
    def score(self) -> int:
        return score(self.gaps)


def read_household(unit: Unit, user: Any) -> HouseholdFile:
    """What this user may see of a unit that she may see."""
    history = list(Occupancy.objects.of_unit(unit).select_related("head"))
    spells = [spell for spell in history if spell.is_current]
    people = people_of([unit], spells)[unit.pk]
    hanging = hanging_on(unit)
    profile = _profile(people) if hanging.profile else []
    sees_balances = may(user, "customers.view_balances")
    return HouseholdFile(
        spells=spells,
        history=history,
        people=people,
        vehicles=_vehicles(unit) if hanging.vehicles else [],
        stewards=stewards_of(unit.place),
        preferences=_preferences(spells) if hanging.preferences else [],
        care=[each for each in profile if each.kind == ProfileKind.CARE] if may(user, "customers.view_profile") else [],
        owed=BalanceSnapshot.objects.owed_by(unit) if sees_balances and hanging.balances else None,
        gaps=_gaps(unit, people, profile),
    )


def people_of(units: Iterable[Unit], spells: Iterable[Occupancy]) -> dict[int, list[Person]]:
    """Who has to do with each unit today, owners and users first; two queries for any number of units."""
    heads = {spell.head_id for spell in spells}
    living = {spell.pk for spell in spells}
    found: dict[int, dict[int, Person]] = defaultdict(dict)
    roles = PartyRole.objects.current().living().filter(unit__in=[unit.pk for unit in units]).select_related("party")
    for role in roles.ranked():
        person = found[role.unit_id].setdefault(role.party_id, Person(role.party))
        person.roles.append(role)
        person.is_head = role.party_id in heads
        person.lives_here = person.lives_here or role.occupancy_id in living
    points: dict[int, list[ContactPoint]] = defaultdict(list)
    parties = {pk for people in found.values() for pk in people}
    for point in ContactPoint.objects.filter(party__in=parties).order_by("pk"):
        points[point.party_id].append(point)
    for people in found.values():
        for person in people.values():
            person.points = points[person.party.pk]
    return defaultdict(list, {pk: list(people.values()) for pk, people in found.items()})


def _vehicles(unit: Unit) -> list[Vehicle]:
    rows = Vehicle.objects.current().filter(unit=unit).select_related("party", "parking_space").order_by("pk")
    return list(rows.only("plate", "description", "party__name", "parking_space__code"))


def _preferences(spells: list[Occupancy]) -> list[ContactPreference]:
    rows = ContactPreference.objects.filter(occupancy__in=[spell.pk for spell in spells]).order_by("pk")
    return list(rows.select_related("contact_point__party").only("purpose", "contact_point__party__name"))


def _profile(people: list[Person]) -> list[Fact]:
    """Care notes and age bands, which rest on consent (withdrawing it removes them), and the consents: in one statement."""
    parties = {person.party.pk: person.party for person in people}
    kinds = [ProfileKind.CARE, ProfileKind.AGE_BAND]
    attributes = ProfileAttribute.objects.filter(party__in=parties, kind__in=kinds)
    consents = Consent.objects.in_force().filter(party__in=parties)
    rows = attributes.values_list("pk", "party_id", "kind", "value").union(
        consents.values_list("pk", "party_id", Value(CONSENT), Value("")), all=True
    )
    return [Fact(parties[party], kind, value) for _pk, party, kind, value in rows.order_by("pk")]


def _gaps(unit: Unit, people: list[Person], profile: list[Fact]) -> list[Gap]:
    """`completeness.known`, from what was read for the page anyway."""
    told = {fact.kind for fact in profile}
    known = {
        Gap.PHONE: any(person.phone is not None and person.phone.is_dialable for person in people),
        Gap.OWNER: any(role.role == RoleKind.OWNER for person in people for role in person.roles),
        Gap.AREA: unit.gross_area_m2 is not None,
        Gap.AGE: ProfileKind.AGE_BAND in told,
        Gap.CONSENT: CONSENT in told,
    }
    return [gap for gap in Gap if not known[gap]]
