"""What a browser journey needs: the product on a port, the push process beside it, a Chromium that can write Chinese."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Browser, Error, Page, sync_playwright

from gongying.accounts.models import User
from launcher import browser as browsers
from launcher import frontend, places
from tests.conftest import PASSWORD
from tests.journeys.hands import COUNT, Budgets, hands_of, reported

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
WAIT_MS = 60_000 if os.environ.get("GONGYING_SLOW_BROWSER") else 25_000

MOST_TABS = 12

# Playwright's own loop runs in this thread; the tests themselves are synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session", autouse=True)
def _static_files_from_their_apps() -> Iterator[None]:
    """The pages' own middleware serves them as they are; nothing was collected."""
    with override_settings(WHITENOISE_USE_FINDERS=True, WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not (places.FRONTEND / "vendor" / "htmx.min.js").exists():
        pytest.skip("The front-end files are not there: bin/test fetches them.")
    program = browsers.find()
    if program is None:
        pytest.skip("There is no Chromium: apt install chromium, or bin/test, which gets one.")
    fonts = os.environ.get("FONTCONFIG_FILE") or str(frontend.fonts_conf())
    with sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(
                executable_path=str(program), args=["--no-sandbox"], env={**os.environ, "FONTCONFIG_FILE": fonts}
            )
        except Error as error:
            pytest.skip(f"Chromium does not start: {error}")
        yield running
        running.close()


@pytest.fixture(scope="session")
def push_port(django_db_setup: None) -> Iterator[int]:
    """The push process on the test database, as `bin/run` starts it; one for all journeys of this process."""
    port = free_port()
    database = connection.settings_dict
    host = f"?host={database['HOST']}" if database["HOST"] else ""
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}{host}",
        "GONGYING_SECRET_KEY": django_settings.SECRET_KEY,
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--workers", "1", "--workers-kill-timeout", "2", "--no-ws", "config.push:application"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def push(push_port: int, live_server: "object", settings: "object") -> str:
    """Pages find the push process there."""
    settings.PUSH_URL = f":{push_port}/push/"  # type: ignore[attr-defined]
    return str(settings.PUSH_URL)  # type: ignore[attr-defined]


@pytest.fixture
def open_desk(chromium: Browser, live_server: "object") -> Iterator[Callable[..., "Desk"]]:
    """`open_desk(cast.receptionist)`: a browser of her own, in which she is logged in, on her first page."""
    opened = []

    def open_desk(
        user: User, *, size: dict[str, int] = DESK, service_workers: Literal["allow", "block"] = "allow"
    ) -> "Desk":
        context = chromium.new_context(
            viewport=size, locale="zh-CN", has_touch=size == PHONE, service_workers=service_workers
        )
        context.set_default_timeout(WAIT_MS)
        context.add_cookies([session_of(user, address=str(live_server))])
        opened.append(context)
        page = context.new_page()
        page.add_init_script(COUNT)
        slow_down(page)
        desk = Desk(page, str(live_server))
        desk.open("/")
        return desk

    yield open_desk
    for context in opened:
        context.close()


@pytest.fixture
def budgets(record_property: Callable[[str, object], None]) -> Budgets:
    return Budgets(record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of what the daily tasks take; of every process that tested."""
    ended = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    if tasks := reported([report for report in ended if report.when == "call"]):
        terminalreporter.section("budgets of the daily tasks (personas 4.1, 4.2)")
        for task in tasks:
            terminalreporter.line(task.line)


# A slow machine, by milliseconds: timers come late, and so do questions and answers, out of their order.
SLOWLY = """(() => {
  const timer = window.setTimeout, ask = window.fetch;
  const pause = () => new Promise((go) => timer(go, Math.random() * 600));
  window.setTimeout = (run, wait, ...rest) => timer(run, (wait ?? 0) + Math.random() * 150, ...rest);
  window.fetch = async (...sent) => {
    await pause();
    const answer = await ask(...sent);
    await pause();
    return answer;
  };
})()"""


def slow_down(page: Page) -> None:
    """Under `GONGYING_SLOW_BROWSER=1` whatever works only on an idle machine fails."""
    if os.environ.get("GONGYING_SLOW_BROWSER"):
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.add_init_script(SLOWLY)


def session_of(user: User, *, address: str) -> Any:
    """The log-in page itself is filled in by `test_frame.py`, and without scripts by `test_quick_entry.py`."""
    client = Client()
    client.force_login(user, backend="gongying.accounts.backends.NameOrPhoneBackend")
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": address}


class Desk:
    """Somebody in front of a browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def log_in(self, user: User) -> None:
        self.open("/accounts/login/")
        self.page.fill("[name=login]", user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    @property
    def actions(self) -> int:
        """Clicks and keys that are not typing, as the page saw them."""
        return self.hands()["actions"]

    @actions.setter
    def actions(self, number: int) -> None:
        self.page.evaluate("hands => sessionStorage.setItem('hands', hands)", f'{{"actions": {number}, "keys": 0}}')

    def hands(self) -> dict[str, int]:
        return hands_of(self.page)

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def write(self, selector: str, text: str) -> None:
        """Into the field where the cursor stands; else Tab leads to it, on a phone a tap."""
        field = self.page.locator(selector).first
        field.wait_for()
        for _tab in range(MOST_TABS):
            if field.evaluate("field => field === document.activeElement"):
                self.type(text)
                return
            if self.page.viewport_size == PHONE:
                field.click()
            else:
                self.press("Tab")
        pytest.fail(f"Neither key nor tap leads to {selector}.")

    def sees(self, selector: str, *, text: str | None = None) -> None:
        self.page.locator(selector, has_text=text).first.wait_for()

    def _listen(self, message: "object") -> None:
        text = getattr(message, "text", "")
        if "Content Security Policy" in text or "Uncaught" in text:
            self.complaints.append(text)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail("The push process ended at once.")
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("The push process does not listen.")
