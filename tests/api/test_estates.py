"""Projects and what stands in them, written by a program."""

from typing import Any

import pytest

from gongying.estates.models import Building, Floor, Unit
from gongying.events.models import Event
from gongying.organization.models import Role
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast


@pytest.fixture
def writer(cast: Cast) -> Caller:
    """Somebody who serves the whole of 阳光小区 and may change what stands there."""
    allow(cast.manager, "estates.manage_property", "estates.manage_project")
    return Caller(cast.manager)


def allow(user: Any, *codes: str) -> None:
    role = Role.objects.create(key="test", label="test", permissions=list(codes))
    user.staff.roles.add(role)


@pytest.mark.requirement("R-034")
def test_a_compound_is_built_from_nothing(cast: Cast) -> None:
    allow(cast.administrator, "organization.see_all_projects", "estates.manage_project", "estates.manage_property")
    caller = Caller(cast.administrator)
    body = {"code": "HY", "name": "花园", "kind": "residential", "served_area_m2": "1200.50"}
    project = caller.post("/projects", body).json()
    building = caller.post("/buildings", {"project_id": project["id"], "number": "2"}).json()
    entrance = caller.post("/entrances", {"building_id": building["id"], "number": "1"}).json()
    floor = caller.post("/floors", {"building_id": building["id"], "level": 3}).json()
    unit = caller.post(
        "/units",
        {
            "building_id": building["id"],
            "entrance_id": entrance["id"],
            "floor_id": floor["id"],
            "unit_no": "301",
            "gross_area_m2": "95.46",
            "area_source": "register",
        },
    ).json()
    space = caller.post("/parking-spaces", {"project_id": project["id"], "code": "B1", "ownership_kind": "owned"})
    facility = caller.post("/facilities", {"project_id": project["id"], "kind": "lift", "name": "1#"})
    assert (space.status_code, facility.status_code) == (201, 201)
    assert (unit["code"], unit["project_id"], unit["gross_area_m2"]) == ("2-1-301", project["id"], "95.46")
    assert Event.objects.filter(verb="place.registered", actor=cast.administrator).count() == 7


def test_unit_is_changed_and_its_code_follows(cast: Cast, writer: Caller) -> None:
    changes = {"unit_no": "302", "net_area_m2": "80.1", "state": "sold"}
    answer = writer.patch(f"/units/{cast.unit.pk}", {"version": 1, **changes}).json()
    assert (answer["code"], answer["net_area_m2"], answer["gross_area_m2"]) == ("2-1-302", "80.10", "95.46")
    assert answer["version"] == 2


@pytest.mark.requirement("E-036")
@pytest.mark.parametrize("change", [{"name": "北楼"}, {}], ids=["changed", "nothing"])
def test_stale_change_gets_the_present_state(cast: Cast, writer: Caller, change: dict[str, Any]) -> None:
    path = f"/buildings/{cast.unit.building_id}"
    assert writer.patch(path, {"version": 1, "name": "南楼"}).json()["version"] == 2
    body = problem(writer.patch(path, {"version": 1, **change}), 409)
    assert body["type"] == "urn:gongying:problem:stale"
    assert (body["current"]["version"], body["current"]["name"]) == (2, "南楼")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"gross_area_m2": "-1"}, ["gross_area_m2"]),
        ({"gross_area_m2": "0"}, ["gross_area_m2"]),
        ({"gross_area_m2": "1e9"}, ["gross_area_m2"]),
        ({"gross_area_m2": "95,46"}, ["gross_area_m2"]),
        ({"gross_area_m2": "95.46"}, ["area_source"]),
        ({"unit_no": ""}, ["unit_no"]),
        ({"unit_no": "301", "entrance_id": 999_999}, ["entrance_id"]),
        ({"use": "palace"}, ["use"]),
        ({"building_id": 999_999}, ["building_id"]),
        ({"code": "2-1-301"}, ["code"]),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    cast: Cast, writer: Caller, body: dict[str, Any], named: list[str]
) -> None:
    before = Unit.objects.count()
    given = {"building_id": cast.unit.building_id, "unit_no": "999", **body}
    assert fields(writer.post("/units", given)) == named
    assert Unit.objects.count() == before


def test_a_unit_that_exists_is_named(cast: Cast, writer: Caller) -> None:
    body = {"building_id": cast.unit.building_id, "entrance_id": cast.unit.entrance_id, "unit_no": "301"}
    assert fields(writer.post("/units", body)) == ["unit_no"]


def test_a_number_given_twice_is_refused_in_words(cast: Cast, writer: Caller) -> None:
    answer = writer.post("/buildings", {"project_id": cast.sunshine.pk, "number": "2"})
    assert problem(answer, 409)["detail"] == "There is a building of this number in the project."
    floor = {"building_id": cast.unit.building_id, "level": 3}
    assert writer.post("/floors", floor).status_code == 201
    problem(writer.post("/floors", floor), 409)


def test_what_is_in_use_stays_and_what_is_not_goes(cast: Cast, writer: Caller) -> None:
    problem(writer.delete(f"/buildings/{cast.unit.building_id}"), 409)
    new = writer.post("/buildings", {"project_id": cast.sunshine.pk, "number": "77"}).json()["id"]
    assert writer.delete(f"/buildings/{new}").status_code == 204
    assert not Building.objects.filter(pk=new).exists()


def test_places_of_others_are_neither_found_nor_filled(cast: Cast, writer: Caller) -> None:
    problem(writer.patch(f"/units/{cast.park_unit.pk}", {"version": 1}), 404)
    assert fields(writer.post("/floors", {"building_id": cast.park_unit.building_id, "level": 1})) == ["building_id"]
    assert not Floor.objects.exists()


def test_who_serves_a_part_does_not_change_the_whole(cast: Cast) -> None:
    allow(cast.steward, "estates.manage_property", "estates.manage_project")
    caller = Caller(cast.steward)
    problem(caller.post("/buildings", {"project_id": cast.sunshine.pk, "number": "9"}), 403)
    problem(caller.patch(f"/projects/{cast.sunshine.pk}", {"version": 1, "name": "x"}), 403)
    entrance = {"building_id": cast.unit.building_id, "number": "9"}
    assert caller.post("/entrances", entrance).status_code == 201


def test_the_site_manager_sets_her_own_project(cast: Cast, writer: Caller) -> None:
    path = f"/projects/{cast.sunshine.pk}/settings"
    changed = writer.patch(path, {"version": 1, "service_phone": "0571-88886666", "meeting_form": "forum"}).json()
    assert changed == {"version": 2, "service_phone": "0571-88886666", "service_hours": "", "meeting_form": "forum"}
    stale = problem(writer.patch(path, {"version": 1, "service_hours": "8-20"}), 409)
    assert stale["current"]["service_phone"] == "0571-88886666"
    assert fields(writer.patch(path, {"version": 2, "meeting_form": "dance"})) == ["meeting_form"]
    assert writer.get(path).json()["version"] == 2
