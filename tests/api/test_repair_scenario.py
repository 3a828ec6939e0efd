"""Scenario A-02 by the API, with its exact numbers (without the incoming call and the text message, which come later)."""

import pytest

from gongying.common.clock import clock_at
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceCategory, WorkCompletion, WorkOrder
from gongying.servicedesk.models.ratings import rating_token
from tests.api.conftest import fields, problem
from tests.prices import AGREED_AS_SENT
from tests.servicedesk.moments import shanghai


@pytest.fixture
def at_the_counter(cast):
    """The matter of the broken switch as the receptionist sends it."""
    return {
        "kind": "repair",
        "category_id": ServiceCategory.objects.get(code="home-electric-switch").pk,
        "text": "客厅开关打火",
        "channel": "phone",
        "unit_id": cast.unit.pk,
        "party_id": cast.zhou.pk,
        **AGREED_AS_SENT,
        "window_from": "2026-11-18T14:00:00+08:00",
        "window_to": "2026-11-18T16:00:00+08:00",
    }


@pytest.mark.requirement("R-185", "R-186", "R-210", "R-221")
def test_a_repair_from_the_call_to_the_rating_and_the_complaint_next_day(cast, calls, client, at_the_counter):
    with clock_at(shanghai("2026-11-18 10:00")):
        desk, boss, worker = (calls(user) for user in (cast.receptionist, cast.supervisor, cast.worker))
        made = desk.post("/requests", at_the_counter).json()
        here = f"/requests/{made['id']}"
        assert (made["urgency"], made["payer"]) == ("normal", "owner")
        due = {clock["metric"]: clock["due_at"] for clock in desk.get(f"{here}/clocks").json()}
        assert due["first_response"] == "2026-11-18T02:30:00Z"
        assert due["resolution"] == "2026-11-20T02:00:00Z"
        boss.post(f"{here}/acceptance")
        (job,) = boss.get(f"{here}/work-orders").json()
        offered = boss.get(f"/work-orders/{job['id']}/candidates").json()
        assert [(row["user_id"], row["slot_from"]) for row in offered] == [
            (cast.worker.pk, "2026-11-18T06:00:00Z")  # 老刘 is a mechanic
        ]
        work = f"/work-orders/{job['id']}"
        assert boss.post(f"{work}/assignment", {"doer_id": offered[0]["user_id"]}).status_code == 200
    for moment, step in (("13:40", "acceptance"), ("13:50", "departure"), ("14:05", "arrival")):
        with clock_at(shanghai(f"2026-11-18 {moment}")):
            assert worker.post(f"{work}/{step}").status_code == 200, step
    with clock_at(shanghai("2026-11-18 14:35")):
        done = {"result": "更换开关", "materials": [{"name": "五孔开关", "quantity": "1 个"}], "minutes": 30}
        refused = problem(worker.post(f"{work}/completion", {**done, "ticks": Tick.values[:6]}), 409)
        assert refused["detail"] == "Not ticked: farewell said. Tick them or give a reason."
        assert not WorkCompletion.objects.exists()
        assert worker.post(f"{work}/completion", {**done, "ticks": Tick.values}).json()["state"] == "done"
        kept = WorkCompletion.objects.get()
        assert (kept.minutes, kept.materials) == (30, done["materials"])
        assert client.post(f"/rate/{rating_token(WorkOrder.objects.get())}/", {"score": "5"}).status_code == 200
        assert boss.get(f"{work}/rating").json()["score"] == 5
    with clock_at(shanghai("2026-11-19 09:00")):
        again = {**at_the_counter, "kind": "complaint", "text": "昨天修的开关又打火", "about_work_order_id": job["id"]}
        for _twice in range(2):
            assert desk.post("/requests", {**again, "window_from": None, "window_to": None}).status_code == 201
        assert fields(desk.post("/requests", {**again, "about_work_order_id": 10**9})) == ["about_work_order_id"]
        report = boss.get("/reports/figures", {"since": "2026-11-01", "until": "2026-11-30"}).json()
    (complained,) = [figure for figure in report["total"]["figures"] if figure["measure"] == "complained"]
    assert (complained["counted"], complained["base"]) == (1, 1)
