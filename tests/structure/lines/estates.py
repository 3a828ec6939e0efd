from gongying.estates.models import CommonFacility, ParkingSpace
from tests.structure.url_matrix import Sample, api

OBJECTS = {
    "unit": lambda sample: sample.unit,
    "project": lambda sample: sample.unit.project,
    "building": lambda sample: sample.unit.building,
    "entrance": lambda sample: sample.unit.entrance,
    "space": lambda sample: ParkingSpace.objects.create(code="P1", ownership_kind="owned", **_place(sample)),
    "facility": lambda sample: CommonFacility.objects.create(kind="lift", name="1#", **_place(sample)),
}


def _place(sample: Sample) -> dict[str, object]:
    unit = sample.unit
    return {"project": unit.project, "building": unit.building, "entrance": unit.entrance}


LINES = [
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
