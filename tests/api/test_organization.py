"""The company, written by a program: staff, posts, roles, leave, territories."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongying.accounts.models import ApiToken
from gongying.events.models import Event
from gongying.organization.models import Department, Leave, Role, StaffMember, Territory, TerritoryAssignment
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from tests.api.conftest import Caller, fields, problem, token_for
from tests.conftest import Cast

TODAY = timezone.localdate()


def colleague(**more: Any) -> dict[str, Any]:
    department = Department.objects.get(name="客服部").pk
    return {
        "name": "小钱",
        "username": "xiaoqian",
        "password": "spring-breeze-41",
        "phone": "137 0000 0099",
        "department_id": department,
        "role_ids": [Role.objects.get(key="receptionist").pk],
        "hired_on": TODAY.isoformat(),
        **more,
    }


def test_colleague_comes_works_and_leaves(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    staff = caller.post("/staff", colleague(skills=["lift"])).json()
    assert (staff["phone"], staff["skills"], staff["version"]) == ("+8613700000099", ["lift"], 1)
    path = f"/staff/{staff['id']}"
    changed = caller.patch(path, {"version": 1, "name": "钱姐", "skills": []}).json()
    assert (changed["name"], changed["skills"], changed["phone"]) == ("钱姐", [], "+8613700000099")
    assert changed["role_ids"] == staff["role_ids"]
    gone = (TODAY + timedelta(days=30)).isoformat()
    assert caller.post(f"{path}/departure", {"on": gone}).json()["left_on"] == gone
    assert caller.delete(f"{path}/departure").json()["left_on"] is None
    verbs = Event.objects.filter(verb__startswith="staff.").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["staff.employed", "staff.changed", "staff.left", "staff.returned"]


def test_who_leaves_today_is_out_at_her_next_call(cast: Cast) -> None:
    worker = Caller(cast.worker)
    assert worker.get("/me").status_code == 200
    Caller(cast.administrator).post(f"/staff/{cast.worker.staff.pk}/departure", {"on": TODAY.isoformat()})
    problem(worker.get("/me"), 401)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"username": "xiaozhao"}, ["username"]),
        ({"username": "小钱"}, ["username"]),
        ({"password": "12345678"}, ["password", "password"]),
        ({"phone": "+8613700000001"}, ["phone"]),
        ({"phone": "abc"}, ["phone"]),
        ({"department_id": 999_999}, ["department_id"]),
        ({"role_ids": [999_999]}, ["role_ids"]),
        ({"skills": ["flying"]}, ["skills.0"]),
        ({"hired_on": "2026-02-30"}, ["hired_on"]),
    ],
)
def test_bad_input_is_named_and_nobody_is_employed(cast: Cast, change: dict[str, Any], named: list[str]) -> None:
    before = StaffMember.objects.count()
    assert fields(Caller(cast.administrator).post("/staff", colleague(**change))) == named
    assert StaffMember.objects.count() == before


@pytest.mark.requirement("E-036")
def test_stale_changes_get_the_present_state(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    territory = Territory.objects.get(name="东区").pk
    department = Department.objects.get(name="客服部").pk
    role = Role.objects.get(key="guard").pk
    for path, name, value in (
        (f"/staff/{cast.guard.staff.pk}", "name", "孙班长"),
        (f"/territories/{territory}", "name", "东一区"),
        (f"/departments/{department}", "name", "客户服务部"),
        (f"/staff-roles/{role}", "label", "门岗"),
    ):
        assert caller.patch(path, {"version": 1, name: value}).json()["version"] == 2
        body = problem(caller.patch(path, {"version": 1, name: "后到的"}), 409)
        assert (body["type"], body["current"][name]) == ("urn:gongying:problem:stale", value)
        assert caller.get(path).json()[name] == value


def test_department_and_post(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    department = caller.post("/departments", {"name": "保洁部", "kind": "environment"}).json()["id"]
    assert fields(caller.patch(f"/departments/{department}", {"version": 1, "parent_id": department})) == ["parent_id"]
    duties = dict.fromkeys(("communication_duty", "feedback_duty", "complaint_duty"), "写明")
    body = {"name": "保洁员", "department_id": department, "role_id": Role.objects.get(key="cleaner").pk}
    assert fields(caller.post("/posts", body)) == sorted(duties)
    post = caller.post("/posts", {**body, **duties}).json()["id"]
    problem(caller.delete(f"/departments/{department}"), 409)
    assert caller.delete(f"/posts/{post}").status_code == 204
    assert caller.delete(f"/departments/{department}").status_code == 204
    assert not Department.objects.filter(pk=department).exists()


@pytest.mark.requirement("R-006")
def test_role_counts_from_the_next_call(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    role = caller.post("/staff-roles", {"label": "人事", "permissions": ["organization.manage_staff"]}).json()
    path = f"/staff/{cast.guard.staff.pk}"
    problem(Caller(cast.guard).post("/departments", {"name": "新", "kind": "order"}), 403)
    given = caller.get(path).json()["role_ids"]
    caller.patch(path, {"version": 1, "role_ids": [*given, role["id"]]})
    assert Caller(cast.guard).post("/departments", {"name": "新", "kind": "order"}).status_code == 201
    unknown = {"version": 1, "permissions": ["organization.manage_staff", "x.y"]}
    assert fields(caller.patch(f"/staff-roles/{role['id']}", unknown)) == ["permissions.1"]


def test_nobody_may_be_left_without_the_roles_page(cast: Cast) -> None:
    role = Role.objects.get(key="administrator")
    problem(Caller(cast.administrator).patch(f"/staff-roles/{role.pk}", {"version": 1, "permissions": []}), 409)


@pytest.mark.requirement("R-024")
def test_deputy_sees_what_the_absent_person_sees(cast: Cast) -> None:
    caller, deputy = Caller(cast.administrator), Caller(cast.west_steward)
    problem(deputy.get(f"/units/{cast.unit.pk}"), 404)
    path = f"/staff/{cast.steward.staff.pk}/leaves"
    days = {"first": TODAY.isoformat(), "last": (TODAY + timedelta(days=3)).isoformat()}
    leave = caller.post(path, {**days, "deputy_id": cast.west_steward.staff.pk}).json()
    assert deputy.get(f"/units/{cast.unit.pk}").status_code == 200
    problem(caller.post(path, days), 409)
    assert caller.post(f"/leaves/{leave['id']}/shortening", {"last": TODAY.isoformat()}).json()["last"] == days["first"]
    assert caller.delete(f"/leaves/{leave['id']}").status_code == 204
    problem(deputy.get(f"/units/{cast.unit.pk}"), 404)
    assert not Leave.objects.exists()


def test_end_before_start_is_named(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    leaves = f"/staff/{cast.steward.staff.pk}/leaves"
    assert fields(caller.post(leaves, {"first": "2026-12-02", "last": "2026-12-01"})) == ["last"]
    people = f"/territories/{Territory.objects.get(name='西区').pk}/assignments"
    body = {"staff_id": cast.steward.staff.pk, "since": "2026-12-02", "until": "2026-12-01"}
    assert fields(caller.post(people, body)) == ["until"]


@pytest.mark.requirement("R-023", "R-025")
def test_place_moves_to_another_territory_on_a_day(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    north = caller.post("/territories", {"name": "北区"}).json()["id"]
    place = caller.post(f"/territories/{north}/places", {"project_id": cast.sunshine.pk}).json()
    assert place["since"] == TODAY.isoformat()
    west = Territory.objects.get(name="西区").pk
    move = {"to_id": west, "on": (TODAY + timedelta(days=7)).isoformat()}
    leak = ServiceCategory.objects.get(code="home-plumbing-leak")
    register_request(
        by=cast.receptionist, kind="repair", category=leak, text="dripping", channel="phone", unit=cast.unit
    )
    preview = caller.get(f"/territory-places/{place['id']}/move-preview", move).json()
    assert [work["number"] for work in preview["open_work"]] == [1]
    assert preview["gaining_ids"] == sorted([cast.west_steward.staff.pk, cast.second_worker.staff.pk])
    moved = caller.post(f"/territory-places/{place['id']}/move", move).json()
    assert (moved["territory_id"], moved["since"]) == (west, move["on"])
    assert caller.get(f"/territories/{north}/places").json()["items"][0]["until"] == move["on"]
    assert caller.post(f"/territory-places/{moved['id']}/end", {"on": move["on"]}).status_code == 204


def test_assignment_with_dates(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    west = Territory.objects.get(name="西区").pk
    body = {"staff_id": cast.steward.staff.pk, "rights": ["view_files"], "until": "2070-01-01"}
    assignment = caller.post(f"/territories/{west}/assignments", body).json()
    assert (assignment["rights"], assignment["since"]) == (["view_files"], TODAY.isoformat())
    assert Caller(cast.steward).get(f"/units/{cast.west_unit.pk}").status_code == 200
    assert caller.post(f"/territory-assignments/{assignment['id']}/end", {"on": TODAY.isoformat()}).status_code == 204
    assert not TerritoryAssignment.objects.filter(pk=assignment["id"]).exists()
    problem(Caller(cast.steward).get(f"/units/{cast.west_unit.pk}"), 404)


def test_tokens_are_seen_and_revoked_but_never_made(cast: Cast) -> None:
    secret = token_for(cast.guard)
    token = ApiToken.objects.get(user=cast.guard)
    caller, path = Caller(cast.administrator), f"/staff/{cast.guard.staff.pk}/tokens"
    shown = caller.get(path)
    assert [row["id"] for row in shown.json()["items"]] == [token.pk]
    assert secret not in shown.content.decode()
    assert token.digest not in shown.content.decode()
    problem(caller.post(path, {"name": "x"}), 405)
    assert caller.delete(f"{path}/{token.pk}").status_code == 204
    problem(Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}), 401)


def test_new_first_password_must_be_replaced(cast: Cast) -> None:
    caller, path = Caller(cast.administrator), f"/staff/{cast.guard.staff.pk}/password-resets"
    assert set(fields(caller.post(path, {"password": "12345678"}))) == {"password"}
    assert caller.post(path, {"password": "spring-breeze-41"}).status_code == 204
    cast.guard.refresh_from_db()
    assert cast.guard.must_change_password
    assert cast.guard.check_password("spring-breeze-41")
