"""A deletion says what its caller has seen: what was changed meanwhile stays, and is shown as it is now (409)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from config.api import api
from gongying.customers.models import ContactPoint
from gongying.estates.models import Building, CommonFacility, Entrance, Floor, ParkingSpace, Project, Unit
from gongying.interactions.operations import log_interaction, mark_repeat
from gongying.organization.models import Department, Post, Role, Territory
from gongying.organization.operations import leave_company
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory
from tests.api.conftest import BASE, Caller, fields, problem
from tests.conftest import Cast


@dataclass(frozen=True)
class Deletion:
    """`path` is that of the row whose version counts; `below` what is deleted of it, if it is not the row."""

    path: str
    make: Callable[[Cast], Any]
    below: str = ""


def a_rule(cast: Cast) -> ResponsibilityRule:
    category = ServiceCategory.objects.get(code="common-lift-fault")
    return ResponsibilityRule.objects.create(
        category=category, project=cast.sunshine, department=cast.guard.staff.department
    )


def a_repeat(cast: Cast) -> Any:
    said = {"by": cast.receptionist, "project": cast.sunshine, "channel": "phone"}
    first, second = (log_interaction(**said, text=text) for text in ("电梯停了", "电梯又停了"))
    return mark_repeat(second, of=first, by=cast.receptionist)


def departed(cast: Cast) -> Any:
    leave_company(cast.guard.staff, on=timezone.localdate(), by=cast.administrator)
    return cast.guard.staff


def a_post(cast: Cast) -> Post:
    return Post.objects.create(
        name="保洁员", department=cast.guard.staff.department, role=Role.objects.get(key="cleaner")
    )


def in_new_building(cast: Cast, model: type[Entrance] | type[Floor], **more: Any) -> Any:
    return model.objects.create(building=Building.objects.create(project=cast.sunshine, number="9"), **more)


DELETIONS = [
    Deletion("/departments", lambda _cast: Department.objects.create(name="临时部", kind="order")),
    Deletion("/posts", a_post),
    Deletion("/territories", lambda _cast: Territory.objects.create(name="北区")),
    Deletion("/projects", lambda _cast: Project.objects.create(name="错项目", code="XX", kind="residential")),
    Deletion("/buildings", lambda cast: Building.objects.create(project=cast.sunshine, number="9")),
    Deletion("/entrances", lambda cast: in_new_building(cast, Entrance, number="1")),
    Deletion("/floors", lambda cast: in_new_building(cast, Floor, level=1, label="1")),
    Deletion(
        "/units", lambda cast: Unit.objects.create(project=cast.sunshine, building=cast.unit.building, code="9-9-901")
    ),
    Deletion(
        "/parking-spaces",
        lambda cast: ParkingSpace.objects.create(project=cast.sunshine, code="P-9", ownership_kind="owned"),
    ),
    Deletion("/facilities", lambda cast: CommonFacility.objects.create(project=cast.sunshine, kind="lift", name="梯")),
    Deletion("/contact-points", lambda cast: ContactPoint.objects.create(party=cast.zhou, kind="phone", value="x")),
    Deletion("/responsibility-rules", a_rule),
    Deletion("/staff", departed, "/departure"),
    Deletion("/interactions", a_repeat, "/repeat"),
]


@pytest.mark.requirement("E-036")
@pytest.mark.parametrize("deletion", DELETIONS, ids=lambda deletion: f"{deletion.path}{deletion.below}")
def test_stale_deletion_is_refused_with_the_present_state(cast: Cast, deletion: Deletion) -> None:
    row = deletion.make(cast)
    row.advance_version(seen=None)
    caller = Caller(cast.administrator if deletion.path not in BY_MANAGER else cast.manager)
    path = f"{deletion.path}/{row.pk}{deletion.below}"

    body = problem(caller.delete(f"{path}?version={row.version - 1}"), 409)

    assert body["type"] == "urn:gongying:problem:stale"
    assert (body["current"]["id"], body["current"]["version"]) == (row.pk, row.version)
    row.refresh_from_db()
    assert row.version == body["current"]["version"]
    assert caller.delete(f"{path}?version={row.version}").status_code in (200, 204)
    assert caller.delete(path).status_code in (404, 409)


# What the people at the desk keep; the administrator keeps the set-up.
BY_MANAGER = ("/contact-points", "/interactions")


def test_version_of_a_deletion_is_a_number(cast: Cast) -> None:
    made = Department.objects.create(name="临时部", kind="order")
    for wrong in ("0", "x", "-1", str(2**31)):
        assert fields(Caller(cast.administrator).delete(f"/departments/{made.pk}?version={wrong}")) == ["version"]
    assert Department.objects.filter(pk=made.pk).exists()


def test_every_deletion_of_a_row_with_a_version_takes_it() -> None:
    """Of those that do not, the row has none."""
    paths = api.get_openapi_schema(path_prefix=BASE + "/")["paths"]
    without = {
        path.removeprefix(BASE)
        for path, methods in paths.items()
        if "delete" in methods and "version" not in {parameter["name"] for parameter in methods["delete"]["parameters"]}
    }
    assert without == {
        "/saved-views/{view_id}",
        "/saved-views/{view_id}/sharing",
        "/parties/{party_id}/profile/{kind}",
        "/occupancies/{occupancy_id}/contact-choices/{purpose}",
        "/staff/{staff_id}/tokens/{token_id}",
        "/leaves/{leave_id}",
        "/calendar-years/{year_id}",
    }
