from datetime import timedelta
from unittest import mock

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from gongying.common.views import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    health.migrations_applied_at = -float("inf")


def worker_seen(seconds_ago: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        seen = timezone.now() - timedelta(seconds=seconds_ago)
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [seen])


def test_health_is_good_when_everything_is_there(client: Client) -> None:
    worker_seen(seconds_ago=5)

    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"ok": True, "missing": []})


def test_health_names_a_worker_not_seen_for_long(client: Client) -> None:
    worker_seen(seconds_ago=300)

    response = client.get("/healthz")

    assert (response.status_code, response.json()["missing"]) == (503, ["worker"])


def test_health_names_missing_migrations(client: Client) -> None:
    worker_seen(seconds_ago=5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'procrastinate' AND name LIKE '0041%%'")

    response = client.get("/healthz")

    assert (response.status_code, response.json()["missing"]) == (503, ["migrations"])


def test_health_names_a_database_that_does_not_answer(client: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=DatabaseError("gone")):
        response = client.get("/healthz")

    assert response.status_code == 503
    assert "database" in response.json()["missing"]
