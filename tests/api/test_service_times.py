"""Service times, ladders and longest pauses by the API."""

import pytest

from gongying.servicedesk.models import EscalationLadder, ServiceCategory, ServiceTimePolicy
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast

TARGETS = [
    {"metric": "resolution", "amount": 2, "unit": "working_days", "limit_amount": 5, "limit_unit": "calendar_days"}
]
BODY = {"urgency": "normal", "source": "合同附件三", "targets": TARGETS}


@pytest.mark.requirement("R-022")
def test_times_of_a_project_are_written_read_changed_and_ended(cast: Cast) -> None:
    caller, project = Caller(cast.manager), cast.sunshine.pk
    assert fields(caller.post("/service-times", BODY)) == ["project_id"]
    made = caller.post("/service-times", {**BODY, "project_id": project}).json()
    assert (made["version"], made["project_id"], made["targets"]) == (1, project, TARGETS)
    leak = ServiceCategory.objects.get(code="home-plumbing-leak").pk
    asked = {"project_id": project, "category_id": leak, "urgency": "normal"}
    assert caller.get("/service-times/holding", asked).json()["policy"]["id"] == made["id"]
    assert [row["id"] for row in caller.get("/service-times", {"project_id": project}).json()["items"]] == [made["id"]]

    path = f"/service-times/{made['id']}"
    change = {"version": 1, "source": "补充协议", "targets": [{"metric": "on_site", "unit": "agreed"}]}
    assert caller.post(f"{path}/versions", change).json()["version"] == 2
    assert problem(caller.post(f"{path}/versions", change), 409)["current"]["version"] == 2
    assert caller.delete(f"{path}?version=2").json()["is_given_up"] is True
    assert [row["version"] for row in caller.get(f"{path}/versions").json()] == [3, 2, 1]

    company = ServiceTimePolicy.objects.in_force().get(project=None, urgency="normal", kind="").pk
    problem(caller.delete(f"/service-times/{company}"), 404)
    problem(Caller(cast.receptionist).post("/service-times", BODY), 403)
    problem(Caller(cast.outsider).get(path), 404)


def test_what_is_wrong_is_named_in_its_place(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    short = {"metric": "on_site", "amount": 5, "unit": "minutes"}
    first = {"metric": "first_response", "amount": 9, "unit": "minutes"}
    assert fields(caller.post("/service-times", {**BODY, "kind": "praise", "targets": [first, short]})) == [
        "targets.1.amount"
    ]
    assert fields(caller.post("/service-times", {**BODY, "kind": "praise", "targets": [first, first]})) == ["targets"]
    assert fields(caller.post("/service-times", {**BODY, "valid_from": "2020-01-01T00:00:00+08:00"})) == ["valid_from"]
    counted = caller.post("/service-times/outlook", BODY).json()
    assert counted == [{"metric": "resolution", "requests": 0, "late": 0, "would_be_late": 0}]


@pytest.mark.requirement("R-188")
def test_ladders_and_longest_pauses(cast: Cast) -> None:
    caller, project = Caller(cast.manager), cast.sunshine.pk
    steps = [{"percent": 100, "to": "supervisor"}, {"percent": 200, "to": "quality"}]
    down = [steps[1], steps[0]]
    assert fields(caller.post("/escalation-ladders", {"project_id": project, "steps": down})) == ["steps.1.percent"]
    made = caller.post("/escalation-ladders", {"project_id": project, "steps": steps}).json()
    path = f"/escalation-ladders/{made['id']}"
    assert caller.post(f"{path}/versions", {"version": 1, "steps": steps[:1]}).json()["version"] == 2
    assert caller.delete(path).json()["is_given_up"] is True
    assert EscalationLadder.objects.in_force().get().project is None

    limits = {"project_id": project, "limits": [{"reason": "parts", "working_days": 9}]}
    expected = [{"project_id": project, "reason": "parts", "working_days": 9}]
    assert caller.send("put", "/longest-pauses", limits).json() == expected
    assert caller.get("/longest-pauses", {"project_id": project}).json() == expected
    assert fields(caller.send("put", "/longest-pauses", {"limits": limits["limits"]})) == ["project_id"]


@pytest.mark.requirement("R-208")
def test_rules_of_a_category_in_versions(cast: Cast) -> None:
    caller, project = Caller(cast.manager), cast.sunshine.pk
    leak = ServiceCategory.objects.get(code="home-plumbing-leak").pk
    body = {"category_id": leak, "project_id": project, "evidence": ["photo_after"], "check_list": ["关总阀"]}
    assert fields(caller.post("/category-rules", {**body, "project_id": None})) == ["project_id"]
    assert fields(caller.post("/category-rules", {**body, "follow_up": "sample"})) == ["sample_percent"]
    made = caller.post("/category-rules", body).json()
    assert (made["version"], made["evidence"], made["check_list"]) == (1, ["photo_after"], ["关总阀"])
    path = f"/category-rules/{made['id']}"
    assert caller.post(f"{path}/versions", {"version": 1, "follow_up": "never"}).json()["version"] == 2
    problem(caller.post(f"{path}/versions", {"version": 1}), 409)
    assert caller.delete(path).json()["is_given_up"] is True
    assert [row["version"] for row in caller.get(f"{path}/versions").json()] == [3, 2, 1]
    assert caller.get("/category-rules", {"category_id": leak}).json()["items"] == []
    problem(Caller(cast.receptionist).post("/category-rules", body), 403)
    problem(Caller(cast.outsider).get(path), 404)
