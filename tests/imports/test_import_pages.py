import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.imports.enums import FindingKind, ImportState
from gongying.imports.models import ImportRun
from gongying.imports.operations.imports import check_import_later, take_import_back_later, write_import_later
from tests.conftest import Cast
from tests.imports.pipeline import checked, findings
from tests.imports.workbook_files import bomb, xlsx

HEADER = ["楼栋", "单元", "房号", "业主姓名", "联系电话"]
ROW = ["5", "1", "301", "张三", "13800138000"]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def manager(client: Client, cast: Cast) -> Client:
    client.force_login(cast.manager)
    return client


def upload(client: Client, cast: Cast, content: bytes, name: str = "名册.xlsx", **more: object) -> object:
    data = {"kind": "customers.units", "project": cast.sunshine.pk, "file": SimpleUploadedFile(name, content), **more}
    return client.post(reverse("imports:import-create"), data)


def uploaded(client: Client, cast: Cast, *rows: list[str]) -> ImportRun:
    response = upload(client, cast, xlsx({"A": [HEADER, *rows]}).getvalue())
    run = ImportRun.objects.get()
    assert response["Location"] == run.get_absolute_url()
    return run


def mapping_of(run: ImportRun, **changes: str) -> dict[str, str]:
    columns = {f"column_{index}": run.mapping.get(label, "") for index, (label, _cells) in enumerate(run.samples)}
    return {**columns, **{f"option_{name}": value for name, value in run.options.items()}, **changes}


@pytest.mark.requirement("E-037")
def test_another_row_is_chosen_as_the_header(manager: Client, cast: Cast) -> None:
    """The guess takes the first of two rows that look like headers; the person says it is the second."""
    top = ["楼栋", "单元", "房号", "姓名", "电话"]
    content = xlsx(
        {
            "A": [
                top,
                ["(栋)", "(单元)", "(室)", "(业主)", "(手机)"],
                ["名", "名", "名", "名", "名"],
                ["栋", "门", "室", "户主", "手机"],
                ROW,
            ]
        }
    )
    upload(manager, cast, content.getvalue())
    run = ImportRun.objects.get()
    found = run.sheets[0]["header_rows"]
    page = manager.get(run.get_absolute_url()).content.decode()
    assert "第 4 行：栋 · 门 · 室 · 户主 · 手机" in page

    manager.post(reverse("imports:header-update", args=[run.pk]), {"header_row": "4"})
    run.refresh_from_db()
    assert found != [4]
    assert (run.header_row, run.sheets[0]["header_rows"], run.sheets[0]["rows"]) == (4, [4], 1)
    assert [label for label, _cells in run.samples] == ["栋", "门", "室", "户主", "手机"]
    assert run.mapping["户主"] == "owner"

    manager.post(reverse("imports:columns-update", args=[run.pk]), mapping_of(run, column_1="entrance"))
    check_import_later(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.counts["rows"], run.error_count) == (ImportState.CHECKED, 1, 0)
    # Back at the columns: another choice throws the old check away.
    manager.post(reverse("imports:header-update", args=[run.pk]), {"header_row": ""})
    run.refresh_from_db()
    assert (run.state, run.header_row, run.counts, run.sheets[0]["header_rows"]) == (
        ImportState.UPLOADED,
        None,
        {},
        found,
    )


def test_a_header_row_that_is_none_is_refused(manager: Client, cast: Cast) -> None:
    run = uploaded(manager, cast, ROW)
    address = reverse("imports:header-update", args=[run.pk])

    assert manager.post(address, {"header_row": "99"}).status_code == 422
    assert manager.post(address, {"header_row": "2"}).status_code == 409  # nothing stands below it
    run.refresh_from_db()
    assert run.header_row is None
    assert run.mapping["业主姓名"] == "owner"


