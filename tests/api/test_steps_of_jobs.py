"""A step of a job is answered with the job as it is afterwards, in few statements."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongying.servicedesk.enums import Tick
from tests.api.conftest import Caller
from tests.api.test_requests import repair
from tests.conftest import Cast

STEPS = [
    ("acceptance", {}),
    ("departure", {}),
    ("arrival", {}),
    ("pause", {"reason": "parts"}),
    ("resumption-on-site", {}),
    ("pause", {"reason": "parts"}),
    ("resumption", {}),
    ("arrival", {}),
    ("completion", {"ticks": Tick.values, "minutes": 30}),
]


@pytest.fixture
def job(cast: Cast) -> dict[str, Any]:
    desk, steward, worker = Caller(cast.receptionist), Caller(cast.steward), Caller(cast.worker)
    made = desk.post("/requests", repair(cast)).json()
    desk.post(f"/requests/{made['id']}/acceptance")
    steward.post(f"/requests/{made['id']}/dispatch", {"doer_id": cast.worker.pk})
    (job,) = worker.get("/work-orders", {"doer_id": cast.worker.pk}).json()["items"]
    return job


def test_each_step_is_answered_with_the_job_as_it_is(cast: Cast, job: dict[str, Any]) -> None:
    worker, path = Caller(cast.worker), f"/work-orders/{job['id']}"
    states = []
    for step, given in STEPS:
        answer = worker.post(f"{path}/{step}", given)
        assert (answer.status_code, answer.json()) == (200, worker.get(path).json()), step
        states.append(answer.json()["state"])
    assert states == ["accepted", "en_route", "on_site", "paused", "on_site", "paused", "accepted", "on_site", "done"]
    stages = [row["stage"] for row in worker.get(f"/requests/{job['service_request_id']}/stages").json()]
    assert stages == ["registered", "accepted", "in_progress", "resolved"]


def test_finishing_the_only_job_reads_what_it_needs_once(cast: Cast, job: dict[str, Any]) -> None:
    worker, path = Caller(cast.worker), f"/work-orders/{job['id']}"
    for step in ("acceptance", "arrival"):
        worker.post(f"{path}/{step}")
    with CaptureQueriesContext(connection) as asked:
        assert worker.post(f"{path}/completion", {"ticks": Tick.values, "minutes": 30}).json()["state"] == "done"
    reads = [found[1] for query in asked if (found := re.match(r"EXECUTE ([a-z_]+)_[0-9]+ ", query["sql"]))]
    assert reads == [
        "found_token",
        "locked_request",
        "locked_work",
        "open_stage_of_work",
        "rate_of_a_job",
        "open_stage_of_request",
        "way_to_result",
        "all_is_done",
        "running_clocks",
    ]
