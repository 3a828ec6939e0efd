from gongying.estates.models import CommonFacility, Floor, ParkingSpace
from tests.structure.url_matrix import Line, Sample, action, api, page

OBJECTS = {
    "unit": lambda sample: sample.unit,
    "project": lambda sample: sample.unit.project,
    "building": lambda sample: sample.unit.building,
    "entrance": lambda sample: sample.unit.entrance,
    "space": lambda sample: ParkingSpace.objects.create(code="P1", ownership_kind="owned", **_place(sample)),
    "floor": lambda sample: Floor.objects.create(building=sample.unit.building, level=3),
    "facility": lambda sample: CommonFacility.objects.create(kind="lift", name="1#", **_place(sample)),
}


def _place(sample: Sample) -> dict[str, object]:
    unit = sample.unit
    return {"project": unit.project, "building": unit.building, "entrance": unit.entrance}


PROPERTY = "estates.manage_property"
PROJECT = "estates.manage_project"
# The matrix' staff serve one part of the project; what concerns the whole of it is for those who serve the whole.
WHOLE = {"page": {"allowed": (200, 403)}, "action": {"allowed": (302, 403, 422)}}


def _kept(kind: str, key: str, *, whole: bool = False, needs: str = PROPERTY) -> list[Line]:
    """Change and delete a kind of place."""
    more = WHOLE if whole else {"page": {}, "action": {}}
    # In use, or free to go: both are answers to somebody who may.
    gone = {"allowed": (302, 403, 409) if whole else (302, 409)}
    return [
        page(f"estates:{kind}-edit", pk=key, needs=needs, **more["page"]),
        action(f"estates:{kind}-edit", pk=key, needs=needs, **more["action"]),
        action(f"estates:{kind}-destroy", pk=key, needs=needs, **gone),
    ]


def _added(kind: str, parent: str, *, whole: bool = False) -> list[Line]:
    more = WHOLE if whole else {"page": {}, "action": {}}
    return [
        page(f"estates:{kind}-create", parent_id=parent, needs=PROPERTY, **more["page"]),
        action(f"estates:{kind}-create", parent_id=parent, needs=PROPERTY, **more["action"]),
    ]


LINES = [
    page("estates:project-index"),
    page("estates:project-show", pk="project"),
    page("estates:building-show", pk="building"),
    page("estates:facility-index"),
    page("estates:facility-show", pk="facility"),
    page("estates:parking-space-index"),
    page("estates:project-create", needs=PROJECT, allowed=(200, 403)),
    page("estates:settings-update", pk="project", needs=PROJECT, **WHOLE["page"]),
    action("estates:settings-update", pk="project", needs=PROJECT, **WHOLE["action"]),
    *_kept("project", "project", whole=True, needs=PROJECT),
    *_added("building", "project", whole=True),
    *_kept("building", "building"),
    *_added("entrance", "building"),
    *_kept("entrance", "entrance"),
    *_added("floor", "building"),
    *_kept("floor", "floor"),
    *_added("unit", "building"),
    *_kept("unit", "unit"),
    *_added("parking-space", "project", whole=True),
    *_kept("parking-space", "space"),
    *_added("facility", "project", whole=True),
    *_kept("facility", "facility"),
    api("GET /projects"),
    api("GET /projects/{project_id}", project_id="project"),
    api("GET /buildings"),
    api("GET /buildings/{building_id}", building_id="building"),
    api("GET /buildings/{building_id}/floors", building_id="building"),
    api("GET /entrances"),
    api("GET /entrances/{entrance_id}", entrance_id="entrance"),
    api("GET /units"),
    api("GET /units/{unit_id}", unit_id="unit"),
    api("GET /units/{unit_id}/stewards", unit_id="unit"),
    api("GET /parking-spaces"),
    api("GET /parking-spaces/{space_id}", space_id="space"),
    api("GET /facilities"),
    api("GET /facilities/{facility_id}", facility_id="facility"),
]
