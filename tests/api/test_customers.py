"""Customers through the API: what is written, what is refused, what stays hidden."""

from typing import Any

import pytest

from gongying.customers.models import Party, PartyRole
from gongying.events.models import Event
from tests.api.conftest import Caller, fields, problem
from tests.conftest import Cast


def test_file_is_opened_with_role_and_number(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    body = {"name": " 李女士 ", "project_id": cast.sunshine.pk, "unit_id": cast.unit.pk, "phones": ["138 0000 9999"]}
    party = caller.post("/parties", body).json()
    points = caller.get(f"/parties/{party['id']}/contact-points").json()["items"]
    assert (party["name"], [point["value"] for point in points]) == ("李女士", ["138****9999"])
    assert PartyRole.objects.get(party=party["id"]).role == "contact"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "李\0女士"}, ["name"]),
        ({"name": "\ud800"}, ["name"]),
        ({"colour": "red"}, ["colour"]),
        ({"phones": ["abc"]}, ["phones.0"]),
        ({"kind": "ghost"}, ["kind"]),
        ({"share": "1.5"}, ["share"]),
        ({"share": "95,46"}, ["share"]),
        ({"since": "2026-02-30"}, ["since"]),
        ({"since": 1e9}, ["since"]),
        ({"project_id": 999_999}, ["project_id"]),
        ({"project_id": 2**63}, ["project_id"]),
        ({"note": "长" * 10_001}, ["note"]),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(cast: Cast, change: dict[str, Any], named: list[str]) -> None:
    before = Party.objects.count()
    body = {"name": "李女士", "project_id": cast.sunshine.pk, **change}
    assert fields(Caller(cast.receptionist).post("/parties", body)) == named
    assert Party.objects.count() == before


def test_unit_of_another_territory_is_not_found(cast: Cast) -> None:
    body = {"name": "李女士", "project_id": cast.sunshine.pk, "unit_id": cast.park_unit.pk}
    assert fields(Caller(cast.receptionist).post("/parties", body)) == ["unit_id"]
    problem(Caller(cast.outsider).get(f"/parties/{cast.zhou.pk}"), 404)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=1+1", "😀 \u202e", "'; DROP TABLE x; --"])
def test_hostile_text_is_kept_as_it_came(cast: Cast, text: str) -> None:
    caller = Caller(cast.receptionist)
    body = {"name": "李女士", "project_id": cast.sunshine.pk, "note": text}
    answer = caller.post("/parties", body)
    assert (answer.status_code, answer.json()["note"]) == (201, text.strip())


@pytest.mark.requirement("E-036")
def test_stale_change_gets_the_present_state(cast: Cast) -> None:
    caller, path = Caller(cast.receptionist), f"/parties/{cast.zhou.pk}"
    assert caller.patch(path, {"version": 1, "note": "一"}).json()["version"] == 2
    body = problem(caller.patch(path, {"version": 1, "note": "二"}), 409)
    assert body["type"] == "urn:gongying:problem:stale"
    assert (body["current"]["version"], body["current"]["note"]) == (2, "一")


def test_null_is_no_name(cast: Cast) -> None:
    answer = Caller(cast.receptionist).patch(f"/parties/{cast.zhou.pk}", {"version": 1, "name": None})
    assert fields(answer) == ["name"]


def test_whole_number_is_shown_only_on_purpose(cast: Cast) -> None:
    point = cast.zhou.contact_points.get()
    caller = Caller(cast.receptionist)
    assert caller.get(f"/contact-points/{point.pk}").json()["value"] == "138****1234"
    assert caller.post(f"/contact-points/{point.pk}/views").json()["value"] == "+8613800001234"
    assert Event.objects.filter(verb="customer.phone_revealed", actor=cast.receptionist).count() == 1
    problem(Caller(cast.quality).post(f"/contact-points/{point.pk}/views"), 403)


@pytest.mark.requirement("R-031")
def test_one_household_leaves_and_the_next_enters_or_nothing(cast: Cast) -> None:
    caller = Caller(cast.steward)
    leaving = caller.get("/occupancies", {"unit_id": cast.unit.pk}).json()["items"][0]["id"]
    body = {"name": "新租客", "project_id": cast.sunshine.pk, "unit_id": cast.unit.pk}
    head = caller.post("/parties", body).json()["id"]
    move = {"on": "2026-12-01", "kind": "leased", "head_id": head}
    problem(caller.post(f"/units/{cast.unit.pk}/move-ins", move), 409)
    entered = caller.post(f"/units/{cast.unit.pk}/move-ins", {**move, "leaving_id": leaving})
    assert (entered.status_code, entered.json()["since"]) == (201, "2026-12-01")
    assert caller.get(f"/occupancies/{leaving}").json()["until"] == "2026-12-01"


def test_merge_and_its_undo(cast: Cast) -> None:
    caller = Caller(cast.supervisor)
    body = {"name": "周先生", "project_id": cast.sunshine.pk, "unit_id": cast.unit.pk}
    twin = caller.post("/parties", body).json()["id"]
    merge = caller.post(f"/parties/{cast.zhou.pk}/merges", {"merged_id": twin}).json()
    assert merge["merged_id"] == twin
    assert caller.get(f"/parties/{twin}").json()["merged_into_id"] == cast.zhou.pk
    caller.post(f"/merges/{merge['id']}/undo")
    assert caller.get(f"/parties/{twin}").json()["merged_into_id"] is None
    problem(caller.post(f"/merges/{merge['id']}/undo"), 409)


def test_pages_meet_each_row_once(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    for number in range(5):
        caller.post("/parties", {"name": f"访客{number}", "project_id": cast.sunshine.pk})
    seen, cursor = [], ""
    while cursor is not None:
        body = caller.get("/parties", {"limit": 2, "cursor": cursor}).json()
        seen += [row["id"] for row in body["items"]]
        cursor = body["next_cursor"]
    assert seen == sorted(set(seen))
    assert len(seen) == 7  # with Mr Zhou and Mr Wang


@pytest.mark.parametrize("query", [{"limit": 201}, {"limit": 0}, {"cursor": "x"}, {"cursor": "WyJ4Il0"}, {"sort": "x"}])
def test_bad_paging_is_named(cast: Cast, query: dict[str, Any]) -> None:
    assert fields(Caller(cast.receptionist).get("/parties", query)) == list(query)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_row_and_three(cast: Cast, django_assert_num_queries, rows: int) -> None:
    caller = Caller(cast.receptionist)
    for number in range(rows):
        caller.post("/parties", {"name": f"访客{number}", "project_id": cast.sunshine.pk})
    with django_assert_num_queries(3):
        assert len(caller.get("/parties").json()["items"]) == rows + 2
