"""What a page loads by itself comes together in one answer."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongying.notifications.views import notifications
from tests.conftest import Cast

PARTS = "/parts/"
BELL = "/notifications/bell/"


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client(headers={"HX-Request": "true", "Asked-By-Itself": "true"}, raise_request_exception=False)
    client.force_login(cast.receptionist)
    return client


def answers(client: Client, *addresses: str) -> list[dict[str, Any]]:
    answer = client.get(PARTS, {"of": addresses})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    assert len(found) == len(addresses)
    return found


def test_each_part_is_what_its_own_address_gives(client: Client, cast: Cast) -> None:
    unit = cast.unit.pk
    addresses = [BELL, f"/units/{unit}/faults/", f"/units/{unit}/matters/", "/requests/lists/?list=all"]

    for address, together in zip(addresses, answers(client, *addresses), strict=True):
        alone = client.get(address)
        assert (together["status"], together["body"]) == (alone.status_code, alone.text), address
        assert together["headers"]["Content-Type"] == alone.headers["Content-Type"]


def test_words_of_an_address_arrive_as_they_were_typed(client: Client) -> None:
    (found,) = answers(client, "/search/?q=%E6%B0%B4%E7%AE%A1+%26")

    assert "水管 &amp;" in found["body"]


def test_each_part_asks_for_the_right_itself(client: Client, cast: Cast) -> None:
    elsewhere = cast.park_unit.pk
    found = answers(client, f"/units/{elsewhere}/matters/", reverse("organization:role-index"), "/nothing/", BELL)

    assert [each["status"] for each in found] == [404, 403, 404, 200]


def test_one_that_fails_leaves_the_others_alone(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(notifications, "notices_of", broken)
    failed, fine = answers(client, BELL, f"/units/{cast.unit.pk}/matters/")

    assert (failed["status"], fine["status"]) == (500, 200)
    assert failed["headers"]["HX-Retarget"] == "#messages"


@pytest.mark.parametrize(
    "address", ["/api/v1/requests", PARTS, f"{PARTS}?of={BELL}", "/healthz", "/static/gongying/icon.svg", ""]
)
def test_nothing_but_parts_of_pages(client: Client, address: str) -> None:
    assert [each["status"] for each in answers(client, address)] == [404]


def test_a_form_in_a_part_can_be_sent(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, headers={"HX-Request": "true"})
    client.force_login(cast.receptionist)
    page = client.get(PARTS, {"of": [BELL, "/memos/new/"]}).json()[1]["body"]
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

    assert client.post("/notifications/read/", {"csrfmiddlewaretoken": token}).status_code < 400
    assert client.post("/notifications/read/").status_code == 403


def test_too_many_are_refused(client: Client) -> None:
    assert answers(client) == []
    assert len(answers(client, *[BELL] * 30)) == 30
    assert client.get(PARTS, {"of": [BELL] * 31}).status_code == 400


def test_who_is_not_logged_in_is_sent_to_the_log_in() -> None:
    answer = Client(headers={"HX-Request": "true"}).get(PARTS, {"of": [BELL]})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/accounts/login/")
