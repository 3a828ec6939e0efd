import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.events.models import Event
from gongying.imports import listings
from gongying.imports.enums import ExportState
from gongying.imports.listings import Listing, ListingColumn, register_listing
from gongying.imports.models import Export
from gongying.imports.operations import exports
from gongying.imports.operations.exports import fill_export_later, remove_old_exports
from gongying.imports.spreadsheets import write_csv
from tests.conftest import Cast

HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "<script>", "普通"]


def units(user: User, filters: QueryDict) -> Any:
    return Unit.objects.visible_to(user).filter(code__startswith=filters.get("code", "")).by_code()


LISTING = Listing(
    key="test_units",
    label="房屋",
    permission="customers.view_files",
    rows=units,
    columns=[
        ListingColumn("房号", "code"),
        ListingColumn("面积", "gross_area_m2"),
        ListingColumn("状态", "get_state_display"),
        ListingColumn("楼层", "floor.level"),
        ListingColumn("项目", lambda unit: str(unit.project)),
    ],
)


@pytest.fixture(autouse=True)
def _listing(settings, tmp_path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    register_listing(LISTING)
    yield
    listings._listings.pop(LISTING.key)


def ask(client: Client, **data: str) -> Any:
    return client.post(reverse("imports:export-create"), {"listing": LISTING.key, "format": "xlsx", **data})


def sheet_of(response: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return list(book.worksheets[0].iter_rows(values_only=True))


@pytest.mark.requirement("E-037")
def test_short_list_is_a_file_at_once_with_what_the_user_sees(client: Client, cast: Cast) -> None:
    client.force_login(cast.steward)

    rows = sheet_of(ask(client))

    assert rows[0] == ("房号", "面积", "状态", "楼层", "项目")
    assert [row[0] for row in rows[1:]] == ["2-1-301"]  # not 3-1-101 of the west, not the park
    assert rows[1][1] == 95.46
    event = Event.objects.get(verb="rows.exported")
    assert (event.actor, event.details["rows"], event.details["listing"]) == (cast.steward, 1, "test_units")


def test_filters_of_the_page_are_kept(client: Client, cast: Cast) -> None:
    client.force_login(cast.receptionist)

    assert [row[0] for row in sheet_of(ask(client, query="code=3-"))[1:]] == ["3-1-101"]


@pytest.mark.requirement("E-037")
def test_nothing_is_run_as_a_formula(client: Client, cast: Cast) -> None:
    Unit.objects.filter(pk=cast.unit.pk).update(code="=1+1")
    client.force_login(cast.steward)

    response = ask(client)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    text = b"".join(ask(client, format="csv").streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1][0] == "'=1+1"


def test_every_formula_start_is_made_inert_in_csv() -> None:
    file = io.BytesIO()

    assert write_csv(file, labels=["a"], rows=[[text] for text in HOSTILE]) == len(HOSTILE)

    cells = [row[0] for row in csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""))][1:]
    assert cells == [f"'{text}" for text in HOSTILE[:-2]] + HOSTILE[-2:]


@pytest.mark.requirement("E-037")
def test_long_list_is_written_by_the_worker(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "DIRECT_ROWS", 1)
    client.force_login(cast.receptionist)

    response = ask(client)

    export = Export.objects.get()
    assert response["Location"] == export.get_absolute_url()
    assert 'hx-trigger="every 1s"' in client.get(export.get_absolute_url()).content.decode()
    assert client.get(reverse("imports:export-file", args=[export.pk])).status_code == 404
    fill_export_later(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.rows_done) == (ExportState.READY, 2)
    assert reverse("imports:export-file", args=[export.pk]) in client.get(export.get_absolute_url()).content.decode()
    assert len(sheet_of(client.get(reverse("imports:export-file", args=[export.pk])))) == 3


def test_export_of_a_colleague_is_not_found(client: Client, cast: Cast) -> None:
    export = Export.objects.create(listing=LISTING.key, format="xlsx", by=cast.manager)
    client.force_login(cast.receptionist)

    assert client.get(export.get_absolute_url()).status_code == 404


def test_who_lost_the_permission_meanwhile_gets_no_file(cast: Cast) -> None:
    export = Export.objects.create(listing=LISTING.key, format="xlsx", by=cast.receptionist)
    cast.receptionist.staff.roles.clear()

    fill_export_later(export_id=export.pk)

    export.refresh_from_db()
    assert (export.state, bool(export.file), bool(export.failure)) == (ExportState.FAILED, False, True)


def test_list_needs_its_own_permission(client: Client, cast: Cast) -> None:
    client.force_login(cast.worker)

    assert ask(client).status_code == 403


def test_unknown_list_and_format_are_not_found(client: Client, cast: Cast) -> None:
    client.force_login(cast.receptionist)

    assert ask(client, listing="nothing").status_code == 404
    assert ask(client, format="exe").status_code == 404


def test_files_are_removed_after_a_week(client: Client, cast: Cast) -> None:
    client.force_login(cast.receptionist)
    ask(client)
    export = Export.objects.get()
    assert remove_old_exports() == 0

    Export.objects.update(created_at=timezone.now() - timedelta(days=8))

    assert remove_old_exports() == 1
    assert not export.file.storage.exists(export.file.name)


def test_column_reads_paths_calls_and_gaps(cast: Cast) -> None:
    party = Party(name="张三", kind="person")

    assert ListingColumn("a", "get_kind_display").of(party) == str(party.get_kind_display())
    assert ListingColumn("a", "merged_into.name").of(party) is None


def test_words_of_choices_are_looked_up_once(cast: Cast) -> None:
    rows = [Party(name="张三", kind=kind) for kind in ("person", "company", "person")]
    reader = ListingColumn("a", "get_kind_display").reader()

    assert [reader(row) for row in rows] == [str(row.get_kind_display()) for row in rows]
    assert ListingColumn("a", "merged_into.get_kind_display").reader()(rows[0]) is None
    assert ListingColumn("a", "name").reader()(rows[0]) == "张三"
