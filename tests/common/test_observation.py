"""Request numbers, logs without secrets, slow statements, and what Prometheus reads."""

import json
import logging
import sys
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client

from gongying.accounts.models import User
from gongying.common import request_ids
from gongying.common.api_frame import problem_of
from gongying.common.logs import JsonLines, Lines, without_secrets
from gongying.common.models import Heartbeat
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_each_answer_has_a_number_of_its_own(client: Client) -> None:
    first, second = client.get("/healthz"), client.get("/accounts/login/", headers={"X-Request-ID": "given-by-others"})

    numbers = {first.headers["X-Request-ID"], second.headers["X-Request-ID"]}
    assert len(numbers) == 2
    assert "given-by-others" not in numbers
    assert request_ids.current.get() == ""


@pytest.mark.parametrize(
    ("given", "is_taken"), [("abc-1234", True), ("x", False), ("a\tb cdefg", False), ("a" * 65, False)]
)
def test_number_of_a_trusted_proxy_is_taken(client: Client, settings: Any, given: str, is_taken: bool) -> None:
    settings.REQUEST_ID_HEADER = "X-Request-ID"

    answered = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert (answered == given) == is_taken


def test_failure_shows_its_number_and_logs_it(
    cast: Cast, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(cast.administrator)
    client.raise_request_exception = False
    logged_with = set()
    caplog.handler.addFilter(lambda _record: logged_with.add(request_ids.current.get()) or True)

    with mock.patch("gongying.workbench.views.state.present_standing", side_effect=RuntimeError("the disk broke")):
        response = client.get("/settings/state/")

    number = response.headers["X-Request-ID"]
    assert response.status_code == 500
    assert number in response.content.decode()
    assert number in logged_with


def test_what_is_logged_of_a_bad_answer_has_its_number(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    logged_with = set()
    caplog.handler.addFilter(lambda _record: logged_with.add(request_ids.current.get()) or True)

    response = client.get("/metrics", REMOTE_ADDR="10.0.0.7")

    assert response.status_code == 404
    assert logged_with == {response.headers["X-Request-ID"]}


def test_failure_of_the_api_tells_its_number() -> None:
    token = request_ids.current.set("abcde-fghij")
    try:
        assert problem_of(RuntimeError("the disk broke")).as_json()["request_id"] == "abcde-fghij"
    finally:
        request_ids.current.reset(token)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("IntegrityError\nDETAIL:  Key (value)=(+8613800001234) exists.\nend", "IntegrityError\nDETAIL: …\nend"),
        ("error\nLINE 1: INSERT INTO x VALUES ('周先生')\n             ^\nend", "error\nLINE 1: …\nend"),
        ("called +8613800001234 at 12:30", "called …34 at 12:30"),
        ("13800001234", "…34"),
        ("id 44030119900101123X", "id …3X"),
        ("Not Found: /rate/abc.def:ghi", "Not Found: /rate/…"),
        ("postgresql://gongying:geheim@db/x", "postgresql://gongying:…@db/x"),
        ("Authorization: Bearer abcdef", "Authorization: Bearer …"),
        ("password=geheim next", "password=… next"),
        ("request 20261 of 2026-11-23 took 1250 ms", "request 20261 of 2026-11-23 took 1250 ms"),
    ],
)
def test_log_tells_no_secret_and_no_personal_data(text: str, told: str) -> None:
    assert without_secrets(text) == told


def record_of_failure() -> logging.LogRecord:
    try:
        raise ValueError("no unit for 13800001234")
    except ValueError:
        record = logging.LogRecord("gongying.x", logging.ERROR, __file__, 1, "Failed for %s", ("周",), sys.exc_info())
    record.request_id = "abcde-fghij"
    return record


def test_line_for_machines_is_one_object_without_secrets() -> None:
    line = json.loads(JsonLines().format(record_of_failure()))

    assert (line["level"], line["logger"], line["request"]) == ("ERROR", "gongying.x", "abcde-fghij")
    assert line["message"] == "Failed for 周"
    assert "no unit for …34" in line["trace"]


def test_line_for_people_has_the_number_too() -> None:
    text = Lines().format(record_of_failure())

    assert "ERROR abcde-fghij gongying.x: Failed for 周" in text
    assert "13800001234" not in text


def test_slow_statement_is_logged_without_its_values(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.001), %s", ["quick 周先生"])
        settings.SLOW_QUERY_SECONDS = 0.02
        cursor.execute("SELECT pg_sleep(0.03), %s", ["周先生"])

    told = [record.getMessage() for record in caplog.records if record.name == "gongying.statements"]
    assert len(told) == 1
    assert "SELECT pg_sleep(0.03), %s" in told[0]
    assert "周先生" not in told[0]


# -- Prometheus


def test_measures_are_read_on_this_machine(client: Client) -> None:
    Heartbeat.beat("push@here", clients=3)
    client.get("/healthz")

    text = client.get("/metrics").content.decode()

    assert 'gongying_request_seconds_count{method="GET",status="' in text
    assert 'view="health-show"' in text
    for name in ("jobs_waiting 0.0", "push_clients 3.0", 'seen_seconds{part="push"}', "database_bytes", "disk_free"):
        assert f"gongying_{name}" in text


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "10.0.0.7", 404),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 404),
        ({"Authorization": "Bearer wrong"}, "10.0.0.7", 404),
        ({"Authorization": "Bearer "}, "10.0.0.7", 404),
        ({"Authorization": "Bearer the token"}, "10.0.0.7", 200),
        ({"Authorization": "Bearer the token", "X-Forwarded-For": "10.0.0.7"}, "127.0.0.1", 200),
    ],
)
def test_measures_are_there_for_who_has_the_token(
    client: Client, settings: Any, headers: dict[str, str], address: str, status: int
) -> None:
    settings.METRICS_TOKEN = "the token"

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_without_a_token_in_the_settings_none_opens(client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="10.0.0.7").status_code == 404
