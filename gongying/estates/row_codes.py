"""Which unit each row of a file speaks of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from gongying.estates.models import Project, Unit
from gongying.estates.room_codes import (
    RoomCode,
    UnclearRoomCode,
    place_in_title,
    place_name,
    read_room_code,
)
from gongying.imports.cells import code_text
from gongying.imports.complaints import Unreadable
from gongying.imports.importers import Draft, MappedRow

LONGEST_BUILDING = 20
LONGEST_ROOM = 20
FIELDS = ("building", "entrance", "room")


def read_codes(rows: Sequence[MappedRow], places: Mapping[str, set[str]], draft: Draft) -> list[RoomCode | None]:
    """One code per row, None with an error where it is unclear. Buildings that the file itself names help to read digits."""
    known = {building: set(entrances) for building, entrances in places.items()}
    contexts = [_context(row) for row in rows]
    for building, entrance in contexts:
        if building:
            known.setdefault(building, set()).update([entrance] if entrance else [])
    only = next(iter(known)) if len(known) == 1 else ""
    return [
        _read(row, context, only=only, places=known, draft=draft) for row, context in zip(rows, contexts, strict=True)
    ]


def units_of(rows: Sequence[MappedRow], project: Project, draft: Draft) -> list[Unit | None]:
    """The unit of each row that names one, an error where the register does not know it."""
    named = [row for row in rows if row.has("room")]
    places: dict[str, set[str]] = defaultdict(set)
    for building in project.buildings.prefetch_related("entrances"):
        places[building.number] = {entrance.number for entrance in building.entrances.all()}
    codes = dict(zip(map(id, named), read_codes(named, places, draft), strict=True))
    units = (
        {unit.code: unit for unit in Unit.objects.filter(project=project).select_related("building", "entrance")}
        if named
        else {}
    )
    found: list[Unit | None] = []
    for row in rows:
        code = codes.get(id(row))
        unit = units.get(str(code)) if code else None
        if code and unit is None:
            draft.error(row, "room", _("Unit %(code)s is not in the register.") % {"code": code})
        found.append(unit)
    return found


def _context(row: MappedRow) -> tuple[str, str]:
    """What the row's columns, else the titles above it, say about building and entrance."""
    try:
        building = place_name(code_text(row.cell("building"))) if row.has("building") else ""
        entrance = place_name(code_text(row.cell("entrance"))) if row.has("entrance") else ""
    except Unreadable:  # said with its column when the row is read
        return "", ""
    for title in row.titles:
        titled_building, titled_entrance = place_in_title(title)
        building, entrance = building or titled_building, entrance or titled_entrance
    return building, entrance


def _read(
    row: MappedRow, context: tuple[str, str], *, only: str, places: Mapping[str, set[str]], draft: Draft
) -> RoomCode | None:
    building, entrance = context
    texts = {name: draft.read(row, name, code_text) for name in FIELDS}
    if any(texts[name] is None and row.has(name) for name in FIELDS):
        return None
    if not texts["room"]:
        draft.error(row, "room", _("The room is missing."))
        return None
    try:
        code = read_room_code(texts["room"], building=building, entrance=entrance, places=places)
    except UnclearRoomCode as complaint:
        draft.error(row, "room", str(complaint))
        return None
    if not code.building and only:
        code = RoomCode(code.room, code.entrance, only)
    if not code.building:
        draft.error(row, "room", _("It is not said which building %(code)s is in.") % {"code": code})
        return None
    if len(code.building) > LONGEST_BUILDING or len(code.entrance) > LONGEST_BUILDING or len(code.room) > LONGEST_ROOM:
        draft.error(
            row, "room", _("A building, entrance or room has at most %(limit)s characters.") % {"limit": LONGEST_ROOM}
        )
        return None
    return code
