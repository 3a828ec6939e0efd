"""The frame around every operation, seen through the smallest one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

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


def test_interactive_description_is_for_people_who_are_logged_in(cast: Cast, client_of) -> None:
    assert Client().get(f"{BASE}/docs").status_code == 302
    page = client_of(cast.receptionist).get(f"{BASE}/docs")
    assert page.status_code == 200
    assert "unsafe" not in page.headers["Content-Security-Policy"]
