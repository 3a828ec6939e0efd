from gongying.estates.models import CommonFacility, Floor, ParkingSpace
from tests.structure.url_matrix import Sample, action, api, page

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
# A line's own corner is one building: the forms of a whole project need a territory that covers it, so nobody of the
# matrix gets in; `tests/estates/test_places.py` tries those.
WHOLE = ("project", "parking-space", "facility")

LINES = [
    page("estates:project-index"),
    page("estates:project-show", pk="project"),
    page("estates:building-show", pk="building"),
    page("estates:facility-index"),
    page("estates:facility-show", pk="facility"),
    page("estates:parking-space-index"),
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
