"""The one search box: groups, order, scope of the page and the way on when nothing is found."""

import re
from collections.abc import Callable, Iterator, Sequence

import pytest
from django.test import Client

from gongying.accounts.models import User
from gongying.common import navigation, search
from gongying.common.navigation import Entry, Menu
from gongying.common.search import Hit, Query, Score
from tests.conftest import Cast


class Fixed:
    """Answers every query with the same hits."""

    icon = "user"

    def __init__(self, name: str, *hits: Hit) -> None:
        self.name = self.label = name
        self.hits = hits

    def search(self, user: object, query: Query, limit: int) -> Sequence[Hit]:
        return self.hits


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Only the providers that the test names."""
    monkeypatch.setattr(search, "_providers", {})

    def use(*chosen: Fixed) -> None:
        for provider in chosen:
            search.register(provider)

    return use


def titles(client: Client, typed: str) -> list[str]:
    answer = client.get("/search/", {"q": typed}, headers={"HX-Request": "true"}).content.decode()
    return re.findall(r'class="hit"[^>]*><span[^>]*>(.*?)</span>', answer)


def test_search_shows_the_group_with_the_best_hit_first(
    cast: Cast, client_of: Callable[[User], Client], providers: Callable[..., None]
) -> None:
    providers(
        Fixed("people", Hit("周先生", "/p/1/", score=Score.PART), Hit("周", "/p/2/", score=Score.PREFIX)),
        Fixed("units", Hit("2-1-301", "/u/1/", score=Score.EXACT)),
    )

    assert titles(client_of(cast.receptionist), "301") == ["2-1-301", "周", "周先生"]


def test_search_shows_at_most_eight_rows_of_a_group(
    cast: Cast, client_of: Callable[[User], Client], providers: Callable[..., None]
) -> None:
    providers(Fixed("people", *(Hit(f"周{n}", f"/p/{n}/") for n in range(20))))

    assert len(titles(client_of(cast.receptionist), "周")) == 8


def test_search_escapes_what_it_shows(
    cast: Cast, client_of: Callable[[User], Client], providers: Callable[..., None]
) -> None:
    providers(Fixed("people", Hit("<b>周</b>", "/p/1/"), Hit("x", "/p/2/")))

    page = client_of(cast.receptionist).get("/search/", {"q": "<script>周"}).content.decode()

    assert "<b>周</b>" not in page
    assert "<script>周" not in page
    assert "&lt;script&gt;周" in page


def test_search_answers_a_fragment_to_the_box(
    cast: Cast, client_of: Callable[[User], Client], providers: Callable[..., None]
) -> None:
    providers()
    answer = client_of(cast.receptionist).get("/search/", {"q": "周"}, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in answer
    assert 'data-query="周"' in answer


def test_single_hit_opens_without_scripts(
    cast: Cast, client_of: Callable[[User], Client], providers: Callable[..., None]
) -> None:
    providers(Fixed("units", Hit("2-1-301", "/u/1/")))

    response = client_of(cast.receptionist).get("/search/", {"q": "2-1-301"})

    assert (response.status_code, response["Location"]) == (302, "/u/1/")


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place to enter contacts."""
    entry = Entry("workbench:help-show", "登记", "plus", ("interactions.log_interaction",), Menu.ENTRY)
    monkeypatch.setattr(navigation, "_entries", {(Menu.ENTRY, "x"): entry})


@pytest.mark.usefixtures("entry")
def test_nothing_found_offers_an_entry_with_what_was_typed(
    cast: Cast, client_of: Callable[[User], Client], providers: Callable[..., None]
) -> None:
    providers()
    examples = {"138 0000 9999": "phone=13800009999", "周": "name=%E5%91%A8", "3-1-999": "text=3-1-999"}
    client, of_worker = client_of(cast.receptionist), client_of(cast.worker)
    for typed, parameters in examples.items():
        assert f"/help/?{parameters}" in client.get("/search/", {"q": typed}).content.decode()
        assert "/help/?" not in of_worker.get("/search/", {"q": typed}).content.decode()


@pytest.mark.parametrize("typed", ["", "   ", "%", "'; drop table", "a" * 5000, "😀", "--", "\u202e周"])
def test_search_survives_whatever_is_typed(cast: Cast, client_of: Callable[[User], Client], typed: str) -> None:
    # A page of hits, or the one hit itself.
    assert client_of(cast.receptionist).get("/search/", {"q": typed}).status_code in {200, 302}


def test_search_needs_a_log_in(client: Client, db: None) -> None:
    assert client.get("/search/", {"q": "周"}).status_code == 302
    fragment = client.get("/search/", {"q": "周"}, headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"][:16]) == (401, "/accounts/login/")
