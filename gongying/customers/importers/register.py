"""What the register holds of a project already, read once for a whole import."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from gongying.customers.enums import ContactKind, RoleKind
from gongying.customers.models import ContactPoint, Occupancy, Party, PartyRole, Vehicle
from gongying.estates.models import Building, Entrance, Floor, Project, Unit, natural_key
from gongying.estates.room_codes import RoomCode
from gongying.imports.importers import Draft, new_row

CHUNK: Final = 5000
Item = TypeVar("Item")


class PlaceRegister:
    """Buildings, entrances, floors and units of one project; what is missing is planned into the draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.project = Project.objects.get(pk=draft.project_id)
        self.buildings = {building.number: building for building in self.project.buildings.all()}
        by_id = {building.pk: building for building in self.buildings.values()}
        self.entrances: dict[tuple[str, str], Entrance] = {}
        for entrance in Entrance.objects.filter(building__in=by_id):
            self.entrances[by_id[entrance.building_id].number, entrance.number] = entrance
        self.floors = {
            (by_id[floor.building_id].number, floor.level): floor for floor in Floor.objects.filter(building__in=by_id)
        }
        self.units: dict[str, Unit] = {}

    def places(self) -> dict[str, set[str]]:
        """The entrances of each building, as `read_room_code` asks for them."""
        places: dict[str, set[str]] = {number: set() for number in self.buildings}
        for building, entrance in self.entrances:
            places[building].add(entrance)
        return places

    def load_units(self, codes: Collection[str]) -> None:
        for some in chunks(sorted(codes)):
            self.units |= {unit.code: unit for unit in Unit.objects.filter(project=self.project, code__in=some)}

    def building(self, number: str) -> Building:
        if number not in self.buildings:
            building = Building(project=self.project, number=number, sort_key=natural_key(number))
            self.buildings[number] = self.draft.create(building)
        return self.buildings[number]

    def entrance(self, building: str, number: str) -> Entrance | None:
        if not number:
            return None
        if (building, number) not in self.entrances:
            entrance = Entrance(building=self.building(building), number=number, sort_key=natural_key(number))
            self.entrances[building, number] = self.draft.create(entrance)
        return self.entrances[building, number]

    def floor(self, code: RoomCode) -> Floor | None:
        if code.floor is None:
            return None
        if (code.building, code.floor) not in self.floors:
            floor = Floor(building=self.building(code.building), level=code.floor)
            self.floors[code.building, code.floor] = self.draft.create(floor)
        return self.floors[code.building, code.floor]

    def new_unit(self, code: RoomCode) -> Unit:
        unit = new_row(
            Unit,
            project=self.project,
            building=self.building(code.building),
            entrance=self.entrance(code.building, code.entrance),
            floor=self.floor(code),
            unit_no=code.room,
            code=str(code),
        )
        self.units[unit.code] = self.draft.create(unit)
        return unit


class PeopleRegister:
    """Who is known already: by number, by identity number, and as the people of a unit today."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.by_phone: dict[str, list[Party]] = defaultdict(list)
        self.by_id_number: dict[str, Party] = {}
        self.roles: dict[int, list[PartyRole]] = defaultdict(list)
        self.occupied: set[int] = set()
        self.plates: set[str] = set()
        self._parties: dict[int, Party] = {}
        self._phones: dict[int, set[str]] = defaultdict(set)

    def load(self, *, units: Iterable[Unit], phones: Collection[str], id_numbers: Collection[str]) -> None:
        for some in chunks([unit.pk for unit in units]):
            for role in PartyRole.objects.current().filter(unit__in=some).select_related("party"):
                role.party = self._one(role.party)
                self.roles[role.unit_id or 0].append(role)
            self.occupied |= set(Occupancy.objects.current().filter(unit__in=some).values_list("unit_id", flat=True))
        # Only files that the importing person may see are compared: an import is no way round the territories.
        seen = Party.objects.visible_to(self.draft.by).live()
        points = ContactPoint.objects.filter(kind=ContactKind.PHONE)
        for some_phones in chunks(sorted(phones)):
            for point in points.filter(value__in=some_phones, party__in=seen).select_related("party"):
                self.by_phone[point.value].append(self._one(point.party))
        for some_numbers in chunks(sorted(id_numbers)):
            self.by_id_number |= {
                party.id_number: self._one(party) for party in seen.filter(id_number__in=some_numbers)
            }
        for some in chunks(list(self._parties)):
            for party_id, value in points.filter(party__in=some).values_list("party_id", "value"):
                self._phones[id(self._parties[party_id])].add(value)

    def load_plates(self, plates: Collection[str], project: Project) -> None:
        for some in chunks(sorted(plates)):
            vehicles = Vehicle.objects.current().filter(project=project, plate__in=some)
            self.plates |= set(vehicles.values_list("plate", flat=True))

    def people_of(self, unit: Unit, role: RoleKind) -> list[Party]:
        return [held.party for held in self.roles.get(unit.pk, ()) if held.role == role] if unit.pk else []

    def phones_of(self, party: Party) -> set[str]:
        """By the object, not its key: planned parties have none yet."""
        return self._phones[id(party)]

    def _one(self, party: Party) -> Party:
        """One object per row, so that changes of it meet."""
        return self._parties.setdefault(party.pk, party)


def chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while some := list(islice(iterator, CHUNK)):
        yield some
