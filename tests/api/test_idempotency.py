"""A POST sent again is not done again, however it is sent: later, at the same moment, or with another body."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from gongying.accounts.models import IdempotencyKey
from gongying.interactions.models import Interaction
from tests.api.conftest import Caller, problem
from tests.conftest import Cast


def touch(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"project_id": cast.sunshine.pk, "channel": "phone", "text": "电梯停了", **more}


@pytest.mark.requirement("E-036")
def test_same_key_and_body_repeat_the_first_answer(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    first = caller.post("/interactions", touch(cast), Idempotency_Key="k1")
    again = caller.post("/interactions", touch(cast), Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Interaction.objects.count() == 1


def test_same_key_with_another_body_is_422(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    caller.post("/interactions", touch(cast), Idempotency_Key="k1")
    answer = caller.post("/interactions", touch(cast, text="水管漏了"), Idempotency_Key="k1")
    assert problem(answer, 422)["type"] == "urn:gongying:problem:idempotency-key-reused"
    assert Interaction.objects.count() == 1


def test_keys_of_two_people_do_not_meet(cast: Cast) -> None:
    for user in (cast.receptionist, cast.supervisor):
        assert Caller(user).post("/interactions", touch(cast), Idempotency_Key="k1").status_code == 201
    assert Interaction.objects.count() == 2


def test_refused_post_may_be_tried_again_with_its_key(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    future = touch(cast, occurred_at="2199-01-01T00:00:00+08:00")
    problem(caller.post("/interactions", future, Idempotency_Key="k1"), 409)
    assert not IdempotencyKey.objects.exists()
    assert caller.post("/interactions", touch(cast), Idempotency_Key="k1").status_code == 201


def test_key_too_long_is_422(cast: Cast) -> None:
    answer = Caller(cast.receptionist).post("/interactions", touch(cast), Idempotency_Key="k" * 101)
    assert problem(answer, 422)["errors"][0]["in"] == "header"


@pytest.mark.django_db(transaction=True)
def test_eight_at_the_same_moment_do_the_work_once(cast: Cast) -> None:
    caller = Caller(cast.receptionist)

    def send(_number: int) -> tuple[int, int]:
        try:
            answer = caller.post("/interactions", touch(cast), Idempotency_Key="k1")
            return answer.status_code, answer.json()["id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert answers == {(201, Interaction.objects.get().pk)}
