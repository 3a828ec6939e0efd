"""A real day of somebody else's help desk, played through the API in its real order: nothing is lost on the way."""

import csv
import io
import zipfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceRequest
from tests.api.conftest import Caller
from tests.api.test_requests import repair
from tests.conftest import Cast

ROOT = Path(__file__).parents[2]
FILES = [folder / "shared/data/load/servicenow_incidents.zip" for folder in (ROOT.parent, ROOT.parent.parent)]
# Many of each: new matters, reassignments, waiting, two that were opened again, closures.
DAY = "21/4/2016"
WAITING = {
    "Awaiting User Info": "customer",
    "Awaiting Vendor": "third_party",
    "Awaiting Problem": "parts",
    "Awaiting Evidence": "customer",
}
STATES = {"New": "accepted", "Active": "in_progress", "Resolved": "reported", "Closed": "closed"}

Row = dict[str, str]


def moment(row: Row) -> datetime:
    return datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M")  # noqa: DTZ007 only compared


def a_day() -> list[Row]:
    """All that was recorded on that day, and before it of the same incidents, in its real order."""
    found = next((path for path in FILES if path.exists()), None)
    if found is None:
        pytest.skip("../shared/data/load/servicenow_incidents.zip is not there.")
    with zipfile.ZipFile(found) as archive:
        text = archive.read("incident_event_log.csv").decode("latin-1")
    rows = list(csv.DictReader(io.StringIO(text)))
    touched = {row["number"] for row in rows if row["sys_updated_at"].startswith(f"{DAY} ")}
    end = datetime.strptime(f"{DAY} 23:59", "%d/%m/%Y %H:%M")  # noqa: DTZ007
    rows = [row for row in rows if row["number"] in touched and moment(row) <= end]
    return sorted(rows, key=lambda row: (moment(row), row["number"], int(row["sys_mod_count"])))


class Incident:
    """One incident of the log, kept in step with its request; remembers the verbs its timeline must tell."""

    def __init__(self, desk: Caller, workers: list[tuple[int, Caller]], made: dict[str, Any]) -> None:
        self.desk, self.workers = desk, workers
        self.path = f"/requests/{made['id']}"
        self.id = made["id"]
        self.state = "New"
        self.assignee = "?"
        self.reopened = 0
        self.turn = -1
        self.job: dict[str, Any] | None = None
        self.told = ["request.registered"]
        self.step("acceptance")
        self.told.append("request.accepted")

    def follow(self, row: Row) -> None:
        target, assignee = row["incident_state"], row["assigned_to"]
        self.reopened = max(self.reopened, int(row["reopen_count"]))
        if self.state in ("Resolved", "Closed") and target not in ("Resolved", "Closed"):
            self.open_again()
        if assignee not in ("?", self.assignee) and self.state not in ("Resolved", "Closed"):
            self.assign(assignee)
        if target in WAITING:
            self.wait(WAITING[target])
        elif target == "Active":
            self.begin()
        elif target in ("Resolved", "Closed"):
            self.resolve()
        if target == "Closed" and self.state != "Closed":
            self.call("follow-ups", {"reached": True, "solved": True, "score": 5}, "request.followed_up")
            self.told.append("request.closed")
        self.state = target if target not in WAITING else "Active"

    def assign(self, assignee: str) -> None:
        self.assignee = assignee
        self.turn = (self.turn + 1) % len(self.workers)
        doer = {"doer_id": self.workers[self.turn][0], "trade_reason": "会修水管"}
        if self.job is None:
            self.call("dispatch", doer, "work.assigned")
            (self.job,) = self.desk.get(f"{self.path}/work-orders").json()[-1:]
        else:
            self.on_job("reassignment", {**doer, "reason": "超负荷"}, "work.reassigned", by=self.desk)

    def begin(self) -> None:
        """At work: taken, arrived, and going on after a wait."""
        if self.job is None:
            self.assign("nobody named")
        for state, step, verb in (
            ("assigned", "acceptance", "work.accepted"),
            ("paused", "resumption", "work.resumed"),
            ("accepted", "arrival", "work.arrived"),
        ):
            if self.job and self.job["state"] == state:
                self.on_job(step, {}, verb)

    def wait(self, reason: str) -> None:
        if self.job and self.job["state"] == "paused":
            return
        self.begin()
        self.on_job("pause", {"reason": reason}, "work.paused")

    def resolve(self) -> None:
        if self.state in ("Resolved", "Closed"):
            return
        self.begin()
        self.on_job("completion", {"ticks": Tick.values, "result": "修好"}, "work.completed")
        self.told.append("request.resolved")
        self.call("result-notice", {"channel": "phone", "words": "修好了"}, "request.reported")

    def open_again(self) -> None:
        if self.state == "Closed":
            self.call("reopening", {"reason": "又坏了"}, "request.reopened")
        else:
            self.call("follow-ups", {"reached": True, "solved": False, "score": 2}, "request.followed_up")
            self.told.append("request.sent_back")
        self.state = "Active"
        jobs = self.desk.get(f"{self.path}/work-orders").json()
        self.job = next((job for job in jobs if job["state"] not in ("done", "checked", "cancelled", "open")), None)

    def call(self, step: str, body: dict[str, Any], verb: str) -> None:
        self.step(step, body)
        self.told.append(verb)

    def step(self, step: str, body: dict[str, Any] | None = None) -> None:
        answer = self.desk.post(f"{self.path}/{step}", body or {})
        assert answer.status_code in (200, 201), (step, answer.content.decode())

    def on_job(self, step: str, body: dict[str, Any], verb: str, *, by: Caller | None = None) -> None:
        assert self.job
        caller = by or self.workers[self.turn][1]
        answer = caller.post(f"/work-orders/{self.job['id']}/{step}", body)
        assert answer.status_code == 200, (step, answer.content.decode())
        self.job = answer.json()
        self.told.append(verb)


