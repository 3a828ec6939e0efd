"""Filters of the list under a name: one's own, shared, shared no more, taken away."""

from typing import Any

import pytest

from gongying.servicedesk.models import SavedView
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast


def view(name: str = "急", **more: Any) -> dict[str, Any]:
    return {"name": name, "query": {"urgency": ["urgent"]}, **more}


def seen(caller: Caller) -> list[int]:
    return [row["id"] for row in caller.get("/saved-views").json()["items"]]


@pytest.mark.requirement("R-192")
def test_view_is_shared_with_the_department_then_with_all_then_with_nobody(cast: Cast) -> None:
    boss, colleague, worker = Caller(cast.supervisor), Caller(cast.receptionist), Caller(cast.worker)
    made = boss.post("/saved-views", view()).json()
    path = f"/saved-views/{made['id']}"
    assert (made["shared_with"], made["is_shared"]) == (None, False)
    assert (seen(boss), seen(colleague), seen(worker)) == ([made["id"]], [], [])

    shared = boss.send("put", f"{path}/sharing", {"shared_with": "department"}).json()
    assert (shared["shared_with"], shared["department_id"]) == ("department", cast.supervisor.staff.department_id)
    assert (seen(colleague), seen(worker)) == ([made["id"]], [])

    assert boss.send("put", f"{path}/sharing", {"shared_with": "everybody"}).json()["department_id"] is None
    assert seen(worker) == [made["id"]]

    assert boss.delete(f"{path}/sharing").status_code == 204
    assert (seen(boss), seen(colleague), seen(worker)) == ([made["id"]], [], [])


def test_view_may_be_shared_from_the_start(cast: Cast) -> None:
    made = Caller(cast.supervisor).post("/saved-views", view(shared_with="department")).json()
    kept = SavedView.objects.get(pk=made["id"])
    assert (kept.is_shared, kept.department) == (True, cast.supervisor.staff.department)


def test_sharing_needs_its_permission_and_its_owner(cast: Cast) -> None:
    boss, desk, manager = Caller(cast.supervisor), Caller(cast.receptionist), Caller(cast.manager)
    problem(desk.post("/saved-views", view(shared_with="everybody")), 403)
    own = desk.post("/saved-views", view()).json()["id"]
    problem(desk.send("put", f"/saved-views/{own}/sharing", {"shared_with": "everybody"}), 403)
    problem(boss.send("put", f"/saved-views/{own}/sharing", {"shared_with": "everybody"}), 404)

    shared = f"/saved-views/{boss.post('/saved-views', view(shared_with='everybody')).json()['id']}"
    problem(desk.delete(f"{shared}/sharing"), 403)
    problem(desk.delete(shared), 403)
    problem(manager.send("put", f"{shared}/sharing", {"shared_with": "department"}), 409)
    assert manager.delete(f"{shared}/sharing").status_code == 204
    problem(manager.delete(shared), 404)
    assert boss.delete(shared).status_code == 204
    assert list(SavedView.objects.values_list("pk", flat=True)) == [own]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (view(name=" "), ["name"]),
        (view(query={"colour": ["red"]}), ["query.colour"]),
        (view(query={"urgency": ["red"]}), ["query.urgency"]),
        (view(query={"project": ["999999"]}), ["query.project"]),
        (view(query={"entered_from": ["2026-03-02"], "entered_to": ["2026-03-01"]}), ["query.entered_to"]),
        (view(shared_with="world"), ["shared_with"]),
    ],
)
def test_bad_view_is_named_and_not_kept(cast: Cast, body: dict[str, Any], named: list[str]) -> None:
    assert fields(Caller(cast.supervisor).post("/saved-views", body)) == named
    assert not SavedView.objects.exists()


def test_name_is_hers_once(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    desk.post("/saved-views", view())
    assert fields(desk.post("/saved-views", view())) == ["name"]
    assert Caller(cast.supervisor).post("/saved-views", view()).status_code == 201
