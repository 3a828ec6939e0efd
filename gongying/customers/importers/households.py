"""Owner lists: units with their owners, tenants, families, numbers and cars."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from typing import ClassVar

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.customers.enums import OccupancyKind, PartyKind, RoleKind
from gongying.customers.importers.headers import DATA
from gongying.customers.importers.household_rows import (
    LEAVE_OUT,
    VACANT,
    HouseholdRow,
    Person,
    read_household,
)
from gongying.customers.importers.register import PeopleRegister, PlaceRegister
from gongying.customers.importers.told import told
from gongying.customers.importers.written_shares import settled
from gongying.customers.models import ContactPoint, Occupancy, Party, PartyRole, Vehicle
from gongying.customers.written_people import is_agency_name, is_company_name
from gongying.estates.enums import AreaSource
from gongying.estates.models import Unit
from gongying.estates.room_codes import RoomCode
from gongying.estates.row_codes import read_codes
from gongying.imports.complaints import Unreadable
from gongying.imports.enums import FindingKind
from gongying.imports.importers import Draft, Importer, ImportOption, MappedRow, new_row, read_fields


class UnitImporter(Importer):
    key: ClassVar = "customers.units"
    label: ClassVar = gettext_lazy("Units, owners and tenants")
    description: ClassVar = gettext_lazy(
        "An owner list as the office keeps it: one line per unit, or one per owner with the unit's cell merged; one sheet per"
        " building is fine. Missing buildings, entrances and floors are created."
    )
    permission: ClassVar = "customers.edit_files"
    fields: ClassVar = read_fields(
        DATA / "unit_headers.json",
        {
            "building": gettext_lazy("Building"),
            "entrance": gettext_lazy("Entrance"),
            "room": gettext_lazy("Room"),
            "use": gettext_lazy("Use"),
            "state": gettext_lazy("State of delivery"),
            "gross_area": gettext_lazy("Gross floor area"),
            "chargeable_area": gettext_lazy("Chargeable area"),
            "occupancy": gettext_lazy("Occupancy"),
            "owner": gettext_lazy("Owners"),
            "owner_phone": gettext_lazy("Owners' phones"),
            "owner_id": gettext_lazy("Owner's identity number"),
            "share": gettext_lazy("Owners' shares"),
            "owner_since": gettext_lazy("Owner since"),
            "tenant": gettext_lazy("Tenants"),
            "tenant_phone": gettext_lazy("Tenants' phones"),
            "tenant_since": gettext_lazy("Lease from"),
            "tenant_until": gettext_lazy("Lease until"),
            "family": gettext_lazy("Family members"),
            "plates": gettext_lazy("Number plates"),
            "note": gettext_lazy("Note"),
        },
        required=frozenset({"room"}),
    )
    options: ClassVar = (
        ImportOption(
            "area_source",
            gettext_lazy("Areas come from"),
            [(source.value, source.label) for source in AreaSource],
        ),
        ImportOption(
            "phones",
            gettext_lazy("Numbers that cannot be read"),
            [("refuse", gettext_lazy("are errors")), (LEAVE_OUT, gettext_lazy("are left out and reported"))],
        ),
    )

    def plan(self, rows: Sequence[MappedRow], draft: Draft) -> None:
        places = PlaceRegister(draft)
        codes = read_codes(rows, places.places(), draft)
        households = _gather(rows, codes, draft)
        places.load_units([str(code) for code in households])
        people = _load_people(households, places, draft)
        planner = HouseholdPlanner(draft, places, people)
        total = len(households)
        for done, code in enumerate(list(households), start=1):
            planner.plan(code, households.pop(code))  # what is planned need not be kept as it was read
            draft.report_progress(done, total)


def _gather(rows: Sequence[MappedRow], codes: Sequence[RoomCode | None], draft: Draft) -> dict[RoomCode, HouseholdRow]:
    """One household per unit. A unit may take several lines only where its cell is merged over them (R-030)."""
    households: dict[RoomCode, HouseholdRow] = {}
    for row, code in zip(rows, codes, strict=True):
        household = read_household(row, draft)
        if code is None:
            continue
        first = households.setdefault(code, household)
        if first is household:
            continue
        if row.is_merged_with_above("room"):
            first.join(household)
        else:
            sentence = _("Unit %(code)s stands in row %(row)s already.")
            draft.error(row, "room", sentence % {"code": code, "row": _place(first.row)})
    return households


def _place(row: MappedRow) -> str:
    return f"{row.record.sheet} {row.record.row}".strip()


def _load_people(households: dict[RoomCode, HouseholdRow], places: PlaceRegister, draft: Draft) -> PeopleRegister:
    people = PeopleRegister(draft)
    everyone = [person for household in households.values() for person in _everyone(household)]
    people.load(
        units=places.units.values(),
        phones={phone.value for person in everyone for phone in person.phones},
        id_numbers={person.id_number for person in everyone if person.id_number},
    )
    people.load_plates({plate for household in households.values() for plate in household.plates}, places.project)
    return people


def _everyone(household: HouseholdRow) -> Iterable[Person]:
    return (*household.owners, *household.tenants, *household.family)


class HouseholdPlanner:
    """Plans one unit after the other, each once; knows which people the earlier ones of the same file planned."""

    def __init__(self, draft: Draft, places: PlaceRegister, people: PeopleRegister) -> None:
        self.draft = draft
        self.places = places
        self.people = people
        self.today = timezone.localdate()
        self.planned: dict[RoleKind, list[Party]] = {}  # of the present unit

    def plan(self, code: RoomCode, household: HouseholdRow) -> None:
        self.planned.clear()
        before, created = self.draft.extent, self.draft.created_so_far
        unit = self.places.units.get(str(code))
        is_new = unit is None
        unit = unit or self.places.new_unit(code)
        self._set_values(unit, household, is_new=is_new)
        self._plan_people(unit, household)
        self._plan_plates(unit, household)
        self._plan_note(unit, household)
        if new := self.draft.created_since(created):
            self.draft.find(FindingKind.CREATED, household.row, partial(told, unit, new))
        elif self.draft.extent == before:
            self.draft.find(
                FindingKind.SKIPPED, household.row, _("%(code)s is in the register already.") % {"code": code}
            )

    def _set_values(self, unit: Unit, household: HouseholdRow, *, is_new: bool) -> None:
        if is_new:
            for name, value in household.unit_values.items():
                setattr(unit, name, value)
            return
        values = dict(household.unit_values)
        if values.get("gross_area_m2", unit.gross_area_m2) == unit.gross_area_m2:
            values.pop("area_source", None)  # the same area says nothing new about its source
        if self.draft.change(unit, **values):
            self.draft.find(FindingKind.CHANGED, household.row, f"{unit.code}: {self.draft.changes[unit].in_words()}")

    def _plan_people(self, unit: Unit, household: HouseholdRow) -> None:
        owners = self._owners(unit, household)
        tenants = self._tenants(unit, household)
        occupancy = self._occupancy(unit, household, owners, tenants)
        lives_here = occupancy if not tenants else None
        self._enter_owners(unit, household, owners, lives_here)
        for party in tenants:
            self._enter(unit, party, RoleKind.TENANT, _lease(household), occupancy)
        family = [self._party(person, unit, household) for person in household.family] if occupancy else []
        for person, party in zip(household.family, family, strict=False):
            if party not in (*owners, *tenants):
                self._enter(unit, party, RoleKind.FAMILY, _since(None), occupancy, relation=person.relation)

    def _owners(self, unit: Unit, household: HouseholdRow) -> list[Party]:
        """The owners to enter; none where the register names owners already: a sale is entered as one, not imported."""
        known = self.people.people_of(unit, RoleKind.OWNER)
        if not known:
            return self._parties(household.owners, unit, household)
        self._complete(known, household.owners, unit, household, "owner")
        return []

    def _tenants(self, unit: Unit, household: HouseholdRow) -> list[Party]:
        known = self.people.people_of(unit, RoleKind.TENANT)
        if unit.pk and unit.pk in self.people.occupied and household.tenants:
            self._complete(known, household.tenants, unit, household, "tenant")
            return []
        if household.tenant_until and household.tenant_until <= self.today:
            if household.tenants:
                self.draft.find(FindingKind.SKIPPED, household.row, _("The lease has ended."), "tenant_until")
            return []
        return self._parties(household.tenants, unit, household)

    def _complete(
        self, known: list[Party], persons: list[Person], unit: Unit, household: HouseholdRow, column: str
    ) -> None:
        """Add numbers to people the unit has already; say of others that they are not entered."""
        by_key = {party.name_key: party for party in known}
        for person in persons:
            party = by_key.get(person.key)
            if party is not None:
                self._add_phones(party, person)
                continue
            sentence = _("%(unit)s has %(known)s already; %(name)s is not entered. Record a move or a sale instead.")
            names = ", ".join(other.name for other in known) or _("another household")
            values = {"unit": unit.code, "known": names, "name": person.name}
            self.draft.find(FindingKind.SKIPPED, household.row, sentence % values, column)

    def _parties(self, persons: list[Person], unit: Unit, household: HouseholdRow) -> list[Party]:
        parties: list[Party] = []
        for person in persons:
            party = self._party(person, unit, household)
            if not any(party is other for other in parties):
                parties.append(party)
        return parties

    def _party(self, person: Person, unit: Unit, household: HouseholdRow) -> Party:
        """The known party that the person is — same identity number, or same name and a common number — or a new one."""
        known = self.people.by_id_number.get(person.id_number) if person.id_number else None
        for phone in person.phones:
            known = known or next(
                (p for p in self.people.by_phone.get(phone.value, ()) if p.name_key == person.key), None
            )
        if known is None:
            self._propose_duplicates(person, household)
            known = self._new_party(person)
        self._add_phones(known, person)
        return known

    def _new_party(self, person: Person) -> Party:
        party = new_row(Party, name=person.name, kind=_party_kind(person.name), id_number=person.id_number)
        party.name_key = person.key  # the other keys are derived when the row is written
        if person.id_number:
            self.people.by_id_number[person.id_number] = party
        return self.draft.create(party)

    def _add_phones(self, party: Party, person: Person) -> None:
        known = self.people.phones_of(party)
        for phone in person.phones:
            if phone.value not in known:
                known.add(phone.value)
                self.people.by_phone[phone.value].append(party)
                self.draft.create(new_row(ContactPoint, party=party, value=phone.value, is_dialable=phone.is_dialable))

    def _propose_duplicates(self, person: Person, household: HouseholdRow) -> None:
        for phone in person.phones:
            for other in self.people.by_phone.get(phone.value, ()):
                sentence = _(
                    "The number …%(tail)s of %(name)s is also that of %(other)s. Perhaps they are the same person."
                )
                values = {"tail": phone.last_four, "name": person.name, "other": other.name}
                self.draft.find(FindingKind.DUPLICATE, household.row, sentence % values, "owner_phone")

    def _occupancy(
        self, unit: Unit, household: HouseholdRow, owners: list[Party], tenants: list[Party]
    ) -> Occupancy | None:
        if (unit.pk and unit.pk in self.people.occupied) or (household.occupancy == VACANT and not tenants):
            return None
        if tenants or household.occupancy in (OccupancyKind.LEASED, OccupancyKind.LENT):
            kind = OccupancyKind.LENT if household.occupancy == OccupancyKind.LENT else OccupancyKind.LEASED
            during, head = _lease(household), tenants[0] if tenants else None
        elif owners:
            kind, during, head = OccupancyKind.OWNER_OCCUPIED, _since(household.owner_since), owners[0]
        else:
            return None
        return self.draft.create(new_row(Occupancy, **_place_of(unit), kind=kind, head=head, during=during))

    def _enter_owners(
        self, unit: Unit, household: HouseholdRow, owners: list[Party], lives_here: Occupancy | None
    ) -> None:
        relations = {person.key: person.relation for person in household.owners}
        for party, share in zip(owners, self._shares(owners, household), strict=True):
            relation = relations.get(party.name_key, "")
            during = _since(household.owner_since)
            self._enter(unit, party, RoleKind.OWNER, during, lives_here, relation=relation, share=share)

    def _shares(self, owners: list[Party], household: HouseholdRow) -> list[Decimal]:
        """As written, equal where nothing is."""
        written = {person.key: person.share for person in household.owners}
        try:
            return settled([written.get(party.name_key) for party in owners]) if owners else []
        except Unreadable as complaint:
            self.draft.error(household.row, "share", str(complaint))
            return settled([None] * len(owners))

    def _enter(
        self,
        unit: Unit,
        party: Party,
        role: RoleKind,
        during: DateRange,
        occupancy: Occupancy | None,
        *,
        relation: str = "",
        share: Decimal | None = None,
    ) -> None:
        self.planned.setdefault(role, []).append(party)
        self.draft.create(
            new_row(
                PartyRole,
                **_place_of(unit),
                party=party,
                role=role,
                during=during,
                occupancy=occupancy,
                relation=relation,
                share=share,
            )
        )

    def _plan_plates(self, unit: Unit, household: HouseholdRow) -> None:
        if not household.plates:
            return
        keeper = self._keeper(unit, household)
        for plate in household.plates:
            if plate in self.people.plates:
                sentence = _("The car %(plate)s is in the register already.") % {"plate": plate}
                self.draft.find(FindingKind.SKIPPED, household.row, sentence, "plates")
            elif keeper is None:
                self.draft.error(household.row, "plates", _("Nobody is named whose car this is."))
            else:
                self.people.plates.add(plate)
                self.draft.create(new_row(Vehicle, **_place_of(unit), plate=plate, party=keeper, during=_since(None)))

    def _plan_note(self, unit: Unit, household: HouseholdRow) -> None:
        """A remark of the list goes into the file of whom it speaks of most likely: who lives there, else who owns it."""
        if not household.note:
            return
        keeper = self._keeper(unit, household)
        named = {person.key for person in _everyone(household)}
        if keeper is None or (named and keeper.name_key not in named):
            self.draft.find(FindingKind.SKIPPED, household.row, _("Nobody is named whom this note is about."), "note")
        elif not keeper.note:
            if keeper.pk:
                self.draft.change(keeper, note=household.note)
                sentence = f"{keeper.name}: {self.draft.changes[keeper].in_words()}"
                self.draft.find(FindingKind.CHANGED, household.row, sentence)
            else:
                keeper.note = household.note
        elif keeper.note != household.note:
            sentence = _("%(name)s has another note already, which is kept.") % {"name": keeper.name}
            self.draft.find(FindingKind.SKIPPED, household.row, sentence, "note")

    def _keeper(self, unit: Unit, household: HouseholdRow) -> Party | None:
        """The tenant, else the first owner: planned just now, or known."""
        for role in (RoleKind.TENANT, RoleKind.OWNER):
            planned = self.planned.get(role, [])
            if found := planned + self.people.people_of(unit, role):
                return found[0]
        return None


def _party_kind(name: str) -> PartyKind:
    if is_company_name(name):
        return PartyKind.COMPANY
    return PartyKind.AGENCY if is_agency_name(name) else PartyKind.PERSON


def _place_of(unit: Unit) -> dict[str, object]:
    return {"project": unit.project, "building": unit.building, "entrance": unit.entrance, "unit": unit}


@lru_cache(maxsize=1000)
def _since(day: date | None) -> DateRange:
    """Open towards the past where the file does not say since when: unknown is not the day of the import."""
    return DateRange(day, None)


def _lease(household: HouseholdRow) -> DateRange:
    return DateRange(household.tenant_since, household.tenant_until)
