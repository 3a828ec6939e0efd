"""A real file of past messages: imported through the screen, found by two characters, read on its writer's timeline."""

from pathlib import Path

import pytest

from gongying.imports.models import ImportRun
from gongying.imports.operations.imports import check_import_later, write_import_later
from gongying.interactions.models import Interaction

ROOT = Path(__file__).parents[2]
# Beside the checkout, or beside the folder that holds several worktrees.
FILES = [folder / "shared/data/messages/citizen_messages.xlsx" for folder in (ROOT.parent, ROOT.parent.parent)]


@pytest.fixture
def real_file() -> Path:
    found = next((path for path in FILES if path.exists()), None)
    if found is None:
        pytest.skip("../shared/data/messages/citizen_messages.xlsx is not there.")
    return found


@pytest.fixture
def project(live_server, cast, settings, tmp_path):
    """Depends on `live_server` first: the people are made for that server's database."""
    settings.MEDIA_ROOT = tmp_path
    return cast.sunshine


@pytest.mark.requirement("E-037", "R-046")
def test_real_file_is_imported_searched_and_read(real_file, project, cast, open_desk):
    desk = open_desk(cast.manager)
    desk.open("/imports/new/")
    desk.page.check("input[value='interactions.past_contacts']")
    desk.page.select_option("[name=project]", str(project.pk))
    desk.page.set_input_files("[name=file]", str(real_file))
    desk.click("main form button.btn-primary")

    desk.sees("h1", text="citizen_messages.xlsx")
    run = ImportRun.objects.get()
    assert desk.page.locator("table.list select").evaluate_all("them => them.map(one => one.value)") == [
        "external_no",
        "person",
        "topic",
        "occurred_at",
        "text",
        "",
        "",
    ]
    desk.click(".form-actions button.btn-primary")
    desk.sees("#import[hx-get]")
    check_import_later(run_id=run.pk)
    desk.sees(".count-card", text="4326")
    desk.sees("#findings-duplicate .count", text="56")

    desk.click(".page-actions button.btn-primary")
    desk.sees("#import[hx-get]")
    write_import_later(run_id=run.pk)
    desk.sees(".note-good")
    assert Interaction.objects.count() == 4326
    assert Interaction.objects.filter(repeat_of__isnull=False).count() == 56

    desk.press("/")
    desk.type("电梯")
    desk.sees("#search-results .hit", text="电梯")
    desk.page.locator("#search-results a.hit[href^='/interactions/']", has_text="电梯").first.click()
    desk.page.wait_for_url("**/interactions/*/")
    message = Interaction.objects.get(pk=int(desk.page.url.rstrip("/").rsplit("/", 1)[1]))
    assert "电梯" in message.topic + message.text
    desk.click(f".page-actions a:has-text('{message.person_name}')")
    desk.sees("ol.timeline-list li", text=message.topic[:12])
    assert desk.complaints == []
