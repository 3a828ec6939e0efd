"""A browser as far as the server sees it: one line kept open, cookies, what a page loads by itself, forms sent back."""

from __future__ import annotations

import http.client
import re
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from launcher.load.pages import Form, Page

TIMEOUT_SECONDS = 30
# The server hangs up on who has said nothing for half a minute; a browser takes a new line then, and so do we.
IDLE_SECONDS = 20
MOST_REDIRECTS = 3
# In one request (gongying.common.views.parts).
MOST_PARTS = 30
REDIRECTS = {301, 302, 303}
REFUSED, SERVER_FAULT = 400, 500
UNANSWERED = 0
LOG_IN = "/accounts/login/"
LONGEST_REASON = 120


class LoggedOut(Exception):  # noqa: N818 -- it names what happened
    """Whoever is sent to the log-in measures nothing any more."""


class Asked(NamedTuple):
    """`kind`: a page, a part of one that it loads by itself, or a form that was sent."""

    kind: str
    address: str
    status: int
    milliseconds: float


@dataclass
class Book:
    """All that was asked, by everybody."""

    asked: list[Asked] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, asked: Asked, reason: str = "") -> None:
        with self._lock:
            self.asked.append(asked)
            if asked.status == UNANSWERED or asked.status >= REFUSED:
                self.reasons[f"{asked.status} {asked.kind} {asked.address} {reason}".strip()] += 1


class Visitor:
    def __init__(self, port: int, cookies: dict[str, str], book: Book) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self._used = time.monotonic()
        self._cookies = dict(cookies)
        self._book = book
        self.requests = 0
        self.address = ""

    def open(self, address: str) -> Page:
        """A page, and what it loads by itself."""
        self.address = address
        page = Page(self._follow("page", "GET", address))
        for parts in batches(page.loads):
            self._follow("part", "GET", parts)
        return page

    def look(self, address: str) -> Page:
        """A part of a page: a drawer, a panel."""
        return Page(self._follow("part", "GET", address))

    def send(self, form: Form, sent: list[tuple[str, str]]) -> Page:
        fields = [
            ("csrfmiddlewaretoken", self._token(form)),
            *(each for each in sent if each[0] != "csrfmiddlewaretoken"),
        ]
        return Page(self._follow("form", "POST", form.action, urllib.parse.urlencode(fields).encode()))

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def close(self) -> None:
        self._line.close()

    def _token(self, form: Form) -> str:
        return next((value for name, value in form.values if name == "csrfmiddlewaretoken"), "")

    def _follow(self, kind: str, method: str, address: str, body: bytes | None = None) -> str:
        text, goes_to = self._ask(kind, method, address, body)
        for _redirect in range(MOST_REDIRECTS):
            if not goes_to:
                break
            if goes_to.startswith(LOG_IN):
                raise LoggedOut(address)
            text, goes_to = self._ask("page", "GET", goes_to)
        return text

    def _ask(self, kind: str, method: str, address: str, body: bytes | None = None) -> tuple[str, str]:
        headers = {"Cookie": self.cookies}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.address}
        elif kind == "part":
            headers["HX-Request"] = "true"
        self.requests += 1
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._line.close()
        start = time.perf_counter()
        try:
            self._line.request(method, address, body, headers)
            answer = self._line.getresponse()
            text = answer.read().decode(errors="replace")
            self._used = time.monotonic()
        except (OSError, http.client.HTTPException) as error:
            self._line.close()
            self._note(kind, address, UNANSWERED, start, repr(error))
            return "", ""
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        self._note(kind, address, answer.status, start, words_of(text) if answer.status >= REFUSED else "")
        goes_to = answer.headers.get("Location", "") if answer.status in REDIRECTS else ""
        return text, urllib.parse.urljoin(address, goes_to) if goes_to else ""

    def _note(self, kind: str, address: str, status: int, start: float, reason: str) -> None:
        milliseconds = (time.perf_counter() - start) * 1000
        self._book.write(Asked(kind, same_address(address), status, milliseconds), reason)


def batches(addresses: list[str]) -> Iterator[str]:
    """As parts.js asks for them: one by its own address, several together."""
    for start in range(0, len(addresses), MOST_PARTS):
        wanted = addresses[start : start + MOST_PARTS]
        yield wanted[0] if len(wanted) == 1 else f"/parts/?{urllib.parse.urlencode([('of', each) for each in wanted])}"


def same_address(address: str) -> str:
    """Of all households, requests and jobs the same."""
    return re.sub(r"/\d+(?=/|$)", "/…", address.partition("?")[0])


def words_of(text: str) -> str:
    """What a page says that refuses: at its fields, else as a whole."""
    said = re.findall(r'class="[^"]*field-error[^"]*"[^>]*>(.*?)</(?:ul|p|div)>', text, re.DOTALL)
    found = re.search(r"<(?:main|body)[^>]*>(.*?)</(?:main|body)>", text, re.DOTALL)
    words = " ".join(said) or (found[1] if found else text)
    return " ".join(re.sub(r"<[^>]+>", " ", words).split())[:LONGEST_REASON]
