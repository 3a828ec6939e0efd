"""A call for help while two hundred screens are open, each with its stream to the push process."""

import asyncio
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gongying.reception.models import VisitPurpose
from gongying.reception.operations import ask_for_help, helper_key, register_arrival, withdraw_help
from tests.conftest import Cast

SCREENS, CALLS = 200, 3
WAIT_SECONDS = 60


class Screens:
    """Open pages as far as the push process sees them: when each was told of the subject."""

    def __init__(self, address: str, subject: str, cookie: str) -> None:
        self.heard: list[list[float]] = [[] for _ in range(SCREENS)]
        self.open = 0
        self._place, self._subject, self._cookie = urlsplit(address), subject, cookie
        self._loop = asyncio.new_event_loop()

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._tasks = [self._loop.create_task(self._listen(heard)) for heard in self.heard]
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in self._tasks])

    async def _listen(self, heard: list[float]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._place.port)
        asked = f"GET {self._place.path}?subjects={self._subject} HTTP/1.1"
        cookie = f"Cookie: {settings.SESSION_COOKIE_NAME}={self._cookie}"
        writer.write(f"{asked}\r\nHost: 127.0.0.1\r\n{cookie}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"event: welcome"):
                    self.open += 1
                elif line.startswith(b"data:") and self._subject in json.loads(line[5:]).get("subjects", []):
                    heard.append(time.monotonic())
        finally:
            writer.close()


@contextmanager
def open_screens(address: str, subject: str, cookie: str) -> Iterator[Screens]:
    screens = Screens(address, subject, cookie)
    thread = threading.Thread(target=screens.run)
    thread.start()
    try:
        wait_until(lambda: screens.open == SCREENS)
        yield screens
    finally:
        screens.close()
        thread.join()


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < end, "not every screen was reached"
        time.sleep(0.005)


@pytest.mark.requirement("R-150")
def test_a_call_for_help_is_heard_once_by_each_of_two_hundred_screens(
    push: str, cast: Cast, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """How long it took is told, not judged: the goal is a second (issue 4), on a machine that does nothing else."""
    browser = Client()
    browser.force_login(cast.supervisor, backend="gongying.accounts.backends.NameOrPhoneBackend")
    purpose = VisitPurpose.objects.get(project=None, key="payment")
    ticket = register_arrival(by=cast.receptionist, project=cast.sunshine, purpose=purpose)
    first, last, strip = [], [], []
    key = helper_key(cast.supervisor.pk)
    with open_screens(f"http://127.0.0.1{push}", key, browser.session.session_key or "") as screens:
        for told in range(1, 2 * CALLS, 2):
            called_at = time.monotonic()
            call = ask_for_help(ticket, by=cast.receptionist)
            wait_until(lambda told=told: all(len(heard) >= told for heard in screens.heard))
            heard_at = [heard[told - 1] - called_at for heard in screens.heard]
            asked_at = time.monotonic()
            assert ticket.number in browser.get(reverse("reception:help-index")).content.decode()
            first.append(min(heard_at))
            last.append(max(heard_at))
            strip.append(time.monotonic() - asked_at)
            withdraw_help(call, by=cast.receptionist)
            wait_until(lambda told=told: all(len(heard) > told for heard in screens.heard))
    assert {len(heard) for heard in screens.heard} == {2 * CALLS}
    measured = {"the first": first, f"the last of {SCREENS}": last, "the strip itself": strip}
    told_of = {name: f"{statistics.median(taken) * 1000:.0f} ms" for name, taken in measured.items()}
    record_property("a call for help", told_of)
    with capsys.disabled():
        print(f"\n  a call for help with {SCREENS} open screens: {told_of}")  # noqa: T201
