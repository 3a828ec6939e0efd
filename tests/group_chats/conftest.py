import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from gongying.group_chats.models import GroupBot
from gongying.group_chats.operations import save_bot
from tests.conftest import Cast
from tests.servicedesk.conftest import category, register  # noqa: F401


class Group(ThreadingHTTPServer):
    """A chat program on this machine: it keeps what it hears and answers what the test says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.heard: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.answer: tuple[int, bytes] = (200, b'{"errcode": 0, "errmsg": "ok"}')
        self.headers: dict[str, str] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/send?key=topsecret"


class Listener(BaseHTTPRequestHandler):
    server: Group

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(json.loads(body))
        self.server.paths.append(self.path)
        status, words = self.server.answer
        self.send_response(status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def group(settings: Any) -> Iterator[Group]:
    settings.WEBHOOKS_ON_LOOPBACK = True
    server = Group()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def set_up(cast: Cast, group: Group) -> Callable[..., GroupBot]:
    def set_up(**given: Any) -> GroupBot:
        secrets = {"address": given.pop("address", group.address), "signing_secret": given.pop("signing_secret", None)}
        facts = {"project": cast.sunshine, "name": "维修群", "provider": "wecom", **given}
        return save_bot(GroupBot(**facts), by=cast.administrator, **secrets)

    return set_up
