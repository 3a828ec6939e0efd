"""The frame around every page, and what it says when something is wrong."""

import re
from collections.abc import Callable

import pytest
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import reverse

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.messages import tell
from gongying.common.middleware import RefusedMiddleware, forms_lead_on, messages_with_fragments
from tests.conftest import Cast


def test_frame_shows_search_menu_and_name(cast: Cast, client_of: Callable[[User], Client]) -> None:
    page = client_of(cast.receptionist).get("/").content.decode()

    assert 'id="search"' in page
    assert 'href="/"' in page
    assert "小赵" in page
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/vehicles/", "/households/"),
        ("/projects/", "/households/"),
        ("/promises/", "/households/"),
        ("/organization/posts/new/", "/settings/"),
        ("/settings/ladders/new/", "/settings/"),
        ("/", "/"),
    ],
)
def test_every_page_has_its_place_on_the_rail(
    cast: Cast, client_of: Callable[[User], Client], address: str, place: str
) -> None:
    page = client_of(cast.administrator).get(address).content.decode()

    rail = page[page.index('<nav class="rail') : page.index("</nav>", page.index('<nav class="rail'))]
    assert re.findall(r'href="([^"]+)"\s+aria-current="page"', rail) == [place]


def test_an_empty_option_says_what_to_do(cast: Cast, client_of: Callable[[User], Client]) -> None:
    page = client_of(cast.administrator).get("/organization/departments/new/").content.decode()

    assert '<option value="" selected>请选择</option>' in page
    assert "-----" not in page


def test_every_card_of_the_settings_says_what_it_is_for(cast: Cast, client_of: Callable[[User], Client]) -> None:
    entries = client_of(cast.administrator).get("/settings/").context["entries"]

    assert [str(entry.label) for entry in entries if not entry.help] == []


def test_unknown_page_says_what_to_do(cast: Cast, client_of: Callable[[User], Client]) -> None:
    response = client_of(cast.receptionist).get("/nowhere/")

    assert response.status_code == 404
    assert "errors/page.html" in [template.name for template in response.templates]


def test_unknown_fragment_becomes_a_message_and_leaves_the_page(
    cast: Cast, client_of: Callable[[User], Client]
) -> None:
    response = client_of(cast.receptionist).get("/nowhere/", headers={"HX-Request": "true"})

    assert response.status_code == 404
    assert response.headers["HX-Retarget"] == "#messages"
    assert "<html" not in response.content.decode()


def test_refusal_carries_its_sentence(rf: RequestFactory) -> None:
    response = RefusedMiddleware(lambda _: HttpResponse()).process_exception(
        rf.post("/", headers={"HX-Request": "true"}), Refused("已经关闭<b>")
    )

    assert response is not None
    assert response.status_code == 409
    assert "已经关闭&lt;b&gt;" in response.content.decode()


def test_message_travels_with_a_fragment(rf: RequestFactory) -> None:
    def view(request: object) -> HttpResponse:
        tell(request, "已派给 老张", undo="/undo/1/")  # type: ignore[arg-type]
        return HttpResponse("<p>row</p>")

    handler = SessionMiddleware(MessageMiddleware(messages_with_fragments(view)))  # type: ignore[arg-type]
    answer = handler(rf.post("/", headers={"HX-Request": "true"})).content.decode()

    assert answer.startswith("<p>row</p>")
    assert 'hx-swap-oob="beforeend:#messages"' in answer
    assert 'action="/undo/1/"' in answer
    assert handler(rf.post("/")).content.decode() == "<p>row</p>"


def test_what_a_page_fetches_by_itself_takes_no_message_from_the_page_to_come(rf: RequestFactory) -> None:
    def view(request: object) -> HttpResponse:
        if request.method == "POST":  # type: ignore[attr-defined]
            tell(request, "已派给 老张")  # type: ignore[arg-type]
        return render(request, "frame/_messages.html")  # type: ignore[arg-type]

    handler = SessionMiddleware(MessageMiddleware(messages_with_fragments(view)))  # type: ignore[arg-type]

    def ask(**headers: str) -> str:
        request = rf.get("/", headers={"HX-Request": "true", **headers})
        request.COOKIES = kept
        return handler(request).content.decode()

    told = handler(rf.post("/", headers={"Asked-By-Itself": "true"}))
    kept = {name: cookie.value for name, cookie in told.cookies.items()}
    assert "已派给 老张" not in ask(**{"Asked-By-Itself": "true"})
    assert "已派给 老张" not in ask(Accept="text/event-stream")
    assert "已派给 老张" not in ask(Accept="image/avif,image/webp,*/*;q=0.8")
    assert "已派给 老张" in ask()


def test_styleguide_is_for_the_administrator(cast: Cast, client_of: Callable[[User], Client]) -> None:
    assert client_of(cast.administrator).get("/styleguide/").status_code == 200
    assert client_of(cast.receptionist).get("/styleguide/").status_code == 403


def test_browsers_keep_no_copy_of_a_page(cast: Cast, client_of: Callable[[User], Client]) -> None:
    """On a shared computer the next person would go back to it; and who goes back herself would see what was."""
    for path in ("/", "/requests/", "/accounts/login/"):
        assert "no-store" in client_of(cast.receptionist).get(path, follow=True).headers["Cache-Control"]


def test_a_form_with_far_too_long_a_text_says_that_it_is_too_long(
    cast: Cast, client_of: Callable[[User], Client]
) -> None:
    """The longest body is 2 MB; nothing of it is read, so no field can be named."""
    answer = client_of(cast.supervisor).post(reverse("schedule:calendar-event-create"), {"title": "长" * 1_000_000})

    assert answer.status_code == 413
    assert "超过 2.0\xa0MB" in answer.content.decode()


ON_ITS_PAGE = {"HX-Request": "true", "HX-Target": "form#form-page"}


def test_a_form_is_sent_without_leaving_its_page(cast: Cast, client_of: Callable[[User], Client]) -> None:
    desk, address = client_of(cast.receptionist), reverse("custody:key-create")
    wrong = desk.post(address, {"number": "K-1"}, headers=ON_ITS_PAGE)
    assert wrong.status_code == 422
    assert 'id="form-page" hx-post' in wrong.content.decode()
    assert "data-drawer-close" not in wrong.content.decode().partition("<main")[2]
    in_drawer = desk.post(address, {"number": "K-1"}, headers={"HX-Request": "true", "HX-Target": "div#drawer"})
    assert 'id="form-page"' not in in_drawer.content.decode()


def test_a_form_of_a_page_leads_on_to_another_page(rf: RequestFactory) -> None:
    handler = forms_lead_on(lambda _request: HttpResponseRedirect("/there/"))
    answer = handler(rf.post("/", headers=ON_ITS_PAGE))
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/there/")
    assert handler(rf.post("/")).status_code == 302