def timeline(desk: Caller, request_id: int) -> list[str]:
    verbs: list[str] = []
    cursor = ""
    while True:
        page = desk.get(f"/timeline/servicerequest/{request_id}", {"cursor": cursor}).json()
        verbs += [event["verb"] for event in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            return verbs[::-1]


def in_order(wanted: list[str], told: list[str]) -> bool:
    rest = iter(told)
    return all(verb in rest for verb in wanted)


@pytest.mark.requirement("R-187", "R-189", "R-197")
def test_a_day_of_a_real_help_desk_is_replayed_with_every_event_and_no_request_lost(cast: Cast) -> None:
    rows = a_day()
    desk = Caller(cast.manager)
    workers = [(user.pk, Caller(user)) for user in (cast.worker, cast.second_worker)]
    incidents: dict[str, Incident] = {}
    last: dict[str, str] = {}
    for row in rows:
        number = row["number"]
        if number not in incidents:
            made = desk.post("/requests", repair(cast, text=f"{number} {row['subcategory']} {row['u_symptom']}"))
            assert made.status_code == 201
            incidents[number] = Incident(desk, workers, made.json())
        incidents[number].follow(row)
        last[number] = row["incident_state"]

    assert len(incidents) > 100
    assert ServiceRequest.objects.count() == len(incidents)
    states = dict(ServiceRequest.objects.values_list("pk", "state"))
    wrong: dict[str, Any] = defaultdict(list)
    for number, incident in incidents.items():
        expected = STATES.get(last[number], "in_progress")
        if last[number] == "New" and incident.job is not None:
            expected = "in_progress"  # given to somebody, who has not begun
        if states[incident.id] != expected:
            wrong["state"].append((number, last[number], states[incident.id]))
        if not in_order(incident.told, timeline(desk, incident.id)):
            wrong["timeline"].append((number, incident.told))
    assert not wrong
    assert sum(incident.reopened for incident in incidents.values()) >= 2
