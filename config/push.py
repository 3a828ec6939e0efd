"""The push process: tells open pages which subjects changed. Run as ASGI beside the pages: `granian … config.push:application`.

A page asks for `/push/?subjects=unit-12,customer-5`; it gets ids only, of what its owner may see, and fetches the rest by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from http import cookies
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
import psycopg
from asgiref.sync import sync_to_async

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- after setup
from django.contrib.auth import get_user  # noqa: E402
from django.db import DatabaseError, connections  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.utils import timezone  # noqa: E402

from gongying.accounts.models import User  # noqa: E402
from gongying.common.editions import one_request, present_edition  # noqa: E402
from gongying.common.models import Heartbeat  # noqa: E402
from gongying.common.standing import PUSH  # noqa: E402
from gongying.events.streams import may_hear  # noqa: E402
from gongying.organization.access import has_left  # noqa: E402

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

CHANNEL = "gongying_events"
EVERYTHING = "*"
RECHECK_SECONDS = 30
HEARTBEAT_SECONDS = 15
BEAT_SECONDS = 30
MOST_SUBJECTS = 500
# A page is read from the database before it listens. What changed lately is told to whoever comes, with how long ago: only the
# page knows since when it may be out of date, and how long its question was under way.
REMEMBER_SECONDS = 60
LONGEST_PAUSE_SECONDS = 10

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Client:
    subjects: frozenset[str]
    changed: set[str] = field(default_factory=set)
    welcome: dict[str, Any] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def concerned_by(self, subjects: frozenset[str]) -> frozenset[str]:
        return frozenset({EVERYTHING}) if EVERYTHING in subjects else subjects & self.subjects

    def tell(self, subjects: frozenset[str]) -> None:
        """Note what concerns this client. What is not sent yet is told once, however often it changes."""
        if concerned := self.concerned_by(subjects):
            self.changed |= concerned
            self.wake.set()

    def take(self) -> list[str]:
        changed, self.changed = sorted(self.changed), set()
        self.wake.clear()
        return changed


def database() -> dict[str, Any]:
    """How to reach Django's database without Django: its connections cannot wait for notices."""
    parameters: dict[str, Any] = connections["default"].get_connection_params()
    return {name: value for name, value in parameters.items() if name not in {"context", "cursor_factory"}}


class Hub:
    """Hears the database and passes on to the clients what concerns them."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.recent: deque[tuple[float, frozenset[str]]] = deque()
        self.task: asyncio.Task[None] | None = None
        self.beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.listen_forever())

    async def listen_forever(self) -> None:
        pause = 0.5
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**database(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    # What happened while nobody listened is unknown.
                    self.tell(frozenset({EVERYTHING}))
                    pause = 0.5
                    async for notice in connection.notifies():
                        self.hear(notice.payload)
            except psycopg.Error as error:
                logger.warning("The database connection was lost (%s); trying again in %s s", error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def beat_forever(self) -> None:
        """Let the status page know that this process lives, and for how many."""
        while True:
            try:
                await beat(len(self.clients))
            except DatabaseError as error:
                logger.warning("No sign of life could be left: %s", error)
            await asyncio.sleep(BEAT_SECONDS)

    def hear(self, payload: str) -> None:
        try:
            subjects = frozenset(str(subject) for subject in json.loads(payload)["subjects"])
        except (ValueError, KeyError, TypeError):
            logger.warning("A notice that is not ours: %.100s", payload)
            return
        self.tell(subjects)

    def tell(self, subjects: frozenset[str]) -> None:
        now = time.monotonic()
        self.recent.append((now, subjects))
        while self.recent and self.recent[0][0] < now - REMEMBER_SECONDS:
            self.recent.popleft()
        for client in self.clients:
            client.tell(subjects)

    def welcome(self, client: Client) -> dict[str, Any]:
        """What changed lately of what concerns this client, and how far back that reaches, in milliseconds."""
        now = time.monotonic()
        changed = [(int((now - at) * 1000), client.concerned_by(subjects)) for at, subjects in self.recent]
        return {
            "reaches": REMEMBER_SECONDS * 1000,
            "changed": [{"ago": ago, "subjects": sorted(subjects)} for ago, subjects in changed if subjects],
        }

    @contextlib.contextmanager
    def client(self, subjects: frozenset[str]) -> Iterator[Client]:
        """Count a client in, from now on; what was before stands in its welcome."""
        client = Client(subjects)
        client.welcome = self.welcome(client)
        self.clients.add(client)
        try:
            yield client
        finally:
            self.clients.discard(client)


hub = Hub()


def leave_sign_of_life(clients: int) -> None:
    try:
        Heartbeat.beat(f"{PUSH}@{socket.gethostname()}"[:100], clients=clients)
    finally:
        connections.close_all()


beat = sync_to_async(leave_sign_of_life, thread_sensitive=False)


@dataclass(frozen=True)
class Hearing:
    """Of which subjects somebody may hear, in which edition of the set-up, on which day: until then it is not asked again."""

    subjects: frozenset[str]
    known: tuple[Any, date]


def read_session(session_key: str, subjects: frozenset[str], before: Hearing | None = None) -> Hearing | None:
    """Of which subjects the session's owner may hear; None if nobody who may log in has it. Reads the database: run it in a thread."""
    try:
        with one_request():
            request = HttpRequest()
            request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
            user = get_user(request)
            if not isinstance(user, User) or not user.is_active or has_left(user):
                return None
            known = (present_edition(), timezone.localdate())
            if before is not None and before.known == known:
                return before
            return Hearing(may_hear(user, subjects), known)
    finally:
        connections.close_all()  # back to the pool: this thread may not be asked again for long


