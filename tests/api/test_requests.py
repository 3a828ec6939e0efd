"""The main job through the API: from the counter to the closed loop, and every refusal on the way."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from gongying.interactions.models import Interaction
from gongying.organization.models import TerritoryAssignment
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceCategory, ServiceItem, ServiceRequest
from gongying.servicedesk.operations import save_item, set_price
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast
from tests.prices import AGREED_AS_SENT


def leak() -> int:
    return ServiceCategory.objects.get(code="home-plumbing-leak").pk


def repair(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "kind": "repair",
        "category_id": leak(),
        "text": "厨房水管漏水",
        "channel": "phone",
        "unit_id": cast.unit.pk,
        "party_id": cast.zhou.pk,
        **AGREED_AS_SENT,
        **more,
    }


@pytest.mark.requirement("E-036", "R-185")
def test_repair_goes_from_the_counter_to_the_closed_loop(cast: Cast) -> None:
    desk, steward, worker = Caller(cast.receptionist), Caller(cast.steward), Caller(cast.worker)
    made = desk.post("/requests", repair(cast)).json()
    assert (made["state"], made["number"][:3], made["caller_phone"]) == ("registered", "YG-", "138****1234")
    path = f"/requests/{made['id']}"
    assert desk.post(f"{path}/acceptance", {"version": made["version"]}).json()["state"] == "accepted"
    assert steward.post(f"{path}/dispatch", {"doer_id": cast.worker.pk}).json()["state"] == "in_progress"
    (job,) = worker.get("/work-orders", {"doer_id": cast.worker.pk}).json()["items"]
    for step in ("acceptance", "arrival"):
        assert worker.post(f"/work-orders/{job['id']}/{step}").status_code == 200
    done = worker.post(f"/work-orders/{job['id']}/completion", {"ticks": Tick.values, "result": "换了角阀"})
    assert done.json()["state"] == "done"
    told = desk.post(f"{path}/result-notice", {"channel": "phone", "words": "修好了"})
    assert told.json()["state"] == "reported"
    closed = desk.post(f"{path}/follow-ups", {"reached": True, "solved": True, "score": 5})
    assert closed.json()["state"] == "closed"
    stages = [stage["stage"] for stage in desk.get(f"{path}/stages").json()]
    assert stages == ["registered", "accepted", "in_progress", "resolved", "reported", "closed"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"kind": "complaint", "requested_remedy": "道歉"},
        {"kind": "suggestion", "is_anonymous": True},
        {"urgency": "critical", "payer": "company", "price_agreed": False, "agreed_amount": None},
        {"window_from": "2030-01-07T02:00:00Z", "window_to": "2030-01-07T04:00:00Z"},
    ],
)
def test_what_was_registered_is_answered_as_it_is_read_afterwards(cast: Cast, more: dict[str, Any]) -> None:
    """Of what can hang on a request nothing is asked for that cannot be there yet."""
    desk = Caller(cast.receptionist)
    made = desk.post("/requests", repair(cast, **more)).json()
    assert made == desk.get(f"/requests/{made['id']}").json()


@pytest.mark.requirement("R-195")
@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("closure", {}),
        ("answer", {"text": "好了"}),
        ("result-notice", {"channel": "phone", "words": "好了"}),
        ("reopening", {"reason": "又漏"}),
        ("verification", {}),
    ],
)
def test_skipped_stage_is_409_with_the_present_state(cast: Cast, step: str, body: dict[str, Any]) -> None:
    caller = Caller(cast.manager)
    made = caller.post("/requests", repair(cast)).json()
    answer = problem(caller.post(f"/requests/{made['id']}/{step}", body), 409)
    assert answer["current"]["state"] == "registered"
    assert ServiceRequest.objects.get(pk=made["id"]).state == "registered"


def test_complaint_and_request_close_each_in_its_own_way(cast: Cast) -> None:
    caller = Caller(cast.manager)
    complaint = caller.post("/requests", repair(cast, kind="complaint", requested_remedy="道歉")).json()
    request = caller.post("/requests", repair(cast)).json()
    root = {"cause_code": "facility", "root_cause": "老化", "no_improvement_reason": "已更换"}
    assert problem(caller.post(f"/requests/{complaint['id']}/closure"), 409)["current"]["state"] == "received"
    assert problem(caller.post(f"/requests/{request['id']}/improvement", root), 409)["current"]["state"] == "registered"


def test_stale_step_is_409_with_the_request_as_it_is(cast: Cast) -> None:
    caller = Caller(cast.manager)
    made = caller.post("/requests", repair(cast)).json()
    caller.post(f"/requests/{made['id']}/acceptance", {"version": made["version"]})
    answer = caller.post(f"/requests/{made['id']}/start", {"version": made["version"]})
    body = problem(answer, 409)
    assert (body["type"], body["current"]["state"]) == ("urn:gongying:problem:stale", "accepted")


@pytest.mark.requirement("R-187")
def test_work_is_handed_to_somebody_else_with_a_reason(cast: Cast) -> None:
    desk, steward = Caller(cast.receptionist), Caller(cast.steward)
    path = f"/requests/{desk.post('/requests', repair(cast)).json()['id']}"
    desk.post(f"{path}/acceptance")
    steward.post(f"{path}/dispatch", {"doer_id": cast.worker.pk})
    (job,) = steward.get(f"{path}/work-orders").json()
    handed = steward.post(
        f"/work-orders/{job['id']}/reassignment",
        {"doer_id": cast.second_worker.pk, "reason": "请假", "trade_reason": "会修水管"},
    )
    assert (handed.status_code, handed.json()["doer_id"]) == (200, cast.second_worker.pk)


def test_worker_may_not_accept_and_the_outsider_does_not_see(cast: Cast) -> None:
    made = Caller(cast.receptionist).post("/requests", repair(cast)).json()
    problem(Caller(cast.outsider).get(f"/requests/{made['id']}"), 404)
    problem(Caller(cast.outsider).post(f"/requests/{made['id']}/acceptance"), 404)
    problem(Caller(cast.guard).post(f"/requests/{made['id']}/acceptance"), 404)
    own = Caller(cast.guard).post("/requests", repair(cast, party_id=None)).json()
    problem(Caller(cast.guard).post(f"/requests/{own['id']}/acceptance"), 403)
    problem(Caller(cast.receptionist, "read").post(f"/requests/{made['id']}/acceptance"), 403)
    problem(Caller(None).post(f"/requests/{made['id']}/acceptance"), 401)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"text": "  "}, ["text"]),
        ({"text": "长" * 10_001}, ["text"]),
        ({"kind": "wish"}, ["kind"]),
        ({"category_id": 0}, ["category_id"]),
        ({"category_id": 10**9}, ["category_id"]),
        ({"window_from": "2026-12-01T14:00:00+08:00"}, ["window_to"]),
        ({"occurred_at": "2026-02-30T10:00:00"}, ["occurred_at"]),
        ({"caller_phone": "12345678901234"}, ["caller_phone"]),
        ({"party_id": 10**9}, ["party_id"]),
        ({"state": "closed"}, ["state"]),
    ],
)
def test_bad_registration_is_named_and_leaves_nothing(cast: Cast, change: dict[str, Any], named: list[str]) -> None:
    assert fields(Caller(cast.receptionist).post("/requests", repair(cast, **change))) == named
    assert not ServiceRequest.objects.exists()
    assert not Interaction.objects.exists()


def test_a_number_is_kept_in_the_one_form_however_it_is_sent(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    made = desk.post("/requests", repair(cast, caller_phone="138 0000-9876")).json()
    touch = {"project_id": cast.sunshine.pk, "channel": "phone", "text": "停水"}
    logged = desk.post("/interactions", {**touch, "person_phone": "138 0000-9876"}).json()
    assert ServiceRequest.objects.get(pk=made["id"]).caller_phone == "+8613800009876"
    assert Interaction.objects.get(pk=logged["id"]).person_phone == "+8613800009876"
    corrected = {"version": logged["version"], "reason": "打错了", "person_phone": "13800001111"}
    desk.patch(f"/interactions/{logged['id']}", corrected)
    assert Interaction.objects.get(pk=logged["id"]).person_phone == "+8613800001111"


def test_list_is_scoped_filtered_and_searched(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    first = desk.post("/requests", repair(cast)).json()["id"]
    second = desk.post("/requests", repair(cast, text="电梯停了", unit_id=cast.west_unit.pk, party_id=None)).json()[
        "id"
    ]

    def ids(caller: Caller, **query: Any) -> list[int]:
        return [row["id"] for row in caller.get("/requests", query).json()["items"]]

    assert ids(desk) == [second, first]
    assert ids(desk, sort="entered_at") == [first, second]
    assert ids(desk, text="电梯") == [second]
    assert ids(desk, unit_id=cast.unit.pk) == [first]
    assert ids(desk, list="new", state="accepted") == []
    assert ids(Caller(cast.west_steward)) == [second]
    assert ids(Caller(cast.outsider)) == []
    assert fields(desk.get("/requests", {"sort": "colour"})) == ["sort"]
    assert fields(desk.get("/requests", {"text": "电"})) == ["text"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_row_and_three(cast: Cast, django_assert_max_num_queries, rows: int) -> None:
    desk = Caller(cast.receptionist)
    for number in range(rows):
        desk.post("/requests", repair(cast, text=f"漏水{number}"))
    with django_assert_max_num_queries(12):
        assert len(desk.get("/requests").json()["items"]) == rows


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_one_is_refused(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    made = desk.post("/requests", repair(cast)).json()
    desk.post(f"/requests/{made['id']}/acceptance")
    (job,) = desk.get(f"/requests/{made['id']}/work-orders").json()
    cast.second_worker.staff.skills = ["plumbing"]
    cast.second_worker.staff.save()
    claimers = [Caller(cast.worker), Caller(cast.second_worker)]

    def claim(caller: Caller) -> int:
        try:
            return int(caller.post(f"/work-orders/{job['id']}/claim").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, claimers)) == [200, 409]
    # Who comes too late is told so, and by whom.
    late = [caller.post(f"/work-orders/{job['id']}/claim") for caller in claimers]
    assert [answer.status_code for answer in late] == [409, 409]
    assert len({problem(answer, 409)["detail"] for answer in late}) == 1


@pytest.mark.requirement("R-448")
def test_a_service_of_the_catalogue_is_ordered_with_its_category_and_price(cast: Cast) -> None:
    leak = ServiceCategory.objects.get(code="home-plumbing-leak")
    item = save_item(ServiceItem(code="tap", name="更换龙头", category=leak, measure="个"), by=cast.manager)
    set_price(item, project=None, amount=Decimal(80), by=cast.manager)
    order = {**repair(cast), "service_id": item.pk, "quantity": "2"}
    del order["category_id"], order["agreed_amount"]
    desk = Caller(cast.receptionist)
    made = desk.post("/requests", order)
    assert (made.status_code, made.json()["category_id"], made.json()["payer"]) == (201, leak.pk, "owner")
    assert (made.json()["price_agreed"], made.json()["agreed_amount"]) == (True, "160.00")
    (quote,) = desk.get(f"/requests/{made.json()['id']}/quotes").json()
    assert (quote["item_id"], quote["total"]) == (item.pk, "160.00")

    del order["service_id"]
    assert [error["field"] for error in problem(desk.post("/requests", order), 422)["errors"]] == ["category_id"]
    other = ServiceCategory.objects.get(code="common-lift-fault")
    mixed = {**order, "service_id": item.pk, "category_id": other.pk}
    assert [error["field"] for error in problem(desk.post("/requests", mixed), 422)["errors"]] == ["category_id"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_says_what_is_possible_at_the_same_cost_for_one_row_and_three(
    cast: Cast, django_assert_num_queries, rows: int
) -> None:
    desk, steward = Caller(cast.receptionist), Caller(cast.steward)
    for number in range(rows):
        made = desk.post("/requests", repair(cast, text=f"厨房水管漏水 {number}")).json()
        desk.post(f"/requests/{made['id']}/acceptance")
    steward.post(f"/requests/{made['id']}/dispatch", {"doer_id": cast.worker.pk})
    # Token, pace; the rows, their clocks and jobs, what hangs on them. A search asks in two steps.
    for query, statements in (({}, 6), ({"text": "漏水"}, 8)):
        desk.get("/requests", query)
        with django_assert_num_queries(statements):
            listed = desk.get("/requests", query).json()["items"]
        assert len(listed) == rows
        assert "urge" in listed[0]["possible"]


def test_list_tells_of_each_matter_what_it_tells_itself(cast: Cast) -> None:
    """It is read in another way: clocks, jobs and what hangs on each for all rows at once."""
    desk, steward, worker, lead = map(Caller, (cast.receptionist, cast.steward, cast.worker, cast.supervisor))
    kinds = ("repair", "repair", "enquiry", "repair", "repair", "repair")
    paths = [f"/requests/{desk.post('/requests', repair(cast, kind=kind)).json()['id']}" for kind in kinds]
    _waiting, accepted, stopped, asking, given, _taken = paths
    for path in paths[1:]:
        desk.post(f"{path}/acceptance")
    stop = desk.post(f"{stopped}/clock-pause", {"reason": "parts", "note": "等"})
    assert stop.status_code == 200, stop.content.decode()
    asked = {"metric": "resolution", "new_due": "2126-01-01T12:00:00+08:00", "reason": "等配件"}
    desk.post(f"{asking}/due-time-wish", asked)
    for path in paths[4:]:
        steward.post(f"{path}/dispatch", {"doer_id": cast.worker.pk})
    (job,) = [
        job for job in worker.get("/work-orders").json()["items"] if f"/requests/{job['service_request_id']}" == given
    ]
    worker.post(f"/work-orders/{job['id']}/acceptance")
    for caller in (desk, steward, worker, lead):
        listed = caller.get("/requests").json()["items"]
        assert listed == [caller.get(f"/requests/{row['id']}").json() for row in listed]
    by_path = {f"/requests/{row['id']}": row["possible"] for row in lead.get("/requests").json()["items"]}
    assert "decide_adjustment" in by_path[asking]
    assert "decide_adjustment" not in by_path[accepted]
    assert ("resume_clock" in by_path[stopped], "pause_clock" in by_path[stopped]) == (True, False)


def test_a_list_is_walked_page_by_page_by_whatever_it_is_asked(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    made = [desk.post("/requests", repair(cast, urgency=urgency)).json() for urgency in ("urgent", "normal", "urgent")]
    newest = [row["id"] for row in reversed(made)]
    urgent = [newest[0], newest[2]]
    since = ServiceRequest.objects.get(pk=made[1]["id"]).entered_at.isoformat()
    for query, expected in [
        ({}, newest),
        ({"sort": "entered_at"}, newest[::-1]),
        ({"urgency": "urgent"}, urgent),
        ({"unit_id": cast.unit.pk, "urgency": "urgent", "kind": "repair", "state": "registered"}, urgent),
        ({"unit_id": cast.unit.pk + 1}, []),
        ({"kind": "complaint"}, []),
        ({"entered_from": since}, newest[:2]),
        ({"entered_to": since, "sort": "entered_at"}, newest[2:]),
    ]:
        assert walked(desk, query) == expected
        # The same of a list whose statement is made anew each time.
        assert walked(desk, {**query, "list": "open"}) == expected
    due = walked(desk, {"sort": "next_due_at"})
    assert due == walked(desk, {"sort": "next_due_at", "list": "open"})
    assert sorted(due) == sorted(newest)


def test_a_list_that_was_asked_before_follows_what_somebody_may_see(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    made = desk.post("/requests", repair(cast)).json()["id"]
    assert (walked(desk, {}), walked(Caller(cast.outsider), {})) == ([made], [])
    TerritoryAssignment.objects.filter(staff=cast.receptionist.staff).delete()
    assert walked(desk, {}) == []


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzFd", "W251bGwsMV0", "WyIyMDI2LTExLTIxVDA2OjMwOjAwKzAwOjAwIixudWxsXQ", "WyJ4IiwxXQ"]
)
@pytest.mark.parametrize("which", ["all", "open"])
def test_a_cursor_that_was_tampered_with_is_named(cast: Cast, cursor: str, which: str) -> None:
    body = problem(Caller(cast.receptionist).get("/requests", {"cursor": cursor, "list": which}), 422)
    assert [error["field"] for error in body["errors"]] == ["cursor"]


def walked(caller: Caller, query: dict[str, Any]) -> list[int]:
    found, cursor = [], ""
    while cursor is not None:
        page = caller.get("/requests", {"limit": 1, "cursor": cursor, **query}).json()
        found += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    return found
