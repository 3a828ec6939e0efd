from gongying.estates.models import TerritoryScope
from gongying.estates.operations import add_scope
from gongying.organization.models import Territory, TerritoryAssignment
from tests.structure.url_matrix import Sample, action, api, page


def a_scope(sample: Sample) -> TerritoryScope:
    return add_scope(
        sample.get("territory"), project=sample.unit.project, building=sample.unit.building, by=sample.user
    )


OBJECTS = {
    "territory": lambda _sample: Territory.objects.create(name="北区"),
    "scope": a_scope,
    "assignment": lambda _sample: TerritoryAssignment.objects.all()[0],
}
SEE = "organization.view_staff"
MANAGE = "organization.manage_territories"
NOWHERE = {"place": False}

UNCHANGED = {"data": {"version": 1}, "allowed": (200,)}
SOMETIME = {"on": "2070-01-01"}


def a_place_body(sample: Sample) -> dict[str, object]:
    return {"project_id": sample.unit.project_id, "building_id": sample.unit.building_id}


def another_territory(_sample: Sample) -> dict[str, object]:
    return {"to_id": Territory.objects.create(name="南区").pk, **SOMETIME}


def an_assignment_body(sample: Sample) -> dict[str, object]:
    return {"staff_id": sample.user.staff.pk, "since": "2069-01-01"}


LINES = [
    api("GET /territories", needs=SEE),
    api("POST /territories", needs=MANAGE, data={"name": "中区"}, allowed=(201,)),
    api("GET /territories/{territory_id}", territory_id="territory", needs=SEE, **NOWHERE),
    api("PATCH /territories/{territory_id}", territory_id="territory", needs=MANAGE, **UNCHANGED, **NOWHERE),
    api(
        "DELETE /territories/{territory_id}", territory_id="territory", needs=MANAGE, data={}, allowed=(204,), **NOWHERE
    ),
    api("GET /territories/{territory_id}/places", territory_id="territory", needs=SEE, **NOWHERE),
    api(
        "POST /territories/{territory_id}/places",
        territory_id="territory",
        needs=MANAGE,
        data=a_place_body,
        allowed=(201,),
        **NOWHERE,
    ),
    api(
        "GET /territory-places/{place_id}/move-preview",
        place_id="scope",
        needs=MANAGE,
        data=another_territory,
        **NOWHERE,
    ),
    api("POST /territory-places/{place_id}/move", place_id="scope", needs=MANAGE, data=another_territory, **NOWHERE),
    api(
        "POST /territory-places/{place_id}/end",
        place_id="scope",
        needs=MANAGE,
        data=SOMETIME,
        allowed=(204,),
        **NOWHERE,
    ),
    api("GET /territories/{territory_id}/assignments", territory_id="territory", needs=SEE, **NOWHERE),
    api(
        "POST /territories/{territory_id}/assignments",
        territory_id="territory",
        needs=MANAGE,
        data=an_assignment_body,
        allowed=(201,),
        **NOWHERE,
    ),
    api(
        "POST /territory-assignments/{assignment_id}/end",
        assignment_id="assignment",
        needs=MANAGE,
        data=SOMETIME,
        **NOWHERE,
    ),
    page("territories:territory-index", needs=SEE),
    page("territories:territory-new", needs=MANAGE),
    action("territories:territory-create", needs=MANAGE),
    page("territories:territory-show", territory_id="territory", needs=SEE, **NOWHERE),
    page("territories:territory-edit", territory_id="territory", needs=MANAGE, **NOWHERE),
    action("territories:territory-update", territory_id="territory", needs=MANAGE, **NOWHERE),
    action("territories:territory-destroy", territory_id="territory", needs=MANAGE, **NOWHERE),
    page("territories:scope-new", territory_id="territory", needs=MANAGE, **NOWHERE),
    action("territories:scope-create", territory_id="territory", needs=MANAGE, **NOWHERE),
    page("territories:scope-move", scope_id="scope", needs=MANAGE, **NOWHERE),
    action("territories:scope-repartition", scope_id="scope", needs=MANAGE, **NOWHERE),
    page("territories:scope-ending", scope_id="scope", needs=MANAGE, **NOWHERE),
    action("territories:scope-end", scope_id="scope", needs=MANAGE, **NOWHERE),
    page("territories:assignment-new", territory_id="territory", needs=MANAGE, **NOWHERE),
    action("territories:assignment-create", territory_id="territory", needs=MANAGE, **NOWHERE),
    page("territories:assignment-ending", assignment_id="assignment", needs=MANAGE, **NOWHERE),
    action("territories:assignment-end", assignment_id="assignment", needs=MANAGE, **NOWHERE),
]
