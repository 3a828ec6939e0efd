"""The calendar, hours and duties, written by a program."""

from typing import Any

import pytest

from gongying.schedule.models import CalendarDay, CalendarYear, DutyShift, WorkingWeek
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast

OFFICE = "08:30-12:00, 13:30-18:00"
TIMES = {"starts_at": "2026-11-24T20:00:00+08:00", "ends_at": "2026-11-25T08:00:00+08:00"}


@pytest.mark.requirement("E-035")
def test_a_year_is_entered_completed_and_reopened(cast: Cast) -> None:
    caller = Caller(cast.administrator)
    unknown = caller.get("/working-days/2027-01-01").json()
    assert unknown == {"date": "2027-01-01", "is_working": True, "is_known": False}
    problem(caller.post("/calendar-years", {"year": 2027}), 409)

    day = caller.post("/calendar-days", {"date": "2027-01-01", "kind": "holiday", "name": "元旦"}).json()
    assert (day["version"], day["kind"], day["name"]) == (1, "holiday", "元旦")
    year = caller.post("/calendar-years", {"year": 2027, "source": "国务院办公厅"}).json()
    assert caller.get("/working-days/2027-01-01").json() == {
        "date": "2027-01-01",
        "is_working": False,
        "is_known": True,
    }
    assert [row["date"] for row in caller.get("/calendar-days?year=2027").json()["items"]] == ["2027-01-01"]

    path = f"/calendar-days/{day['id']}"
    changed = caller.patch(path, {"version": 1, "kind": "make_up"}).json()
    assert (changed["version"], changed["kind"], changed["name"]) == (2, "make_up", "元旦")
    assert problem(caller.patch(path, {"version": 1, "name": "x"}), 409)["current"] == changed
    assert caller.delete(f"/calendar-years/{year['id']}").status_code == 204
    assert caller.delete(f"{path}?version=2").status_code == 204
    assert not CalendarDay.objects.filter(date="2027-01-01").exists()
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"date": "2026-10-10", "kind": "holiday"}, ["date"]),
        ({"date": "2027-02-30", "kind": "holiday"}, ["date"]),
        ({"date": "1950-01-01", "kind": "holiday"}, ["date"]),
        ({"date": "2027-01-01", "kind": "feast"}, ["kind"]),
        ({"date": "2027-01-01", "kind": "holiday", "name": "节" * 61}, ["name"]),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_its_field(cast: Cast, body: dict[str, Any], named: list[str]) -> None:
    assert fields(Caller(cast.administrator).post("/calendar-days", body)) == named


def test_hours_of_a_project_begin_are_replaced_and_end(cast: Cast) -> None:
    caller = Caller(cast.manager)
    body = {
        "project_id": cast.sunshine.pk,
        "starts_on": "2026-12-01",
        "hours": {"monday": OFFICE, "sunday": "0:00-24:00"},
    }

    week = caller.post("/working-weeks", body).json()
    assert (week["hours"]["monday"], week["hours"]["sunday"], week["hours"]["friday"]) == (OFFICE, "00:00-24:00", "")
    assert (week["since"], week["until"]) == ("2026-12-01", None)
    stale = problem(caller.post("/working-weeks", {**body, "starts_on": "2026-12-24", "version": 9}), 409)
    assert stale["current"]["version"] == 1
    caller.post("/working-weeks", {**body, "starts_on": "2026-12-24", "version": 1})
    assert caller.get(f"/working-weeks/{week['id']}").json()["until"] == "2026-12-23"
    listed = caller.get(f"/working-weeks?project_id={cast.sunshine.pk}").json()["items"]
    assert len(listed) == 2
    assert caller.post(f"/working-weeks/{listed[1]['id']}/end", {"on": "2027-01-04"}).status_code == 204
    assert WorkingWeek.objects.get(pk=listed[1]["id"]).last_day.isoformat() == "2027-01-03"

    problem(caller.post("/working-weeks", {**body, "project_id": None}), 403)
    assert fields(caller.post("/working-weeks", {**body, "project_id": cast.park.pk})) == ["project_id"]
    overlapping = {**body, "version": 2, "hours": {"monday": "08:00-12:00, 11:00-13:00"}}
    assert fields(caller.post("/working-weeks", overlapping)) == ["monday"]


@pytest.mark.requirement("E-052")
def test_a_program_makes_the_roster_and_asks_who_is_there(cast: Cast) -> None:
    caller = Caller(cast.supervisor)
    post = caller.post("/duty-posts", {"project_id": cast.sunshine.pk, "name": "监控室", "phone": "8888"}).json()
    staff = {"post_id": post["id"], "staff_id": cast.guard.staff.pk}
    shift = caller.post("/duty-shifts", {**staff, **TIMES}).json()
    assert shift["version"] == 1
    problem(caller.post("/duty-shifts", {**staff, **TIMES}), 409)
    problem(caller.post("/duty-shifts", {**staff, **TIMES, "ends_at": TIMES["starts_at"]}), 409)

    there = f"/projects/{cast.sunshine.pk}/on-duty?at=2026-11-24T23:00:00%2B08:00"
    (duty,) = caller.get(there).json()
    assert (duty["post"], duty["staff_id"], duty["name"], duty["phone"]) == (
        "监控室",
        cast.guard.staff.pk,
        "小孙",
        "8888",
    )
    assert caller.get(f"{there}&post=x").json() == []

    path = f"/duty-shifts/{shift['id']}"
    moved = caller.patch(path, {"version": 1, "staff_id": cast.worker.staff.pk}).json()
    assert (moved["version"], moved["staff_id"], moved["starts_at"]) == (2, cast.worker.staff.pk, shift["starts_at"])
    assert problem(caller.patch(path, {"version": 1}), 409)["current"] == moved
    copied = caller.post(f"/projects/{cast.sunshine.pk}/duty-weeks", {"monday": "2026-12-01"})
    assert copied.json() == {"shifts": 1}
    problem(caller.delete(f"/duty-posts/{post['id']}"), 409)
    assert caller.delete(f"{path}?version=2").status_code == 204
    assert [row.starts_at.isoformat() for row in DutyShift.objects.all()] == ["2026-12-01T12:00:00+00:00"]

    renamed = caller.patch(f"/duty-posts/{post['id']}", {"version": 1, "name": "消控室"}).json()
    assert (renamed["name"], renamed["phone"], renamed["version"]) == ("消控室", "8888", 2)
    problem(Caller(cast.outsider).get(path), 404)
    problem(Caller(cast.guard).post("/duty-shifts", {**staff, **TIMES}), 403)
