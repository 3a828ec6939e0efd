import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongying.accounts.models import ApiToken, User, digest_of

BASE = "/api/v1"


def token_for(user: User, *scopes: str, **more: Any) -> str:
    secret = ApiToken.new_secret()
    more.setdefault("expires_at", timezone.now() + timedelta(days=1))
    ApiToken.objects.create(user=user, name="test", digest=digest_of(secret), scopes=list(scopes or ["write"]), **more)
    return secret


class Caller:
    """A program with a token: JSON in, JSON out."""

    def __init__(self, user: User | None, *scopes: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": "en"}
        if user is not None:
            self.headers["Authorization"] = f"Bearer {token_for(user, *scopes)}"

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(BASE + path, query or {}, headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("patch", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("delete", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = "" if body is None else json.dumps(body)
        call = getattr(self.client, method)
        return call(BASE + path, data, content_type="application/json", headers={**self.headers, **sent})


@pytest.fixture
def calls() -> Callable[..., Caller]:
    return Caller


def problem(response: Any, status: int) -> Any:
    """The problem that an answer tells, with its form checked."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == status
    assert {"type", "title", "detail"} <= set(body)
    assert all(re.search(r"\w\w", error["message"]) for error in body.get("errors", ())), "an error says nothing"
    return body


def fields(response: Any) -> list[str]:
    return sorted(error["field"] for error in problem(response, 422)["errors"])
