"""Public faults for machines: the same rules, the same words."""

import pytest

from gongying.servicedesk.models import PublicFault, ServiceCategory
from gongying.servicedesk.operations import register_request
from tests.api.conftest import fields

pytestmark = pytest.mark.requirement("E-044")


@pytest.fixture
def lift(cast):
    return register_request(
        by=cast.receptionist,
        kind="repair",
        category=ServiceCategory.objects.get(code="common-lift-fault"),
        text="电梯停了",
        channel="phone",
        unit=cast.unit,
        party=cast.zhou,
    )


def test_a_fault_lives_from_announcement_to_the_last_caller_told(cast, calls, lift):
    desk = calls(cast.receptionist)
    path = f"/requests/{lift.pk}/public-fault"
    assert desk.post(path, {"words": "电梯停用"}).status_code == 409
    assert desk.post(path, {"words": " ", "whole_project": True}).status_code == 422
    elsewhere = desk.post(path, {"words": "电梯停用", "building_ids": [cast.park_unit.building_id]})
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["field"]) == (422, "building_ids")
    made = desk.post(path, {"words": "电梯停用", "building_ids": [cast.unit.building_id]})
    fault = made.json()
    assert made.status_code == 201
    assert fault["places"] == [
        {"project_id": cast.sunshine.pk, "building_id": cast.unit.building_id, "entrance_id": None}
    ]
    here = f"/public-faults/{fault['id']}"

    joined = desk.post(f"{here}/calls", {"channel": "wechat", "unit_id": cast.unit.pk, "person_name": "周太太"})
    assert (joined.status_code, joined.json()["notice"]) == (201, None)
    assert desk.post(f"{here}/calls", {"channel": "phone", "unit_id": cast.west_unit.pk}).status_code == 409
    changed = desk.patch(here, {"version": 1, "words": "明早恢复"}).json()
    assert (changed["words"], changed["number_of_calls"], changed["number_of_households"]) == ("明早恢复", 2, 1)
    stale = desk.patch(here, {"version": 1, "words": "旧的"})
    assert (stale.status_code, stale.json()["current"]["words"]) == (409, "明早恢复")

    assert desk.post(f"{here}/end", {"words": "已恢复"}).json()["ending_words"] == "已恢复"
    waiting = desk.get(f"{here}/calls", {"to_be_told": "true"}).json()["items"]
    assert [call["notice"]["channel"] for call in waiting] == ["phone", "wechat"]
    told = desk.post(f"/public-faults/calls/{waiting[0]['id']}/told", {}).json()
    assert told[0]["notice"]["told_by_id"] == cast.receptionist.pk
    assert len(desk.get(f"{here}/calls", {"to_be_told": "true"}).json()["items"]) == 1
    assert desk.post(f"{here}/end", {"words": "再次"}).status_code == 409


def test_the_list_is_that_of_the_place(cast, calls, lift):
    desk = calls(cast.receptionist)
    desk.post(f"/requests/{lift.pk}/public-fault", {"words": "电梯停用", "building_ids": [cast.unit.building_id]})
    fault = PublicFault.objects.get()

    def ids(user, **query):
        return [row["id"] for row in calls(user).get("/public-faults", query).json()["items"]]

    assert ids(cast.receptionist, unit_id=cast.unit.pk) == ids(cast.steward, is_open="true") == [fault.pk]
    assert ids(cast.receptionist, unit_id=cast.west_unit.pk) == ids(cast.receptionist, is_open="false") == []
    assert ids(cast.west_steward) == ids(cast.outsider) == []
    assert fields(calls(cast.outsider).get("/public-faults", {"unit_id": cast.unit.pk})) == ["unit_id"]
    assert calls(cast.west_steward).get(f"/public-faults/{fault.pk}").status_code == 404
    assert calls(cast.quality).post(f"/public-faults/{fault.pk}/end", {"words": "x"}).status_code == 403
