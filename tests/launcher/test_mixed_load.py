"""A few colleagues for some seconds, over HTTP on the product as `bin/run` starts it; `bin/bench --mixed` does it with fifty."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from gongying.workbench.bench.colleagues import colleagues
from gongying.workbench.bench.served import address_of_the_database
from launcher import places
from launcher.chaos.product import Product
from launcher.load.days import DAYS, Colleague, Day
from launcher.load.inside import colleague, mixed_load, product_over
from launcher.load.mixed import spread
from launcher.load.pages import Page
from launcher.load.visitor import Asked, Book, Visitor, same_address, words_of
from tests.conftest import Cast

PAGE = """
    <div data-live="unit-1 unit-2" hx-get="/panel/" hx-trigger="load, live:changed"></div>
    <a href="/requests/7/">7</a> <a hx-get="/requests/7/steps/resolve/?from=home">resolve</a>
    <form method="get" action="/search/"><input name="q"></form>
    <form method="post" action="/entries/">
      <input type="hidden" name="token" value="t"><input type="file" name="photos">
      <textarea name="text" required>
</textarea><textarea name="kept">
as it was</textarea>
      <input type="radio" name="kind" value="repair" checked><input type="radio" name="kind" value="help">
      <select name="to" required><option value="">–</option><option value="3">3</option></select>
      <select name="who"><option value="1">1</option><option value="2" selected>2</option></select>
      <input type="checkbox" name="ticks" value="a"><input type="checkbox" name="ticks" value="b">
      <button name="action" value="answer"></button>
    </form>
"""


def test_form_is_sent_as_a_browser_sends_it() -> None:
    page = Page(PAGE)
    form = page.form("/entries/")
    assert form is not None
    sent = form.filled({"kind": "help", "ticks": form.choices["ticks"]}, words="words")
    said = {"token": ["t"], "kept": ["as it was"], "text": ["", "words"], "kind": ["help"]}
    said |= {"to": ["", "3"], "who": ["2"], "ticks": ["a", "b"]}
    assert sorted(sent) == sorted((name, value) for name, values in said.items() for value in values)
    assert page.form("/search/") is None
    assert (page.loads, page.subjects) == (["/panel/"], {"unit-1", "unit-2"})
    assert page.linked(r"/requests/\d+/") == ["/requests/7/"]
    assert page.linked(r"/requests/\d+/steps/resolve/") == ["/requests/7/steps/resolve/?from=home"]


def test_what_a_page_loads_by_itself_is_asked_for() -> None:
    tags = (
        '<div id="bell" hx-get="/bell/?a=1&amp;b=2" hx-trigger="load, live:changed"></div>',
        '<section\n  hx-trigger="load delay:300ms" hx-get="/timeline/"></section>',
        '<a hx-get="/drawer/" href="/page/">x</a> <form hx-get="/filter/" hx-trigger="change"></form>',
    )
    page = Page("".join(tags))

    assert page.loads == ["/bell/?a=1&b=2", "/timeline/"]
    assert page.linked("/.*") == ["/page/", "/drawer/", "/filter/"]


def test_of_a_job_only_the_step_is_taken_that_leads_on() -> None:
    forms = "".join(
        f'<form method="post" action="/{to}/" data-leads="{way}"></form>'
        for way, to in [("assigned:accepted", "accept"), ("accepted:on_site en_route:on_site", "arrive")]
    )
    page = Page(f'<div data-job-page="1" data-state="en_route"></div>{forms}')
    form = page.form("/(accept|arrive)/")
    assert form is not None
    assert form.action == "/arrive/"


def test_figures_of_addresses() -> None:
    assert same_address("/requests/71/steps/accept/?from=home") == "/requests/…/steps/accept/"
    assert spread([Asked("page", "/", 200, time) for time in range(1, 101)]) == {
        "number": 100,
        "p50": 50.5,
        "p95": 95,
        "slowest": 100,
    }


@pytest.fixture
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(places, "VAR", tmp_path)
    monkeypatch.setattr(places, "LOGS", tmp_path / "log")
    return


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_folder")
def test_mixed_load_meets_no_fault(cast: Cast, settings: LazySettings) -> None:
    leak = ServiceCategory.objects.get(code="common-water-pipe")
    for _request in range(5):
        register_request(
            by=cast.receptionist, kind="repair", category=leak, text="dripping", channel="phone", unit=cast.unit
        )
    address = address_of_the_database()
    people = [colleague(each) for each in colleagues(10)]
    assert {person.role for person in people} == set(DAYS)
    connection.close()

    product = product_over(address, GONGYING_SECRET_KEY=settings.SECRET_KEY)
    with product.running():
        once = each_act_once(product, people)
        mixed = mixed_load(product, people, seconds=6, per_second=25)

    assert [asked for asked in once.asked if asked.status >= 500] == []
    sent = {asked.address for asked in once.asked if asked.kind == "form"}
    assert sent >= {"/entries/", "/requests/…/notes/", "/requests/…/steps/accept/"}
    assert mixed.is_clean, "\n".join(mixed.summary())
    found = mixed.as_json()
    assert (found["faults"], found["deadlocks"], found["failures"]) == (0, 0, [])
    assert set(found["processor"]) >= {"web", "push", "worker", "agents", "others"}
    assert {"web", "push", "worker"} <= set(found["megabytes"][0])


def each_act_once(product: Product, people: Sequence[Colleague]) -> Book:
    book, port = Book(), int(product.options.port)
    cookie = product.program("web").env["GONGYING_SESSION_COOKIE"]
    for role, acts in DAYS.items():
        person = next(person for person in people if person.role == role)
        day = Day(person, Visitor(port, {cookie: person.session}, book), random.Random(1), product.push_address)
        for act in acts:
            act(day)
        day.at.close()
    return book


def test_refusal_is_told_in_its_words() -> None:
    assert words_of('<body><ul class="field-error" id="a"><li>Tick all seven.</li></ul></body>') == "Tick all seven."
    assert words_of("<body><main><h1>Not now</h1> <p>It is done.</p></main></body>") == "Not now It is done."
