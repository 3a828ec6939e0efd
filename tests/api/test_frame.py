"""The frame around every operation, seen through the smallest one."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from ninja import Schema

from config.api import api
from gongying.accounts.models import ApiToken
from tests.api.conftest import BASE, Caller, problem, token_for
from tests.conftest import Cast


def test_token_says_who_calls(cast: Cast) -> None:
    answer = Caller(cast.receptionist, "read").get("/me")
    assert answer.status_code == 200
    assert answer.json()["username"] == "xiaozhao"
    assert answer.json()["roles"] == ["receptionist"]
    assert "servicedesk.register_request" in answer.json()["permissions"]


@pytest.mark.django_db
def test_without_token_is_401() -> None:
    answer = Caller(None).get("/me")
    assert problem(answer, 401)["type"] == "urn:gongying:problem:not-signed-in"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "broken",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
    ],
    ids=["expired", "revoked"],
)
def test_dead_token_is_401_even_in_a_browser_that_is_logged_in(cast: Cast, client_of, broken) -> None:
    secret = token_for(cast.receptionist, **broken)
    answer = client_of(cast.receptionist).get(f"{BASE}/me", headers={"Authorization": f"Bearer {secret}"})
    problem(answer, 401)


def test_who_left_the_company_is_401(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    cast.receptionist.staff.left_on = timezone.localdate()
    cast.receptionist.staff.save()
    problem(caller.get("/me"), 401)


def test_session_reads_without_a_token(cast: Cast, client_of) -> None:
    assert client_of(cast.worker).get(f"{BASE}/me").json()["name"] == "老张"


def test_use_of_a_token_is_noted_but_not_at_every_call(cast: Cast, django_assert_num_queries) -> None:
    caller = Caller(cast.receptionist)
    caller.get("/me")
    first = ApiToken.objects.get()
    assert first.last_used_at is not None
    caller.get("/me")
    assert ApiToken.objects.get().last_used_at == first.last_used_at


def test_unknown_parameter_is_named(cast: Cast) -> None:
    body = problem(Caller(cast.receptionist).get("/me", {"color": "red", "x\0y": "1"}), 422)
    assert [(error["field"], error["in"], error["code"]) for error in body["errors"]] == [
        ("color", "query", "unknown"),
        ("x\\0y", "query", "unknown"),
    ]


def test_unknown_path_and_method_are_problems(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    assert problem(caller.get("/nothing"), 404)["title"] == "Not found"
    answer = caller.delete("/me")
    problem(answer, 405)
    assert answer.headers["Allow"] == "GET"


@pytest.mark.django_db
def test_texts_follow_the_caller_language() -> None:
    answers = {
        language: problem(Client().get(f"{BASE}/me", headers={"Accept-Language": language}), 401)["title"]
        for language in ("zh-CN,zh;q=0.9", "en-GB", "fr")
    }
    assert answers == {"zh-CN,zh;q=0.9": "未登录", "en-GB": "Not signed in", "fr": "未登录"}


@pytest.mark.django_db
def test_description_is_openapi_3_1() -> None:
    schema = Client().get(f"{BASE}/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert schema["paths"]["/api/v1/me"]["get"]["responses"].keys() == {"200", "400", "401", "403", "422", "429", "500"}
    assert set(schema["components"]["securitySchemes"]) == {"token", "session"}


def test_no_two_shapes_have_one_name() -> None:
    """The description would show one of them for both."""
    homes = defaultdict(set)
    for shape in (*shapes_below(Schema), *shapes_below(Enum)):
        homes[shape.__name__].add(shape.__module__)
    assert {name: sorted(modules) for name, modules in homes.items() if len(modules) > 1} == {}


def shapes_below(shape: type) -> Iterator[type]:
    for below in shape.__subclasses__():
        if below.__module__.startswith("gongying."):
            yield below
        yield from shapes_below(below)


def test_every_value_is_shown_by_an_example() -> None:
    """Of what is sent and what is answered: an example, a fixed choice or a default."""
    schema = api.get_openapi_schema()
    fields = [
        (name, field, described)
        for name, component in schema["components"]["schemas"].items()
        for field, described in component.get("properties", {}).items()
    ]
    parameters = [
        (path, parameter["name"], parameter["schema"])
        for path, methods in schema["paths"].items()
        for details in methods.values()
        for parameter in details["parameters"]
        if parameter["name"] != "Idempotency-Key"
    ]
    assert len(parameters) > 100
    assert [(where, name) for where, name, described in [*fields, *parameters] if not is_shown(described)] == []


def is_shown(described: dict[str, Any]) -> bool:
    if {"examples", "example", "enum", "const", "$ref", "default"} & set(described):
        return True
    if described.get("type") == "array":
        return is_shown(described["items"])
    kinds = [*described.get("allOf", []), *described.get("anyOf", [])]
    kinds = [kind for kind in kinds if kind.get("type") != "null"]
    return described.get("type") in ("boolean", "object") or any(is_shown(kind) for kind in kinds)


def test_interactive_description_is_for_people_who_are_logged_in(cast: Cast, client_of) -> None:
    assert Client().get(f"{BASE}/docs").status_code == 302
    page = client_of(cast.receptionist).get(f"{BASE}/docs")
    assert page.status_code == 200
    assert "unsafe" not in page.headers["Content-Security-Policy"]
