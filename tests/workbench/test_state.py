"""The page of the administrator, and what she is told of without looking."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from gongying.accounts.models import User
from gongying.common.models import Backup, Heartbeat, Trouble
from gongying.common.standing import present_standing
from gongying.notifications.models import Notification
from gongying.workbench import presentation
from gongying.workbench.operations import watch_system
from gongying.workbench.upkeep import Check, checks
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything was seen just now."""
    monkeypatch.setattr("gongying.workbench.upkeep.missing_year", lambda: None)
    monkeypatch.setattr("gongying.workbench.upkeep.LEAST_ROOM_SHARE", 0)
    monkeypatch.setattr("gongying.workbench.upkeep.LEAST_ROOM_BYTES", 0)
    Heartbeat.beat("sweep")
    Heartbeat.beat("push@here", clients=2)
    back_up(hours_ago=3)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


def back_up(hours_ago: float) -> None:
    at = timezone.now() - timedelta(hours=hours_ago)
    Backup.objects.create(at=at, name="b.tar", size=5_000_000, files=2, seconds=1, is_sealed=True)


def set_up(ago: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = %s", [timezone.now() - ago])


def add_job(status: str, event: str, ago: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('q', 'a.make_export', 'todo')"
            " RETURNING id"
        )
        (pk,) = cursor.fetchone() or [None]
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, pk])
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [pk])
        at = timezone.now() - ago
        cursor.execute("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, %s)", [pk, event, at])


def wrong() -> dict[str, Check]:
    return {check.key: check for check in checks() if check.is_wrong}


@pytest.mark.usefixtures("in_order")
def test_nothing_is_wrong_when_everything_runs() -> None:
    set_up(ago=timedelta(days=30))

    assert wrong() == {}
    assert present_standing().push_clients == 2


@pytest.mark.usefixtures("in_order")
def test_each_trouble_is_found_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    add_job("todo", "deferred", timedelta(minutes=11))
    add_job("failed", "failed", timedelta(hours=2))
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=6))
    Backup.objects.update(at=timezone.now() - timedelta(days=3))
    monkeypatch.setattr("gongying.workbench.upkeep.missing_year", lambda: 2027)
    monkeypatch.setattr("gongying.workbench.upkeep.LEAST_ROOM_SHARE", 2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '3 minutes'")

    found = wrong()

    assert set(found) == {"jobs", "failed", "sweep", "push", "backup", "calendar", "disk", "worker"}
    assert all(check.advice for check in found.values())
    assert "make_export × 1" in str(found["failed"].value)
    assert "2027" in str(found["calendar"].value)


@pytest.mark.usefixtures("in_order")
def test_what_failed_long_ago_or_is_for_later_is_no_trouble() -> None:
    add_job("failed", "failed", timedelta(hours=25))
    add_job("todo", "deferred", timedelta(hours=2))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE status = 'todo'")

    assert wrong() == {}


@pytest.mark.usefixtures("in_order")
@pytest.mark.parametrize(("days", "is_wrong"), [(1, False), (3, True)])
def test_a_new_installation_has_time_for_its_first_backup(settings: Any, days: int, is_wrong: bool) -> None:
    Backup.objects.all().delete()
    set_up(ago=timedelta(days=days))

    assert ("backup" in wrong()) == is_wrong
    settings.BACKUP_DAYS = 0
    assert "backup" not in wrong()


@pytest.mark.usefixtures("in_order")
def test_administrator_is_told_once_of_a_trouble_and_once_of_its_end(cast: Cast) -> None:
    def told() -> list[tuple[int, str, str]]:
        rows = Notification.objects.order_by("pk").values_list("user", "event__verb", "event__details__key")
        return [row for row in rows if row[1].startswith("system.")]

    watch_system()
    assert told() == []

    Backup.objects.update(at=timezone.now() - timedelta(days=3))
    watch_system()
    watch_system()
    assert told() == [(cast.administrator.pk, "system.troubled", "backup")]

    back_up(hours_ago=0)
    watch_system()
    watch_system()
    assert told()[1:] == [(cast.administrator.pk, "system.recovered", "backup")]

    Backup.objects.update(at=timezone.now() - timedelta(days=3))
    watch_system()
    assert len(told()) == 3
    assert Trouble.objects.filter(until=None).count() == 1


@pytest.mark.usefixtures("in_order")
def test_page_names_what_is_wrong_first(cast: Cast, client_of: ClientOf) -> None:
    Backup.objects.update(at=timezone.now() - timedelta(days=3))
    client = client_of(cast.administrator)

    page = client.get("/settings/state/", headers={"Accept-Language": "en"})

    assert page.context["wrong"] == 1
    assert page.context["checks"][0].key == "backup"
    assert "bin/backup" in page.content.decode()
    watch_system()
    assert client.get("/notifications/").status_code == 200


def test_page_is_for_administrators(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.manager).get("/settings/state/").status_code == 403


def test_standing_worker_is_an_alarm_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presentation, "LOOK_SECONDS", -1)
    assert presentation.standstill(None) is None
    Heartbeat.beat("sweep")
    assert presentation.standstill(None) is None
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=6))
    alarm = presentation.standstill(None)
    assert alarm is not None
    assert alarm.url == "/settings/state/"
    Heartbeat.objects.all().delete()
    assert presentation.standstill(None) is None
