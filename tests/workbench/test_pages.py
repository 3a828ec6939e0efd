import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from gongying.accounts.models import User
from gongying.common import navigation
from gongying.common.navigation import Entry, Menu, entries_for
from tests.conftest import Cast


@pytest.fixture
def two_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.register(Entry("workbench:help-show", "员工", "users", ("organization.manage_staff",), Menu.SETTINGS, 2))
    navigation.register(Entry("workbench:home-show", "角色", "key", ("organization.manage_roles",), Menu.SETTINGS, 1))


@pytest.mark.usefixtures("two_entries")
def test_menu_shows_what_the_role_may_in_order(cast: Cast) -> None:
    assert [entry.label for entry in entries_for(cast.administrator, Menu.SETTINGS)] == ["角色", "员工"]
    assert entries_for(cast.receptionist, Menu.SETTINGS) == []
    assert entries_for(cast.administrator, Menu.RAIL) == []


@pytest.mark.usefixtures("two_entries")
def test_settings_are_for_those_who_may_set_something(cast: Cast, client_of: Callable[[User], Client]) -> None:
    assert "员工" in client_of(cast.administrator).get("/settings/").content.decode()
    assert client_of(cast.receptionist).get("/settings/").status_code == 404


TEMPLATES = list((Path(__file__).parents[2] / "gongying").glob("*/templates/**/*.html"))


def test_help_names_the_keys(cast: Cast, client_of: Callable[[User], Client]) -> None:
    page = client_of(cast.worker).get("/help/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Ctrl K" in text
    bound = {key for path in TEMPLATES for key in re.findall(r'data-key="([^"{]+)"', path.read_text())}
    told = {key.replace("Control", "Ctrl").replace("+", " ").title() for key in bound}
    assert len(told) > 8
    assert [key for key in told if f"<kbd>{key}</kbd>" not in text] == []


def test_language_can_be_switched(cast: Cast, client_of: Callable[[User], Client]) -> None:
    client = client_of(cast.receptionist)
    assert '<html lang="zh-hans">' in client.get("/help/").content.decode()

    client.post("/language", {"language": "en", "next": "/help/"})

    assert '<html lang="en">' in client.get("/help/").content.decode()


def test_rail_keeps_together_what_belongs_together(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    """At its head stands the first of those that this person may open."""
    monkeypatch.setattr(navigation, "_entries", {})
    for name, permission, order in (("settings-index", "organization.manage_roles", 3), ("help-show", "", 5)):
        permissions = (permission,) if permission else ()
        entry = Entry(f"workbench:{name}", name, "x", permissions, order=order, under="workbench:settings-index")
        navigation.register(entry)
    navigation.register(Entry("workbench:home-show", "home", "x", order=4))

    def rail(user: User) -> list[list[str]]:
        return [[str(entry.label) for entry in group.entries] for group in navigation.groups_for(user)]

    assert rail(cast.administrator) == [["settings-index", "help-show"], ["home"]]
    assert rail(cast.receptionist) == [["home"], ["help-show"]]


@pytest.mark.parametrize("name", ["supervisor", "manager", "quality", "receptionist", "steward", "administrator"])
def test_rail_is_short(cast: Cast, name: str) -> None:
    assert 3 <= len(navigation.groups_for(getattr(cast, name))) <= 7


def test_page_of_a_group_leads_to_its_siblings(cast: Cast, client_of: Callable[[User], Client]) -> None:
    page = client_of(cast.supervisor).get("/orders/").text
    assert page.count('class="siblings"') == 2  # beside the search on a desk, above the page on a phone
    for path in ("/requests/", "/faults/", "/authority/approvals/"):
        assert f'href="{path}"' in page
    assert 'href="/orders/" aria-current="page"' in page
    assert 'class="siblings"' not in client_of(cast.supervisor).get("/dispatch/").text
