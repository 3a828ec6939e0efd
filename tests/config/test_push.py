"""The push process: who is let in, what is told to whom, through the real database."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client as Browser
from django.test import RequestFactory

from config import push
from gongying.accounts.models import User
from gongying.common.push import push_url
from gongying.events import streams
from gongying.organization.models import StaffMember, TerritoryAssignment
from tests.conftest import make_cast

WAIT_SECONDS = 10


@pytest.fixture(autouse=True)
def _doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may hear of a door."""
    monkeypatch.setitem(streams._streams, "door", lambda _user, ids: ids)


class Connection:
    """What an ASGI server does for one request."""

    def __init__(self, query: str = "", *, cookie: str = "", origin: str = "", path: str = "/push/") -> None:
        headers = [(b"host", b"localhost:8001"), (b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        self.scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def told(self) -> list[list[str]]:
        body = b"".join(message.get("body", b"") for message in self.sent).decode()
        return [
            json.loads(block.partition("data: ")[2])["subjects"]
            for block in body.split("\n\n")
            if "event: changed" in block
        ]

    @property
    def welcome(self) -> dict[str, Any]:
        block = next(block for block in self.text.split("\n\n") if "event: welcome" in block)
        return dict(json.loads(block.partition("data: ")[2]))

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()


async def eventually(question: Callable[[], bool]) -> bool:
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while not question():  # noqa: ASYNC110 -- what it waits for happens in the product
                await asyncio.sleep(0.02)
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def listening() -> AsyncIterator[None]:
    """A push process that listens, with nothing remembered."""
    push.hub = push.Hub()
    push.hub.start()
    assert await eventually(lambda: bool(push.hub.recent))
    push.hub.recent.clear()
    try:
        yield
    finally:
        assert push.hub.task
        push.hub.task.cancel()


@asynccontextmanager
async def connected(connection: Connection) -> AsyncIterator[Connection]:
    task = asyncio.create_task(push.application(connection.scope, connection.receive, connection.send))
    assert await eventually(lambda: len(connection.sent) > 1)
    try:
        yield connection
    finally:
        connection.gone.set()
        await task


async def notify(*subjects: str) -> None:
    async with await psycopg.AsyncConnection.connect(**push.database(), autocommit=True) as connection:
        await connection.execute("SELECT pg_notify('gongying_events', %s)", [json.dumps({"subjects": subjects})])


def session_of(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    return str(browser.session.session_key)


@pytest.mark.django_db(transaction=True)
def test_push_tells_each_page_what_it_asked_for() -> None:
    cookie = session_of(User.objects.create(username="zhao"))

    async def scenario() -> None:
        async with (
            listening(),
            connected(Connection("subjects=door-1,door-2", cookie=cookie, origin="http://localhost:8000")) as first,
            connected(Connection("subjects=door-12", cookie=cookie)) as second,
        ):
            await notify("door-2", "door-9")
            await notify("*")
            assert await eventually(lambda: len(second.told) == 1 and first.told[-1:] == [["*"]])

            assert first.status == 200
            assert first.headers[b"access-control-allow-origin"] == b"http://localhost:8000"
            assert first.told == [["door-2"], ["*"]]
            assert second.told == [["*"]]

    asyncio.run(scenario())


@pytest.mark.django_db(transaction=True)
def test_page_learns_what_changed_lately_and_how_long_ago() -> None:
    """How long its question was under way only the page knows; so it says itself what came too late for it."""
    cookie = session_of(User.objects.create(username="zhao"))

    async def scenario() -> None:
        async with listening():
            await notify("door-1", "door-2")
            await notify("door-3")
            assert await eventually(lambda: len(push.hub.recent) == 2)
            await asyncio.sleep(0.05)
            async with connected(Connection("subjects=door-1,door-4", cookie=cookie)) as page:
                (changed,) = page.welcome["changed"]
                assert changed["subjects"] == ["door-1"]
                assert 50 <= changed["ago"] < page.welcome["reaches"] == 60_000
                assert page.told == []

    asyncio.run(scenario())


@pytest.mark.django_db(transaction=True)
def test_page_older_than_the_listening_learns_that_anything_may_have_changed() -> None:
    cookie = session_of(User.objects.create(username="zhao"))

    async def scenario() -> None:
        push.hub = push.Hub()
        push.hub.start()
        assert await eventually(lambda: bool(push.hub.recent))
        async with connected(Connection("subjects=door-1", cookie=cookie)) as page:
            assert [changed["subjects"] for changed in page.welcome["changed"]] == [["*"]]
        assert push.hub.task
        push.hub.task.cancel()

    asyncio.run(scenario())


@pytest.mark.django_db(transaction=True)
def test_push_ends_when_the_person_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(push, "RECHECK_SECONDS", 0.1)
    user = User.objects.create(username="zhao")
    cookie = session_of(user)

    def leave() -> None:
        User.objects.filter(pk=user.pk).update(is_active=False)
        connections.close_all()

    async def scenario() -> None:
        async with listening(), connected(Connection("subjects=door-1", cookie=cookie)) as connection:
            await asyncio.to_thread(leave)
            assert await eventually(lambda: connection.sent[-1].get("more_body") is None)
            assert "event: here" in connection.text
            assert "event: signed-out" in connection.text

    asyncio.run(scenario())


@pytest.mark.requirement("R-024")
@pytest.mark.django_db(transaction=True)
def test_push_tells_nobody_of_what_she_may_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a page asks for: not of the next territory, not of a colleague's bell, not of kinds that nobody knows."""
    monkeypatch.setattr(push, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(push, "RECHECK_SECONDS", 0.1)
    cast = make_cast()
    own, foreign = (
        f"unit-{cast.unit.pk}",
        [f"unit-{cast.west_unit.pk}", f"user-{cast.manager.pk}", "secret-1", "unit-9" * 9],
    )
    cookie = session_of(cast.steward)

    def lose_territory() -> None:
        TerritoryAssignment.objects.filter(staff=cast.steward.staff).delete()
        connections.close_all()

    async def scenario() -> None:
        async with listening(), connected(Connection(f"subjects={','.join([own, *foreign])}", cookie=cookie)) as page:
            await notify(*foreign)
            await notify(own)
            assert await eventually(lambda: page.told == [[own]])

            await asyncio.to_thread(lose_territory)
            (client,) = push.hub.clients
            assert await eventually(lambda: not client.subjects)

    asyncio.run(scenario())


@pytest.mark.django_db(transaction=True)
def test_push_refuses_who_left_the_company() -> None:
    cast = make_cast()
    cookie = session_of(cast.steward)
    StaffMember.objects.filter(user=cast.steward).update(left_on=date(2025, 1, 1))
    connection = Connection("subjects=door-1", cookie=cookie)
    asyncio.run(push.application(connection.scope, connection.receive, connection.send))

    assert connection.status == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cookie", ["", "made-up"])
def test_push_refuses_strangers(cookie: str) -> None:
    connection = Connection("subjects=door-1", cookie=cookie)
    asyncio.run(push.application(connection.scope, connection.receive, connection.send))

    assert connection.status == 401


def test_push_refuses_pages_of_other_sites() -> None:
    connection = Connection("subjects=door-1", origin="https://evil.example")
    asyncio.run(push.application(connection.scope, connection.receive, connection.send))

    assert (connection.status, connection.headers) == (403, {})


def test_push_has_no_other_pages() -> None:
    connection = Connection(path="/")
    asyncio.run(push.application(connection.scope, connection.receive, connection.send))

    assert connection.status == 404


def test_notices_that_are_not_ours_are_passed_over() -> None:
    hub = push.Hub()
    for payload in ("", "[]", "{}", '{"subjects": 3}', "null"):
        hub.hear(payload)

    assert not hub.recent


@pytest.mark.parametrize(
    ("setting", "host", "url"),
    [
        ("", "crm.example", "/push/"),
        (":8001/push/", "localhost:8000", "http://localhost:8001/push/"),
        (":8001/push/", "[::1]:8000", "http://[::1]:8001/push/"),
        ("https://push.example/push/", "crm.example", "https://push.example/push/"),
    ],
)
def test_pages_find_the_push_process(setting: str, host: str, url: str, settings: Any) -> None:
    settings.PUSH_URL = setting
    settings.ALLOWED_HOSTS = ["*"]

    assert push_url(RequestFactory().get("/", HTTP_HOST=host)) == url
