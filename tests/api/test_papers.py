"""What stands on the printed papers: the dispatch slip, the register of calls and visits (E-048)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from gongying.interactions.models import Interaction
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.operations import cancel_work, dispatch_work, open_work
from tests.api.conftest import Caller, fields, problem
from tests.api.test_requests import repair
from tests.conftest import Cast

CHINESE = {"Accept-Language": "zh-CN"}
TODAY = timezone.localdate()


@pytest.mark.requirement("E-048")
def test_dispatch_slip_says_what_the_paper_says(cast: Cast, client_of) -> None:
    desk = Caller(cast.receptionist)
    window = {"window_from": "2026-12-01T14:00:00+08:00", "window_to": "2026-12-01T16:00:00+08:00"}
    made = desk.post("/requests", repair(cast, caller_name="周先生", **window)).json()
    desk.post(f"/requests/{made['id']}/acceptance")
    job = WorkOrder.objects.get(service_request=made["id"])
    dispatch_work(job.service_request, by=cast.steward, doer=cast.worker)
    dropped = open_work(job.service_request, by=cast.steward, task="不做了", is_joint=True)
    cancel_work(dropped, by=cast.steward, reason="多开")

    slip = desk.get(f"/requests/{made['id']}/dispatch-slip", **CHINESE).json()

    assert slip["number"] == made["number"]
    assert (slip["place"], slip["contact"], slip["text"]) == ("2-1-301", "周先生", "厨房水管漏水")
    assert (slip["window_from"][:16], slip["registered_by"]) == ("2026-12-01T06:00", "小赵")
    assert [(one["number"], one["worker"]) for one in slip["jobs"]] == [(str(job), "老张")]
    assert len(slip["etiquette"]) == 7
    paper = client_of(cast.receptionist).get(reverse("servicedesk:request-print", args=[made["id"]])).content.decode()
    words = [slip[name] for name in ("number_tail", "project", "place", "contact", "category", "urgency", "payer")]
    assert [word for word in [*words, "老张", *slip["etiquette"]] if word not in paper] == []
    assert "13800001234" not in str(slip)


def test_slip_of_a_place_that_is_not_hers_is_not_there(cast: Cast) -> None:
    made = Caller(cast.receptionist).post("/requests", repair(cast)).json()
    problem(Caller(cast.outsider).get(f"/requests/{made['id']}/dispatch-slip"), 404)
    problem(Caller(None).get(f"/requests/{made['id']}/dispatch-slip"), 401)


def logged(cast: Cast, text: str, *, days_ago: int = 0, west: bool = False) -> int:
    unit = cast.west_unit if west else cast.unit
    body = {"project_id": cast.sunshine.pk, "unit_id": unit.pk, "channel": "phone", "text": text, "answer": "explained"}
    pk: int = Caller(cast.receptionist).post("/interactions", body).json()["id"]
    Interaction.objects.filter(pk=pk).update(occurred_at=F("entered_at") - timedelta(days=days_ago))
    return pk


@pytest.mark.requirement("E-048")
def test_register_holds_the_period_in_order_of_time(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    second, first, older = logged(cast, "二"), logged(cast, "一", days_ago=1), logged(cast, "更早", days_ago=9)

    def ids(**query: Any) -> list[int]:
        return [line["id"] for line in desk.get("/registers/touches", query).json()["items"]]

    week = {"since": (TODAY - timedelta(days=6)).isoformat()}
    assert ids() == [second]
    assert ids(**week) == [first, second]
    assert ids(since=(TODAY - timedelta(days=9)).isoformat()) == [older, first, second]
    assert ids(**week, channel="counter") == []
    assert ids(**week, project=cast.sunshine.pk) == [first, second]
    start = desk.get("/registers/touches", {**week, "limit": 1}).json()
    assert [line["id"] for line in start["items"]] == [first]
    assert ids(**week, cursor=start["next_cursor"]) == [second]
    line = desk.get("/registers/touches", **CHINESE).json()["items"][0]
    cells = {cell["label"]: cell["text"] for cell in line["cells"]}
    assert (cells["房号"], cells["渠道"], cells["登记人"], cells["事项"]) == ("2-1-301", "来电", "小赵", "二")


def test_register_holds_only_ones_own_places(cast: Cast) -> None:
    east, west = logged(cast, "东"), logged(cast, "西", west=True)

    def ids(caller: Caller) -> set[int]:
        return {line["id"] for line in caller.get("/registers/touches").json()["items"]}

    assert ids(Caller(cast.receptionist)) == {east, west}
    assert ids(Caller(cast.west_steward)) == {west}
    assert ids(Caller(cast.outsider)) == set()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"since": "2026-03-02", "until": "2026-03-01"}, ["until"]),
        ({"since": "2024-01-01", "until": "2026-03-01"}, ["until"]),
        ({"since": "2026-02-30"}, ["since"]),
        ({"project": 999_999}, ["project"]),
        ({"channel": "drum"}, ["channel"]),
        ({"severity": "minor"}, ["severity"]),
    ],
)
def test_bad_period_is_named(cast: Cast, query: dict[str, Any], named: list[str]) -> None:
    answer = Caller(cast.receptionist).get("/registers/touches", query)
    assert fields(answer) == named
    assert {error["in"] for error in answer.json()["errors"]} == {"query"}


@pytest.mark.parametrize("rows", [1, 3])
def test_register_costs_the_same_for_one_line_and_three(cast: Cast, django_assert_num_queries, rows: int) -> None:
    for number in range(rows):
        logged(cast, f"第{number}次")
    desk = Caller(cast.receptionist)
    desk.get("/registers/touches")  # what is kept in memory is there
    with django_assert_num_queries(3):
        assert len(desk.get("/registers/touches").json()["items"]) == rows
