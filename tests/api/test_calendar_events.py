"""The calendar written by a program (A-09)."""

import pytest

from gongying.schedule.models import CalendarEvent
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast
from tests.schedule.test_calendar_events import visit, visit_privately

TIMES = {"starts_at": "2029-06-04T10:30:00+08:00", "ends_at": "2029-06-04T11:30:00+08:00"}


def a_body(*people, **more):
    return {"title": "周例会", "kind": "meeting", "staff_ids": [each.staff.pk for each in people], **TIMES, **more}


@pytest.mark.requirement("R-247", "R-249", "R-250")
def test_a_09_by_program(cast: Cast) -> None:
    visit(cast)
    visit_privately(cast)
    room = Caller(cast.manager).post("/bookable-resources", {"name": "二楼会议室", "seats": 12}).json()
    caller, other = Caller(cast.supervisor), Caller(cast.quality)
    body = a_body(cast.supervisor, cast.steward, resource_ids=[room["id"]])

    clash = problem(caller.post("/calendar-events", body), 409)["current"]
    assert [(each["name"], each["title"]) for each in clash["clashes"]] == [("王管家", "走访 周先生")]
    assert clash["free_from"].startswith("2029-06-04T03:00:00")  # 11:00 in Shanghai
    event = caller.post("/calendar-events", {**body, "despite_clashes": True}).json()
    assert (event["clashing_staff_ids"], event["sequence"]) == ([cast.steward.staff.pk], 0)

    taken = a_body(cast.quality, resource_ids=[room["id"]], despite_clashes=True)
    assert "二楼会议室" in problem(other.post("/calendar-events", taken), 409)["detail"]

    path = f"/calendar-events/{event['id']}"
    answered = Caller(cast.steward).post(f"{path}/answer", {"answer": "declined"}).json()
    assert [each["answer"] for each in answered["attendees"]] == ["accepted", "declined"]
    later = {"starts_at": "2029-06-05T14:00:00+08:00", "ends_at": "2029-06-05T15:00:00+08:00"}
    moved = caller.patch(path, {"version": 1, **later}).json()
    assert (moved["starts_at"], moved["sequence"], moved["clashing_staff_ids"]) == ("2029-06-05T06:00:00Z", 1, [])
    assert problem(caller.patch(path, {"version": 1, **TIMES}), 409)["current"]["version"] == 2
    problem(Caller(cast.manager).patch(path, {"version": 2, "title": "x"}), 403)

    look = f"staff_ids={cast.steward.staff.pk}&since=2029-06-04T00:00&until=2029-06-08T00:00"
    assert [row["title"] for row in caller.get(f"/busy-times?{look}").json()] == ["走访 周先生", "", "周例会"]
    free = f"staff_ids={cast.steward.staff.pk}&since=2029-06-05T09:00&minutes=60"
    assert caller.get(f"/common-free-time?{free}").json()["starts_at"] == "2029-06-05T02:00:00Z"
    assert caller.post(f"{path}/cancel", {"version": 2, "reason": "放假"}).json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"staff_ids": []}, ["staff_ids"]),
        ({"staff_ids": list(range(1, 501))}, ["staff_ids"]),
        ({"staff_ids": [999_999]}, ["staff_ids"]),
        ({"title": "会" * 100_000}, ["title"]),
        ({"starts_at": "2029-02-31T10:00"}, ["starts_at"]),
        ({"customer_id": 999_999}, ["customer_id"]),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(cast: Cast, wrong, named) -> None:
    assert fields(Caller(cast.supervisor).post("/calendar-events", {**a_body(cast.supervisor), **wrong})) == named
    assert not CalendarEvent.objects.exists()
