"""Categories and who answers for them; several requests at once; files opened by mistake; improvements."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.customers.models import Party
from gongying.events.models import Event
from gongying.improvements.operations import open_item
from gongying.organization.models import Department
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory, ServiceRequest
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast


def a_matter(caller: Caller, cast: Cast) -> int:
    leak = ServiceCategory.objects.get(code="home-plumbing-leak").pk
    body = {"kind": "repair", "category_id": leak, "text": "漏水", "channel": "phone", "unit_id": cast.unit.pk}
    request: int = caller.post("/requests", body).json()["id"]
    return request


def test_category_is_added_renamed_and_retired(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    parent = ServiceCategory.objects.get(code="home-plumbing-leak").parent_id
    body = {"code": "home-plumbing-smell", "name": "异味", "parent_id": parent, "trade": "plumbing"}
    category = caller.post("/categories", body).json()
    assert category["path"].endswith(" / 异味")
    path = f"/categories/{category['id']}"
    assert caller.patch(path, {"version": 1, "name": "反味", "is_active": False}).json()["path"].endswith(" / 反味")
    stale = problem(caller.patch(path, {"version": 1, "name": "晚了"}), 409)
    assert (stale["current"]["version"], stale["current"]["name"]) == (2, "反味")
    assert fields(caller.patch(path, {"version": 2, "parent_id": category["id"]})) == ["parent_id"]
    assert fields(caller.post("/categories", body)) == ["code"]
    problem(Caller(cast.receptionist).post("/categories", {**body, "code": "x"}), 403)


@pytest.mark.requirement("R-004")
def test_who_answers_for_a_category(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    category = ServiceCategory.objects.get(code="home-plumbing-leak").pk
    engineering, service = (Department.objects.get(name=name).pk for name in ("工程部", "客服部"))
    body = {"category_id": category, "project_id": cast.sunshine.pk, "department_id": engineering}
    rule = caller.post("/responsibility-rules", {**body, "supporting_ids": [service]}).json()
    assert rule["supporting_ids"] == [service]
    assert fields(caller.post("/responsibility-rules", {**body, "supporting_ids": [engineering]})) != []
    path = f"/responsibility-rules/{rule['id']}"
    changed = caller.patch(path, {"version": 1, "supporting_ids": []}).json()
    assert (changed["supporting_ids"], changed["department_id"], changed["version"]) == ([], engineering, 2)
    problem(caller.patch(path, {"version": 1, "department_id": service}), 409)
    assert caller.delete(path).status_code == 204
    assert not ResponsibilityRule.objects.filter(pk=rule["id"]).exists()
    assert Event.objects.filter(verb__startswith="responsibility.").count() == 3


def test_several_requests_are_passed_on_or_none(cast: Cast) -> None:
    caller = Caller(cast.supervisor)
    ids = [a_matter(caller, cast) for _ in range(2)]
    body = {"request_ids": ids, "to_id": cast.receptionist.pk, "reason": "leave"}
    answer = caller.post("/requests/bulk-transfer", body)
    assert answer.status_code == 200, answer.content.decode()
    assert set(ServiceRequest.objects.values_list("owner", flat=True)) == {cast.receptionist.pk}
    closed = a_matter(caller, cast)
    caller.post(f"/requests/{closed}/cancellation", {"asked_by": "周先生", "reason": "不用了"})
    back = {"request_ids": [ids[0], closed], "to_id": cast.supervisor.pk, "reason": "leave"}
    problem(caller.post("/requests/bulk-transfer", back), 409)
    assert ServiceRequest.objects.get(pk=ids[0]).owner_id == cast.receptionist.pk
    assert fields(caller.post("/requests/bulk-transfer", {**body, "request_ids": [ids[0], 999_999]})) == [
        "request_ids.1"
    ]
    problem(Caller(cast.worker).post("/requests/bulk-transfer", body), 403)


def test_file_opened_by_mistake_goes_with_a_reason(cast: Cast) -> None:
    caller = Caller(cast.supervisor)
    body = {"name": "周先生", "project_id": cast.sunshine.pk, "unit_id": cast.unit.pk}
    twin = caller.post("/parties", body).json()["id"]
    found = caller.get("/party-duplicates", {"name": "周先生", "unit_id": cast.unit.pk}).json()
    assert [party["id"] for party in found] == [cast.zhou.pk, twin]
    by_number = caller.get("/party-duplicates", {"phone": "138 0000 1234"}).json()
    assert [party["id"] for party in by_number] == [cast.zhou.pk]
    assert fields(caller.post(f"/parties/{twin}/deletion", {})) == ["reason"]
    assert caller.post(f"/parties/{twin}/deletion", {"reason": "重复建档"}).status_code == 204
    assert not Party.objects.filter(pk=twin).exists()
    problem(caller.post(f"/parties/{cast.zhou.pk}/deletion", {"reason": "重复建档"}), 409)


def test_improvement_is_finished_with_an_effect(cast: Cast) -> None:
    due = timezone.localdate() + timedelta(days=7)
    item = open_item(by=cast.manager, about=cast.unit, title="培训", root_cause="不熟", owner=cast.worker, due_on=due)
    caller, path = Caller(cast.worker), f"/improvement-items/{item.pk}"
    assert [row["id"] for row in caller.get("/improvement-items").json()["items"]] == [item.pk]
    assert fields(caller.post(f"{path}/finish", {"version": 1, "effect": " "})) == ["effect"]
    assert caller.post(f"{path}/finish", {"version": 1, "effect": "无返工"}).json()["state"] == "done"
    problem(caller.post(f"{path}/finish", {"version": 2, "effect": "无返工"}), 409)
    problem(Caller(cast.outsider).get(path), 404)
