"""The API as a program uses it, and the stream of changes as an open page does."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any

TIMEOUT_SECONDS = 20
SERVER_FAULT = 500
BUSY = 429
RECONNECT_SECONDS = 0.5


class Unanswered(Exception):  # noqa: N818 -- it names what happened
    """Nobody knows whether it was done: the answer was lost, or there was none."""


@dataclass(frozen=True)
class Answer:
    status: int
    data: Any

    @property
    def is_done(self) -> bool:
        return self.status < 400  # noqa: PLR2004


@dataclass(frozen=True)
class Api:
    address: str
    token: str

    def get(self, path: str) -> Any:
        return self._send("GET", path, None, {}).data

    def post(self, path: str, body: dict[str, Any], *, key: str) -> Answer:
        return self._send(
            "POST", path, json.dumps(body).encode(), {"Content-Type": "application/json", "Idempotency-Key": key}
        )

    def upload(self, path: str, content: bytes, *, name: str, key: str) -> Answer:
        """The boundary is made of the key, so that the same file sent again is the same question."""
        edge = f"----{key}"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        body = head + content + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        return self._send("POST", path, body, {"Content-Type": kind, "Idempotency-Key": key})

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        question = urllib.request.Request(  # noqa: S310 -- our own address
            f"{self.address}/api/v1{path}",
            data=body,
            method=method,
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )
        try:
            with _opener().open(question, timeout=TIMEOUT_SECONDS) as answer:
                return Answer(answer.status, json.loads(answer.read() or b"null"))
        except urllib.error.HTTPError as error:
            words = error.read()
            if error.code >= SERVER_FAULT or error.code == BUSY:
                raise Unanswered(f"{error.code} {words[:300]!r}") from error
            return Answer(error.code, words.decode(errors="replace"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unanswered(str(error)) from error


def _opener(*handlers: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)


def log_in(address: str, login: str, password: str) -> str:
    """The cookies of somebody who is logged in."""
    jar = CookieJar()
    opener = _opener(urllib.request.HTTPCookieProcessor(jar))
    url = f"{address}/accounts/login/"
    with opener.open(url, timeout=TIMEOUT_SECONDS) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    fields = {"login": login, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
    question = urllib.request.Request(  # noqa: S310 -- our own address
        url, data=urllib.parse.urlencode(fields).encode(), headers={"Referer": url}
    )
    with opener.open(question, timeout=TIMEOUT_SECONDS) as page:
        if page.url.startswith(url):
            raise RuntimeError(f"{login} could not log in.")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def is_logged_in(address: str, cookies: str) -> bool:
    question = urllib.request.Request(f"{address}/", headers={"Cookie": cookies})  # noqa: S310 -- our own address
    with _opener().open(question, timeout=TIMEOUT_SECONDS) as page:
        return "/accounts/login/" not in page.url


class Screen:
    """An open page: hears which subjects changed, connects again when the stream breaks, and then takes all for changed."""

    def __init__(self, push_address: str, cookies: str, *, subjects: set[str]) -> None:
        self._opener = _opener()
        self._opener.addheaders = [("Cookie", cookies)]
        self._url = f"{push_address}?{urllib.parse.urlencode({'subjects': ','.join(sorted(subjects))})}"
        self.heard = 0
        self.breaks = 0
        self.is_open = False
        self._ended = False
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while not self._ended:
            try:
                with self._opener.open(self._url, timeout=60) as stream:
                    for line in stream:
                        if line.startswith(b"event: welcome"):
                            self.is_open = True
                        elif line.startswith(b"event: changed"):
                            self.heard += 1
            except (OSError, http.client.HTTPException):
                pass
            self.is_open = False
            self.breaks += 1
            time.sleep(RECONNECT_SECONDS)

    def close(self) -> None:
        self._ended = True


def new_key() -> str:
    return uuid.uuid4().hex
