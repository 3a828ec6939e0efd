from gongying.estates.models import TerritoryScope
from gongying.estates.operations import add_scope
from gongying.organization.models import Territory, TerritoryAssignment
from tests.structure.url_matrix import Sample, action, page


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

LINES = [
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