check_session = sync_to_async(read_session, thread_sensitive=False)


@dataclass(frozen=True)
class Question:
    """What a browser asks for."""

    session_key: str
    origin: str
    host: str
    subjects: frozenset[str]

    @classmethod
    def read(cls, scope: Scope) -> Question:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        jar = cookies.SimpleCookie()
        with contextlib.suppress(cookies.CookieError):
            jar.load(headers.get(b"cookie", ""))
        morsel = jar.get(settings.SESSION_COOKIE_NAME)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        subjects = [subject for subject in query.get("subjects", [""])[0].split(",") if subject]
        return cls(
            session_key=morsel.value if morsel else "",
            origin=headers.get(b"origin", ""),
            host=headers.get(b"host", ""),
            subjects=frozenset(subjects[:MOST_SUBJECTS]),
        )

    @property
    def is_from_our_page(self) -> bool:
        """Pages are served on the same host, under bin/run on another port. No origin: not a page of another site."""
        return not self.origin or urlsplit(self.origin).hostname == urlsplit(f"//{self.host}").hostname

    @property
    def answer_headers(self) -> list[tuple[bytes, bytes]]:
        headers = [(b"cache-control", b"no-store"), (b"x-accel-buffering", b"no"), (b"vary", b"Origin")]
        if self.origin:
            headers.append((b"access-control-allow-origin", self.origin.encode("latin-1")))
            headers.append((b"access-control-allow-credentials", b"true"))
        return headers


async def refuse(send: Send, status: int, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers or []})
    await send({"type": "http.response.body", "body": b""})


async def until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def stream(client: Client, question: Question, hearing: Hearing, send: Send) -> None:
    """Tell the client what changes until its session ends, and of what its owner may still see."""
    await say(send, f"retry: 2000\nevent: welcome\ndata: {json.dumps(client.welcome)}\n\n")
    checked = time.monotonic()
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(client.wake.wait(), HEARTBEAT_SECONDS)
        changed = client.take()
        if changed:
            await say(send, f"event: changed\ndata: {json.dumps({'subjects': changed})}\n\n")
        else:
            await say(send, "event: here\ndata: {}\n\n")
        if time.monotonic() - checked >= RECHECK_SECONDS:
            heard = await check_session(question.session_key, question.subjects, hearing)
            if heard is None:
                await say(send, "event: signed-out\ndata: {}\n\n")
                return
            hearing, client.subjects = heard, heard.subjects
            checked = time.monotonic()


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    question = Question.read(scope)
    if scope["method"] != "GET" or not question.is_from_our_page:
        await refuse(send, 403)
        return
    hearing = await check_session(question.session_key, question.subjects) if question.session_key else None
    if hearing is None:
        await refuse(send, 401, question.answer_headers)
        return
    hub.start()
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), *question.answer_headers]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    with hub.client(hearing.subjects) as client:
        tasks = {
            asyncio.create_task(stream(client, question, hearing, send)),
            asyncio.create_task(until_disconnected(receive)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    with contextlib.suppress(Exception):  # the browser may be gone
        await send({"type": "http.response.body", "body": b""})


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/push/":
        await serve(scope, receive, send)
    elif scope["type"] == "http":
        await refuse(send, 404)


async def live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.start()
            hub.beating = asyncio.create_task(hub.beat_forever())
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            for task in filter(None, (hub.task, hub.beating)):
                task.cancel()
            await send({"type": "lifespan.shutdown.complete"})
            return
