"""Workbooks in and out, by a program: the same walk as on the pages."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gongying.customers.models import Party
from gongying.estates.models import CommonFacility, Unit
from gongying.events.models import Event
from gongying.imports.models import Export, ImportRun
from gongying.imports.operations.exports import DIRECT_ROWS
from gongying.imports.operations.imports import check_import_later, take_import_back_later, write_import_later
from tests.api.conftest import BASE, Caller, fields, problem
from tests.conftest import Cast
from tests.imports.workbook_files import xlsx

HEADER = ["楼栋", "单元", "房号", "业主姓名", "联系电话", "面积"]
ROW = ["5", "1", "301", "张三", "13800138000", "95.46"]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(caller: Caller, cast: Cast, *rows: list[str], content: bytes | None = None, **more: Any) -> Any:
    if content is None:
        content = xlsx({"A": [HEADER, *rows]}).getvalue()
    body = {"kind": "customers.units", "project_id": cast.sunshine.pk, "file": SimpleUploadedFile("名册.xlsx", content)}
    headers = {**caller.headers, **more.pop("headers", {})}
    return caller.client.post(f"{BASE}/imports", {**body, **more}, headers=headers)


def as_guessed(run: dict[str, Any], **changes: str | None) -> dict[str, Any]:
    named = [{"label": column["label"], "field": column["field"]} for column in run["columns"] if column["field"]]
    return {"columns": named, **changes}


@pytest.mark.requirement("E-037")
def test_file_goes_from_upload_to_register_and_back(cast: Cast) -> None:
    caller = Caller(cast.manager)
    run = upload(caller, cast, ROW).json()
    assert (run["state"], run["sheets"][0]["rows"]) == ("uploaded", 1)
    assert {column["label"]: column["field"] for column in run["columns"]}["业主姓名"] is not None
    path = f"/imports/{run['id']}"
    assert caller.send("put", f"{path}/columns", as_guessed(run)).json()["state"] == "checking"
    check_import_later(run_id=run["id"])
    checked = caller.get(path).json()
    assert (checked["state"], checked["is_ready_to_apply"], checked["is_running"]) == ("checked", True, False)
    assert checked["counts"]["created"]["estates.Unit"] == 1
    assert not Unit.objects.filter(code="5-1-301").exists()

    assert caller.post(f"{path}/application").json()["state"] == "applying"
    write_import_later(run_id=run["id"])
    assert caller.get(path).json()["state"] == "applied"
    assert Party.objects.filter(name="张三").exists()
    problem(caller.post(f"{path}/application"), 409)

    assert caller.post(f"{path}/reversal").json()["state"] == "reverting"
    take_import_back_later(run_id=run["id"])
    assert caller.get(path).json()["state"] == "reverted"
    assert not Unit.objects.filter(code="5-1-301").exists()


@pytest.mark.requirement("E-037")
def test_another_row_is_chosen_as_the_header(cast: Cast) -> None:
    caller = Caller(cast.manager)
    decoy = ["楼栋", "单元", "房号", "业主", "电话", "面积"]
    content = xlsx({"A": [decoy, ["一", "二", "三", "四", "五", "六"], HEADER, ROW]}).getvalue()
    run = upload(caller, cast, content=content).json()
    path = f"/imports/{run['id']}/header"
    assert run["header_row"] is None
    assert [row["row"] for row in run["top_rows"]] == [1, 2, 3, 4]

    read = caller.send("put", path, {"row": 3}).json()
    assert (read["header_row"], read["sheets"][0]["header_rows"], read["sheets"][0]["rows"]) == (3, [3], 1)
    assert [column["label"] for column in read["columns"]] == HEADER
    assert caller.send("put", path, {"row": None}).json()["header_row"] is None

    for bad in ({"row": 99}, {"row": 0}, {"row": "3"}, {}):
        assert fields(caller.send("put", path, bad)) == ["row"]
    problem(Caller(cast.guard).send("put", path, {"row": 3}), 403)
    caller.post(f"/imports/{run['id']}/discard")
    problem(caller.send("put", path, {"row": 3}), 409)


def test_errors_stand_with_row_and_column(cast: Cast) -> None:
    caller = Caller(cast.manager)
    run = upload(caller, cast, ROW, ["5", "1", "302", "李四", "13800138001", "95,46,7"]).json()
    path = f"/imports/{run['id']}"
    caller.send("put", f"{path}/columns", as_guessed(run))
    check_import_later(run_id=run["id"])
    found = caller.get(f"{path}/findings", {"kind": "error"}).json()["items"]
    assert [(row["sheet"], row["row"], row["column"]) for row in found] == [("A", 3, "面积")]
    problem(caller.post(f"{path}/application"), 409)
    assert caller.post(f"{path}/discard").json()["state"] == "discarded"
    problem(caller.post(f"{path}/discard"), 409)


def test_bad_upload_is_named_and_nothing_is_kept(cast: Cast) -> None:
    caller = Caller(cast.manager)
    assert fields(upload(caller, cast, ROW, kind="x.y")) == ["kind"]
    assert fields(upload(caller, cast, ROW, project_id=cast.park.pk)) == ["project_id"]
    assert fields(upload(caller, cast, ROW, project_id="x")) == ["project_id"]
    assert fields(upload(caller, cast, content=b"MZ" * 100)) == ["file"]
    assert fields(upload(caller, cast, ROW, colour="red")) == ["colour"]
    assert not ImportRun.objects.exists()


def test_bad_columns_are_named_by_their_place_in_the_body(cast: Cast) -> None:
    caller = Caller(cast.manager)
    run = upload(caller, cast, ROW).json()
    path, good = f"/imports/{run['id']}/columns", as_guessed(run)["columns"]
    twice = [*good[:-1], {**good[-1], "field": good[0]["field"]}]
    assert fields(caller.send("put", path, {"columns": twice})) == [f"columns.{len(good) - 1}.field"]
    assert fields(caller.send("put", path, {"columns": [{"label": "x", "field": "unit"}]})) == ["columns.0.label"]
    assert fields(caller.send("put", path, {"columns": [{**good[0], "field": "x"}]}))[0].startswith("columns")
    assert "columns" in fields(caller.send("put", path, {"columns": []}))
    assert ImportRun.objects.get().state == "uploaded"


@pytest.mark.requirement("E-036")
def test_same_upload_sent_twice_is_one_import(cast: Cast) -> None:
    caller = Caller(cast.manager)
    content = xlsx({"A": [HEADER, ROW]}).getvalue()
    answers = [upload(caller, cast, content=content, headers={"Idempotency-Key": "u1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert ImportRun.objects.count() == 1


def test_imports_of_others_are_not_found(cast: Cast) -> None:
    run = upload(Caller(cast.manager), cast, ROW).json()
    stranger = Caller(cast.steward)
    assert stranger.get(f"/imports/{run['id']}").status_code in (403, 404)
    problem(Caller(cast.guard).get("/imports"), 403)


def test_template_can_be_filled_in_and_sent_back(cast: Cast) -> None:
    caller = Caller(cast.manager)
    kinds = {kind["key"]: kind for kind in caller.get("/import-kinds").json()}
    answer = caller.get("/import-kinds/customers.units/template")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    assert sheet.max_column == len(kinds["customers.units"]["fields"])
    problem(caller.get("/import-kinds/x.y/template"), 404)


def test_short_list_is_ready_at_once(cast: Cast) -> None:
    CommonFacility.objects.create(project=cast.sunshine, kind="lift", name="=1+1")
    caller = Caller(cast.manager)
    assert "facilities" in {listing["key"] for listing in caller.get("/listings").json()}
    body = {"listing": "facilities", "filters": {"project": [str(cast.sunshine.pk)]}}
    export = caller.post("/exports", body).json()
    assert (export["state"], export["rows_done"], export["percent"]) == ("ready", 1, 100)
    file = caller.get(f"/exports/{export['id']}/file")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
    assert sheet is not None
    assert "=1+1" in {cell.value for cell in sheet[2] if cell.data_type == "s"}
    assert Event.objects.filter(verb="rows.exported", actor=cast.manager).count() == 1


def test_long_list_is_written_by_the_worker(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr("gongying.imports.operations.exports.DIRECT_ROWS", -1)
    assert DIRECT_ROWS > 0
    caller = Caller(cast.manager)
    export = caller.post("/exports", {"listing": "facilities", "format": "csv"}).json()
    assert (export["state"], export["finished_at"]) == ("waiting", None)
    assert problem(caller.get(f"/exports/{export['id']}/file"), 409)["current"]["state"] == "waiting"
    assert [row["id"] for row in caller.get("/exports").json()["items"]] == [export["id"]]


def test_export_belongs_to_who_asked_for_it(cast: Cast) -> None:
    export = Caller(cast.manager).post("/exports", {"listing": "facilities"}).json()
    problem(Caller(cast.supervisor).get(f"/exports/{export['id']}"), 404)
    assert fields(Caller(cast.manager).post("/exports", {"listing": "secrets"})) == ["listing"]
    assert Export.objects.count() == 1