@pytest.mark.requirement("E-037")
def test_file_goes_from_upload_to_register_and_back(manager: Client, cast: Cast) -> None:
    run = uploaded(manager, cast, ROW)
    page = manager.get(run.get_absolute_url()).content.decode()
    assert "张三" in page
    assert "13800138000" in page

    manager.post(reverse("imports:columns-update", args=[run.pk]), mapping_of(run))
    run.refresh_from_db()
    assert run.state == ImportState.CHECKING
    assert 'hx-trigger="every 1s"' in manager.get(run.get_absolute_url()).content.decode()
    check_import_later(run_id=run.pk)
    page = manager.get(run.get_absolute_url()).content.decode()
    assert reverse("imports:application-create", args=[run.pk]) in page
    assert not Unit.objects.filter(code="5-1-301").exists()

    manager.post(reverse("imports:application-create", args=[run.pk]))
    write_import_later(run_id=run.pk)
    assert Unit.objects.filter(code="5-1-301").exists()
    page = manager.get(run.get_absolute_url()).content.decode()
    assert reverse("imports:reversal-create", args=[run.pk]) in page

    manager.post(reverse("imports:reversal-create", args=[run.pk]))
    take_import_back_later(run_id=run.pk)
    assert not Unit.objects.filter(code="5-1-301").exists()
    assert ImportRun.objects.get().state == ImportState.REVERTED


def test_jobs_are_safe_to_run_twice(manager: Client, cast: Cast) -> None:
    run = uploaded(manager, cast, ROW)
    manager.post(reverse("imports:columns-update", args=[run.pk]), mapping_of(run))
    check_import_later(run_id=run.pk)
    manager.post(reverse("imports:application-create", args=[run.pk]))

    write_import_later(run_id=run.pk)
    write_import_later(run_id=run.pk)

    assert Party.objects.filter(name="张三").count() == 1


def test_errors_are_listed_and_keep_the_import_from_being_applied(manager: Client, cast: Cast) -> None:
    run = uploaded(manager, cast, ["5", "1", "301", "张三", "138"])
    manager.post(reverse("imports:columns-update", args=[run.pk]), mapping_of(run))
    check_import_later(run_id=run.pk)

    page = manager.get(run.get_absolute_url()).content.decode()
    assert "联系电话" in page
    assert reverse("imports:application-create", args=[run.pk]) not in page
    assert manager.post(reverse("imports:application-create", args=[run.pk])).status_code == 409
    sheet = openpyxl.load_workbook(
        io.BytesIO(manager.get(reverse("imports:finding-list", args=[run.pk])).getvalue())
    ).worksheets[0]
    assert [cell.value for cell in sheet[2]][1:4] == ["A", 2, "联系电话"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.xlsx", b"MZ\x90" + b"\0" * 500),
        ("a.xlsx", bomb().getvalue()),
        ("a.csv", b"\xff\xfe\xfa"),
        ("a.xlsx", xlsx({"A": [[None]]}).getvalue()),
        ("a.xlsx", xlsx({"A": [["房号", "面积"], ["101", "=1+1"]]}).getvalue()),
    ],
)
def test_hostile_upload_is_refused_beside_its_field(manager: Client, cast: Cast, name: str, content: bytes) -> None:
    response = upload(manager, cast, content, name)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["file"]
    assert not ImportRun.objects.exists()


def test_large_upload_is_refused(manager: Client, cast: Cast, settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 2**20

    response = upload(manager, cast, b"\0" * (2**20 + 1))

    assert response.status_code == 422
    assert "1 MB" in str(response.context["form"].errors["file"])


def test_mapping_asks_for_what_is_required_and_takes_no_field_twice(manager: Client, cast: Cast) -> None:
    run = uploaded(manager, cast, ROW)
    data = mapping_of(run)
    twice = {name: ("owner" if value == "room" else value) for name, value in data.items()}

    response = manager.post(reverse("imports:columns-update", args=[run.pk]), twice)

    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"__all__", "column_3"}
    assert ImportRun.objects.get().state == ImportState.UPLOADED


def test_corrected_mapping_is_used(manager: Client, cast: Cast) -> None:
    response = upload(manager, cast, xlsx({"A": [["楼栋", "编号", "姓名"], ["5", "301", "张三"]]}).getvalue())
    assert response.status_code == 302
    run = ImportRun.objects.get()
    assert "编号" not in run.mapping

    manager.post(reverse("imports:columns-update", args=[run.pk]), mapping_of(run, column_1="room"))
    check_import_later(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.error_count, run.counts["created"]["estates.Unit"]) == (ImportState.CHECKED, 0, 1)


