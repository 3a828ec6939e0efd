"""Every page that edits a row with a version sends the version that was read, and a stale one comes back (409).

The pages are those of the URL table whose names say that something is edited; what a page's form holds is read from it.
"""

from typing import Any

import pytest
from django.db import transaction

from gongying.common.models import Versioned
from tests.structure.hostile.attempts import Attempts, FormAttempts
from tests.structure.hostile.page_forms import PageForm, forms_of
from tests.structure.hostile.pages import PAGES, Page
from tests.structure.hostile.world import World
from tests.structure.url_matrix import Line, lines

EDITS = ("-edit", "-update")
# No rows of the register that several people edit: an upload is one person's, and every step of it says its state.
ELSEWHERE = {"imports:header-update", "imports:columns-update"}


def edits(method: str) -> dict[str, Line]:
    return {
        line.key: line
        for line in lines()
        if line.method == method
        and not line.is_api
        and line.arguments
        and line.key.endswith(EDITS)
        and line.key not in ELSEWHERE
    }


OPENED = edits("GET")
EDIT_PAGES = [page for page in PAGES if page.key in OPENED]


def test_every_edit_has_a_page_that_is_tried() -> None:
    sent = {key.replace("-update", "-edit") if key not in OPENED else key for key in edits("POST")}
    assert sent <= OPENED.keys() == {page.key for page in EDIT_PAGES}
    assert "organization:department-edit" in OPENED


def row_of(page: Page, world: World) -> Versioned:
    (argument,) = [value for value in OPENED[page.key].arguments.values() if not value.startswith("=")]
    row: Any = world.sample.get(argument)
    assert isinstance(row, Versioned), f"{page}: the row has no version"
    row.refresh_from_db()
    return row


def edit_form(html: str, attempts: Attempts) -> PageForm:
    (form,) = [form for form in forms_of(html, url=attempts.url) if form.method == "post" and "version" in form.fields]
    return form


@pytest.mark.django_db
@pytest.mark.parametrize("page", EDIT_PAGES, ids=str)
def test_stale_edit_comes_back_with_what_was_typed_and_the_present_version(world: World, page: Page) -> None:
    with transaction.atomic():
        attempts = Attempts(world, page)
        row = row_of(page, world)
        form = edit_form(attempts.html, attempts)
        sent = FormAttempts(attempts, form, (form.buttons or [("", "")])[0])
        assert (form.fields["version"].kind, form.fields["version"].first) == ("hidden", [str(row.version)])
        assert sent.fill().is_taken
        typed = {name: several for name, several in sent.values.items() if name != "version"}

        row.advance_version(seen=None)
        attempts.sender.before = ""
        stale, unsaid = sent.post({}), sent.post({"version": []})
        again = sent.post({"version": [str(row.version)]})
        shown = edit_form(stale.text, attempts).first_values()
        transaction.set_rollback(True)
        world.sample.made.clear()

    assert (stale.status, stale.was_changed, stale.failure) == (409, False, "")
    assert "别人刚刚改过" in stale.text
    assert shown.pop("version") == [str(row.version)]
    assert {name: shown.get(name, []) for name in typed} == typed
    assert (unsaid.status, list(unsaid.errors)) == (422, ["version"])
    assert again.is_taken, (again.status, again.errors)
