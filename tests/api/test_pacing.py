"""How fast a caller may ask: of each token its own, shared by all processes, failures by address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from gongying.accounts.models import ApiToken, CallPace, IdempotencyKey
from gongying.accounts.operations import KEYS_KEPT, forget_old_calls
from gongying.accounts.pacing import pace
from gongying.common.problems import Problem
from tests.api.conftest import BASE, Caller, problem
from tests.conftest import Cast


@override_settings(API_CALLS_PER_MINUTE=3)
def test_calls_of_a_minute_may_come_all_at_once_and_then_one_waits(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    assert [caller.get("/me").status_code for _ in range(3)] == [200, 200, 200]
    answer = caller.get("/me")
    assert problem(answer, 429)["type"] == "urn:gongying:problem:too-many-requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= 20


@override_settings(API_CALLS_PER_MINUTE=1)
def test_every_token_and_every_browser_has_its_own_pace(cast: Cast, client_of) -> None:
    for caller in (Caller(cast.receptionist), Caller(cast.receptionist), Caller(cast.steward)):
        assert caller.get("/me").status_code == 200
        problem(caller.get("/me"), 429)
    browser = client_of(cast.receptionist)
    assert [browser.get(f"{BASE}/me").status_code for _ in range(2)] == [200, 429]


@override_settings(API_CALLS_PER_MINUTE=60)
def test_who_waits_is_even_again(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    caller.get("/me")
    name = f"token:{ApiToken.objects.get().pk}"
    CallPace.objects.filter(caller=name).update(even_at=timezone.now() + timedelta(seconds=59.9))
    problem(caller.get("/me"), 429)
    CallPace.objects.filter(caller=name).update(even_at=timezone.now() + timedelta(seconds=58))
    assert caller.get("/me").status_code == 200


@override_settings(API_CALLS_PER_MINUTE=2)
def test_a_clock_that_was_set_back_keeps_nobody_out(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    caller.get("/me")
    CallPace.objects.update(even_at=timezone.now() + timedelta(hours=3))  # counted by the clock of before
    assert [caller.get("/me").status_code for _ in range(3)] == [200, 200, 429]


@override_settings(API_CALLS_PER_MINUTE=0)
def test_zero_sets_no_limit_and_counts_nothing(cast: Cast) -> None:
    assert Caller(cast.receptionist).get("/me").status_code == 200
    assert not CallPace.objects.exists()


def test_a_call_costs_one_statement_more(cast: Cast, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        pace("token:1", per_minute=600)


@override_settings(API_FAILURES_PER_MINUTE=2)
def test_failed_tokens_wait_by_address_and_a_good_one_is_not_hindered(cast: Cast) -> None:
    guess = {"Authorization": "Bearer gy_guess"}
    caller = Caller(cast.receptionist)
    assert [caller.get("/me", **guess).status_code for _ in range(3)] == [401, 401, 429]
    assert caller.get("/me").status_code == 200
    assert CallPace.objects.filter(caller="address:127.0.0.1").exists()


@override_settings(API_FAILURES_PER_MINUTE=1, ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_the_address_is_the_one_it_tells(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    statuses = [
        caller.get("/me", **{"Authorization": "Bearer gy_guess", "X-Forwarded-For": address}).status_code
        for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1")
    ]
    assert statuses == [401, 401, 429]


@pytest.mark.django_db
def test_the_table_is_unlogged() -> None:
    """A row is written at every call: not worth a flush of the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_callpace'")
        assert cursor.fetchone() == ("u",)


def test_old_calls_are_forgotten(cast: Cast) -> None:
    old, young = timezone.now() - KEYS_KEPT * 1.1, timezone.now()
    for name, at in (("old", old), ("young", young)):
        IdempotencyKey.objects.create(user=cast.receptionist, key=name, fingerprint="x", created_at=at)
    CallPace.objects.create(caller="gone", even_at=old)
    CallPace.objects.create(caller="here", even_at=young + timedelta(minutes=1))
    forget_old_calls()
    assert [key.key for key in IdempotencyKey.objects.all()] == ["young"]
    assert [row.caller for row in CallPace.objects.all()] == ["here"]


@pytest.mark.django_db
def test_the_wait_is_told_in_words() -> None:
    pace("x", per_minute=1)
    with pytest.raises(Problem) as raised:
        pace("x", per_minute=1)
    assert raised.value.status == 429
    assert "60" in str(raised.value.detail)