def test_upload_is_discarded_with_its_file(manager: Client, cast: Cast, django_capture_on_commit_callbacks) -> None:
    run = uploaded(manager, cast, ROW)

    with django_capture_on_commit_callbacks(execute=True):
        manager.post(reverse("imports:discard-create", args=[run.pk]))

    assert ImportRun.objects.get().state == ImportState.DISCARDED
    assert not run.file.storage.exists(run.file.name)


def test_who_serves_only_a_part_cannot_import_into_the_project(client: Client, cast: Cast) -> None:
    cast.steward.staff.roles.add(cast.manager.staff.roles.get())
    client.force_login(cast.steward)

    response = upload(client, cast, xlsx({"A": [HEADER, ROW]}).getvalue())

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["project"]


def test_import_of_another_project_is_not_found(client: Client, manager: Client, cast: Cast) -> None:
    run = uploaded(manager, cast, ROW)
    outsider = Client()
    outsider.force_login(cast.outsider)
    cast.outsider.staff.roles.add(cast.manager.staff.roles.get())

    assert outsider.get(run.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    manager: Client, cast: Cast, count: int, django_assert_num_queries
) -> None:
    for _ in range(count):
        upload(manager, cast, xlsx({"A": [HEADER, ROW]}).getvalue())
    manager.get(reverse("imports:import-list"))

    with django_assert_num_queries(LIST_QUERIES):
        manager.get(reverse("imports:import-list"))


LIST_QUERIES = 4


@pytest.mark.parametrize("kind", ["customers.units", "customers.balances", "interactions.past_contacts"])
def test_template_is_understood_by_its_own_importer(manager: Client, cast: Cast, kind: str) -> None:
    content = manager.get(reverse("imports:template-show", args=[kind])).getvalue()

    assert upload(manager, cast, content, "模板.xlsx", kind=kind).status_code == 302
    run = ImportRun.objects.get()
    assert len(run.mapping) == len(run.samples)


@pytest.mark.parametrize("kind", ["customers.units", "customers.balances", "interactions.past_contacts"])
def test_example_row_left_in_the_template_is_not_imported(manager: Client, cast: Cast, kind: str) -> None:
    content = manager.get(reverse("imports:template-show", args=[kind])).getvalue()
    with translation.override("zh-hans"):
        run = checked(kind, cast.sunshine, cast.manager, io.BytesIO(content))

    assert (run.state, run.write_count, run.error_count) == (ImportState.CHECKED, 0, 0)
    assert [(row, sentence) for _sheet, row, _column, sentence in findings(run, FindingKind.SKIPPED)] == [
        (2, "这是模板里的示例行，不导入。")
    ]
    page = manager.get(run.get_absolute_url()).content.decode()
    assert "这是模板里的示例行，不导入。" in page
    assert reverse("imports:application-create", args=[run.pk]) not in page


def test_row_that_only_resembles_the_example_is_imported(manager: Client, cast: Cast) -> None:
    """The example's place with another owner is a real home; so is a short list with a room of that name."""
    sheet = openpyxl.load_workbook(
        io.BytesIO(manager.get(reverse("imports:template-show", args=["customers.units"])).getvalue())
    ).worksheets[0]
    header, example = [[cell.value for cell in row] for row in sheet.iter_rows()]
    real = [{"张三、李四": "赵一、钱二", "2栋": "8栋"}.get(str(cell), cell) for cell in example]

    run = checked("customers.units", cast.sunshine, cast.manager, [header, example, real])
    assert run.counts["created"]["estates.Unit"] == 1
    assert [row for _sheet, row, *_rest in findings(run, FindingKind.CREATED)] == [3]

    short = checked("customers.units", cast.sunshine, cast.manager, [["楼栋", "单元", "房号"], ["8栋", "1单元", "301"]])
    assert short.counts["created"]["estates.Unit"] == 1


def test_preview_shows_ten_samples_and_how_many_more(manager: Client, cast: Cast) -> None:
    run = uploaded(manager, cast, *[["5", "1", f"{300 + n}", f"业主{n:02}", ""] for n in range(1, 13)])
    manager.post(reverse("imports:columns-update", args=[run.pk]), mapping_of(run))
    check_import_later(run_id=run.pk)

    page = manager.get(run.get_absolute_url()).content.decode()
    assert page.count("新房屋") == 10
    assert "5-1-301 · 新房屋" in page
    assert "业主 业主10" in page
    assert "业主11" not in page
    assert "还有 2 条" in page
