"""The one search box, for programs: same hits, same order, same scope."""

import pytest

from tests.api.conftest import Caller, fields
from tests.conftest import Cast


@pytest.mark.parametrize("typed", ["2-1-301", "2栋1单元301", "２－１－３０１"])
def test_unit_is_found_as_people_write_it(cast: Cast, typed: str) -> None:
    groups = Caller(cast.receptionist).get("/search", {"q": typed}).json()
    assert (groups[0]["name"], groups[0]["hits"][0]["id"]) == ("units", cast.unit.pk)


def test_person_is_found_by_the_last_digits_and_the_number_is_masked(cast: Cast) -> None:
    groups = Caller(cast.receptionist).get("/search", {"q": "1234"}).json()
    people = {group["name"]: group["hits"] for group in groups}["people"]
    assert [(hit["id"], hit["title"]) for hit in people] == [(cast.zhou.pk, "周先生")]
    assert "13800001234" not in str(groups)


def test_only_what_one_may_see_is_found(cast: Cast) -> None:
    assert Caller(cast.outsider).get("/search", {"q": "周先生"}).json() == []
    assert Caller(cast.west_steward).get("/search", {"q": "2-1-301"}).json() == []


def test_nothing_typed_is_named(cast: Cast) -> None:
    caller = Caller(cast.receptionist)
    assert fields(caller.get("/search")) == ["q"]
    assert fields(caller.get("/search", {"q": " ", "limit": 51})) == ["limit", "q"]
