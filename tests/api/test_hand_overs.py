"""What a former steward left open is seen and handed over by a program, too (R-025)."""

from typing import Any

import pytest

from gongying.organization.models import Territory
from gongying.servicedesk.models import ServiceCategory, ServiceRequest, Transfer
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast
from tests.servicedesk.test_hand_overs import replace_steward


def left_open(cast: Cast) -> ServiceRequest:
    category = ServiceCategory.objects.get(code="home-plumbing-leak").pk
    body = {"kind": "repair", "category_id": category, "text": "漏水", "channel": "phone", "unit_id": cast.unit.pk}
    pk = Caller(cast.receptionist).post("/requests", body).json()["id"]
    return ServiceRequest.objects.get(pk=pk)


def path(name: str = "东区") -> str:
    return f"/territories/{Territory.objects.get(name=name).pk}"


def to_the_follower(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"from_id": cast.steward.pk, "to_id": cast.west_steward.pk, "reason": "territory", **more}


@pytest.mark.requirement("R-025")
def test_open_requests_of_a_former_steward_are_handed_over(cast: Cast) -> None:
    row = left_open(cast)
    caller = Caller(cast.supervisor)
    assert caller.get(f"{path()}/left-behind").json() == []
    replace_steward(cast)
    expected = {"owner_id": cast.steward.pk, "owner": cast.steward.name, "number": 1}
    assert caller.get(f"{path()}/left-behind").json() == [expected]

    done = caller.post(f"{path()}/hand-overs", to_the_follower(cast))

    assert (done.status_code, done.json()) == (200, {"number": 1, "left": 0})
    row.refresh_from_db()
    assert (row.owner, row.transfer_count, Transfer.objects.get().reason) == (cast.west_steward, 1, "territory")
    assert caller.get(f"{path()}/left-behind").json() == []
    problem(caller.post(f"{path()}/hand-overs", to_the_follower(cast)), 409)


def test_refused_hand_over_changes_nothing(cast: Cast) -> None:
    row = left_open(cast)
    replace_steward(cast)
    caller = Caller(cast.supervisor)
    assert fields(caller.post(f"{path()}/hand-overs", to_the_follower(cast, to_id=999_999))) == ["to_id"]
    assert fields(caller.post(f"{path()}/hand-overs", to_the_follower(cast, from_id=999_999))) == ["from_id"]
    assert fields(caller.post(f"{path()}/hand-overs", to_the_follower(cast, reason="bored"))) == ["reason"]
    problem(caller.post(f"{path()}/hand-overs", to_the_follower(cast, reason="other")), 409)
    problem(caller.post(f"{path()}/hand-overs", to_the_follower(cast, to_id=cast.steward.pk)), 409)
    problem(caller.post("/territories/999999/hand-overs", to_the_follower(cast)), 404)
    problem(Caller(cast.receptionist).get(f"{path()}/left-behind"), 403)
    problem(Caller(cast.receptionist).post(f"{path()}/hand-overs", to_the_follower(cast)), 403)
    row.refresh_from_db()
    assert (row.owner, Transfer.objects.count()) == (cast.steward, 0)
