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


def a_project(_sample: Sample) -> dict[str, object]:
    return {"code": "XZ", "name": "新建小区", "kind": "residential"}


def a_building(sample: Sample) -> dict[str, object]:
    return {"project_id": sample.unit.project_id, "number": "88"}


def an_entrance(sample: Sample) -> dict[str, object]:
    return {"building_id": sample.unit.building_id, "number": "8"}


def a_floor(sample: Sample) -> dict[str, object]:
    return {"building_id": sample.unit.building_id, "level": 8}


def a_unit(sample: Sample) -> dict[str, object]:
    return {"building_id": sample.unit.building_id, "unit_no": "808"}


def a_space(sample: Sample) -> dict[str, object]:
    return {"project_id": sample.unit.project_id, "code": "B1-001", "ownership_kind": "owned"}


def a_facility(sample: Sample) -> dict[str, object]:
    return {"project_id": sample.unit.project_id, "kind": "lift", "name": "2#"}


def _api_writes(
    kind: str,
    path: str,
    argument: str,
    body: object,
    *,
    whole: bool = False,
    kept: bool | None = None,
    needs: str = PROPERTY,
) -> list[Line]:
    """`whole`: adding one is for those who serve the whole project; `kept`: so is changing it."""
    kept = whole if kept is None else kept
    apart = (403,) if kept else ()
    one = {argument: kind, "needs": needs}
    return [
        api(f"POST {path}", needs=needs, data=body, allowed=(201, 403) if whole else (201,)),
        api(f"PATCH {path}/{{{argument}}}", data={"version": 1}, allowed=(200, *apart), **one),
        api(f"DELETE {path}/{{{argument}}}", data={}, allowed=(204, 409, *apart), **one),
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
    *_api_writes("project", "/projects", "project_id", a_project, whole=True, needs=PROJECT),
    api("GET /projects/{project_id}/settings", project_id="project"),
    api(
        "PATCH /projects/{project_id}/settings",
        project_id="project",
        needs=PROJECT,
        data={"version": 1, "service_hours": "8-20"},
        allowed=(200, 403),
        reason="the whole project is for those who serve the whole",
    ),
    *_api_writes("building", "/buildings", "building_id", a_building, whole=True, kept=False),
    *_api_writes("entrance", "/entrances", "entrance_id", an_entrance),
    *_api_writes("floor", "/floors", "floor_id", a_floor),
    *_api_writes("unit", "/units", "unit_id", a_unit),
    *_api_writes("space", "/parking-spaces", "space_id", a_space, whole=True, kept=False),
    *_api_writes("facility", "/facilities", "facility_id", a_facility, whole=True, kept=False),
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
