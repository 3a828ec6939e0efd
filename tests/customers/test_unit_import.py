from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from gongying.common.errors import Refused
from gongying.customers.enums import OccupancyKind, PartyKind, RoleKind
from gongying.customers.models import ContactPoint, Occupancy, Party, PartyRole, Vehicle
from gongying.estates.models import Building, Entrance, Unit
from gongying.imports.enums import FindingKind, ImportState
from gongying.imports.importers import new_row
from tests.conftest import Cast
from tests.imports.pipeline import applied, check_units, checked, errors_of, findings, reverted
from tests.imports.workbook_files import xlsx

HEADER = ["楼栋", "单元", "房号", "建筑面积", "业主姓名", "联系电话"]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.requirement("R-030", "E-037")
def test_check_says_what_would_be_created_and_writes_nothing(cast: Cast) -> None:
    run = check_units(
        cast,
        [
            ["阳光小区业主名册", None, None, None, None, None],
            HEADER,
            ["5栋", "1单元", "301", "95.46㎡", "张三(夫)、李四(妻)", "13800138000、13900139000"],
            ["5栋", "1单元", "0302", 88, "杭州共赢物业有限公司", 57188886666.0],
            ["5栋", "1单元", "303", 88, "空置", None],
            ["合计", None, None, 271.46, None, None],
        ],
        merges=["A1:F1"],
    )

    assert run.state == ImportState.CHECKED
    assert errors_of(run) == []
    assert run.counts["created"] == {
        "estates.Building": 1,
        "estates.Entrance": 1,
        "estates.Floor": 1,
        "estates.Unit": 3,
        "customers.Party": 3,
        "customers.ContactPoint": 3,
        "customers.Occupancy": 2,
        "customers.PartyRole": 3,
    }
    assert not Building.objects.filter(project=cast.sunshine, number="5").exists()


@pytest.mark.requirement("R-030", "R-045")
def test_applied_list_is_in_the_register(cast: Cast) -> None:
    run = applied(
        check_units(
            cast,
            [
                HEADER,
                ["5栋", "1单元", "301", "95.46㎡", "张三(夫)、李四(妻)", "13800138000、13900139000"],
                ["5栋", "1单元", "0302", 88, "杭州共赢物业有限公司", "0571-88886666转801"],
                ["5栋", "1单元", "303", 88, "空置", None],
            ],
        )
    )

    assert run.state == ImportState.APPLIED
    building = Building.objects.get(project=cast.sunshine, number="5")
    entrance = Entrance.objects.get(building=building)
    units = list(Unit.objects.filter(building=building).by_code())
    assert [
        (unit.code, unit.gross_area_m2, unit.area_source, unit.floor.level if unit.floor else None) for unit in units
    ] == [
        ("5-1-301", Decimal("95.46"), "register", 3),
        ("5-1-302", Decimal("88.00"), "register", 3),
        ("5-1-303", Decimal("88.00"), "register", 3),
    ]
    assert {unit.entrance for unit in units} == {entrance}
    assert [unit.digits for unit in units] == ["51301", "51302", "51303"]
    roles = PartyRole.objects.filter(unit=units[0]).order_by("id")
    assert [(role.party.name, role.role, role.relation, role.share) for role in roles] == [
        ("张三", RoleKind.OWNER, "夫", Decimal("0.5")),
        ("李四", RoleKind.OWNER, "妻", Decimal("0.5")),
    ]
    household = Occupancy.objects.get(unit=units[0])
    assert (household.kind, household.head.name if household.head else "") == (OccupancyKind.OWNER_OCCUPIED, "张三")
    assert set(household.members.values_list("party__name", flat=True)) == {"张三", "李四"}
    company = Party.objects.get(name="杭州共赢物业有限公司")
    assert (company.kind, company.pinyin[:8], company.contact_points.get().value) == (
        PartyKind.COMPANY,
        "hangzhou",
        "+8657188886666;ext=801",
    )
    assert not PartyRole.objects.filter(unit=units[2]).exists()
    assert not Occupancy.objects.filter(unit=units[2]).exists()


def test_one_sheet_per_building_with_two_line_header(cast: Cast) -> None:
    header = [["房号", "业主", None, "租户", None], [None, "姓名", "电话", "姓名", "电话"]]
    file = xlsx(
        {
            "6栋": [*header, ["1-101", "张三", "13800138000", "老王", 13900139000.0]],
            "7号楼": [*header, ["101", "李四", "1.39E+10", None, None]],
        },
        merges={"6栋": ["A1:A2", "B1:C1", "D1:E1"], "7号楼": ["A1:A2", "B1:C1", "D1:E1"]},
    )
    run = checked("customers.units", cast.sunshine, cast.manager, file)

    assert [(sheet, row, column) for sheet, row, column, _sentence in findings(run, FindingKind.ERROR)] == [
        ("7号楼", 3, "业主/电话")
    ]
    file = xlsx(
        {"6栋": [*header, ["1-101", "张三", "13800138000", "老王", 13900139000.0]]},
        merges={"6栋": ["A1:A2", "B1:C1", "D1:E1"]},
    )
    applied(checked("customers.units", cast.sunshine, cast.manager, file))
    unit = Unit.objects.get(code="6-1-101")
    assert list(unit.roles.order_by("id").values_list("party__name", "role")) == [("张三", "owner"), ("老王", "tenant")]
    assert unit.occupancies.get().kind == OccupancyKind.LEASED


@pytest.mark.requirement("R-030")
def test_duplicate_unit_is_refused_with_its_row(cast: Cast) -> None:
    run = check_units(cast, [HEADER, ["5", "1", "301", 95, "张三", ""], ["5", "1", "0301", 95, "李四", ""]])

    assert errors_of(run) == [(3, "房号", "Unit 5-1-301 stands in row Sheet1 2 already.")]
    with pytest.raises(Refused, match="still has errors"):
        applied(run)
    assert not Building.objects.filter(project=cast.sunshine, number="5").exists()


def test_co_owners_on_lines_of_their_own_under_a_merged_cell(cast: Cast) -> None:
    rows = [HEADER, ["5", "1", "301", 95, "张三", "13800138000"], ["5", "1", None, None, "李四", "13900139000"]]
    applied(check_units(cast, rows, merges=["C2:C3"]))

    roles = PartyRole.objects.filter(unit__code="5-1-301").order_by("id")
    assert [(role.party.name, role.share) for role in roles] == [("张三", Decimal("0.5")), ("李四", Decimal("0.5"))]


@pytest.mark.requirement("E-037")
def test_every_error_names_row_and_column_in_words(cast: Cast) -> None:
    run = check_units(
        cast,
        [
            ["楼栋", "房号", "建筑面积", "用途", "业主姓名", "电话", "收房日期"],
            ["5", "101", "95,46", "住宅", "张三", "13800138000", "2020-06-01"],
            ["5", "102", "-1", "城堡", "李四", "138001380", "2026-02-30"],
            ["5", date(2002, 1, 3), 1e9, "", "", "", ""],
            ["", "91301", "", "", "", "", ""],
            ["5", "", 88, "", "", "13900139000", ""],
        ],
    )

    assert [(row, column) for row, column, _ in errors_of(run)] == [
        (2, "建筑面积"),
        (3, "用途"),
        (3, "建筑面积"),
        (3, "收房日期"),
        (3, "电话"),
        (4, "房号"),
        (4, "建筑面积"),
        (5, "房号"),
        (6, "房号"),
        (6, "电话"),
    ]
    sentences = {(row, column): sentence for row, column, sentence in errors_of(run)}
    assert sentences[4, "房号"].startswith("Excel has turned this code into the date 2002-01-03; perhaps it was 2-1-3.")
    assert sentences[6, "房号"] == "The room is missing."
    assert sentences[2, "建筑面积"] == "“95,46” is not a number. Write it like 95.46, with a point before the decimals."


def test_digits_are_read_by_the_buildings_the_project_has(cast: Cast) -> None:
    applied(check_units(cast, [["房号", "业主姓名"], ["21302", "张三"], ["3-1-102", "李四"]]))

    assert set(Unit.objects.filter(project=cast.sunshine).values_list("code", flat=True)) == {
        "2-1-301",
        "2-1-302",
        "3-1-101",
        "3-1-102",
    }


def test_second_import_of_the_same_file_changes_nothing(cast: Cast) -> None:
    file = xlsx({"A": [HEADER, ["5", "1", "301", 95, "张三", "13800138000"]]})
    applied(checked("customers.units", cast.sunshine, cast.manager, file))

    again = checked("customers.units", cast.sunshine, cast.manager, file)

    assert again.write_count == 0
    assert [sentence for *_place, sentence in findings(again, FindingKind.SKIPPED)] == [
        "5-1-301 is in the register already."
    ]
    assert findings(again, FindingKind.DUPLICATE)[0][3].startswith("The same file was imported on")
    with pytest.raises(Refused, match="nothing to import"):
        applied(again)


@pytest.mark.requirement("E-037")
def test_preview_says_of_each_row_what_it_brings(cast: Cast) -> None:
    header = [*HEADER, "租户姓名", "车牌号", "备注"]
    run = check_units(
        cast,
        [
            header,
            ["5栋", "1单元", "301", 95.46, "张三、李四", "13800138000、13900139000", None, "京A12345", None],
            ["5栋", "1单元", "302", 88, "空置", None, None, None, None],
            ["2", "1", "301", 95.46, "周先生", "13800001234 13700137000", None, None, "周末在家"],
            ["3", "1", "101", 95.46, "王先生", None, None, None, None],
        ],
    )

    assert [(row, sentence) for _sheet, row, _column, sentence in findings(run, FindingKind.CREATED)] == [
        (
            2,
            "5-1-301 · new unit · 95.46 m² · owner-occupied · owner 张三 · owner 李四 · vehicle 京A12345 · phone numbers: 2",
        ),
        (3, "5-1-302 · new unit · 88 m²"),
        (4, "2-1-301 · phone numbers: 1"),
    ]
    assert [(row, sentence) for _sheet, row, _column, sentence in findings(run, FindingKind.CHANGED)] == [
        (4, "周先生: note – → 周末在家")
    ]
    assert findings(run, FindingKind.SKIPPED) == [("Sheet1", 5, "", "3-1-101 is in the register already.")]


def test_preview_keeps_samples_of_a_long_list_and_counts_all(cast: Cast) -> None:
    run = check_units(cast, [HEADER, *(["5", "1", f"{100 + n}", 88, None, None] for n in range(1, 121))])

    assert run.finding_count(FindingKind.CREATED) == 120
    assert len(findings(run, FindingKind.CREATED)) == 100


def test_known_unit_gets_new_area_and_number_but_no_second_owner(cast: Cast) -> None:
    run = check_units(
        cast,
        [
            HEADER,
            ["2", "1", "301", 96.5, "周先生", "13800001234 13700137000"],
            ["3", "1", "101", 95.46, "赵六", "13600136000"],
        ],
    )

    assert [sentence for *_place, sentence in findings(run, FindingKind.CHANGED)] == [
        "2-1-301: gross floor area (m²) 95.46 → 96.50"
    ]
    assert findings(run, FindingKind.SKIPPED)[0][3] == (
        "3-1-101 has 王先生 already; 赵六 is not entered. Record a move or a sale instead."
    )
    applied(run)
    cast.unit.refresh_from_db()
    assert (cast.unit.gross_area_m2, cast.unit.version) == (Decimal("96.50"), 2)
    assert set(cast.zhou.contact_points.values_list("value", flat=True)) == {"+8613800001234", "+8613700137000"}
    assert not Party.objects.filter(name="赵六").exists()

    reverted(run)
    cast.unit.refresh_from_db()
    assert cast.unit.gross_area_m2 == Decimal("95.46")
    assert set(cast.zhou.contact_points.values_list("value", flat=True)) == {"+8613800001234"}


def test_same_name_and_number_is_the_same_person(cast: Cast) -> None:
    rows = [HEADER, ["5", "1", "301", 95, "张三", "13800138000"], ["5", "1", "302", 95, "张三", "138 0013 8000"]]
    run = applied(check_units(cast, [*rows, ["5", "1", "303", 95, "周先生", "13800001234"]]))

    assert Party.objects.filter(name="张三").count() == 1
    assert PartyRole.objects.filter(party__name="张三").count() == 2
    assert cast.zhou.roles.count() == 2
    assert findings(run, FindingKind.DUPLICATE) == []


def test_same_number_under_another_name_is_proposed_as_duplicate(cast: Cast) -> None:
    run = check_units(cast, [HEADER, ["5", "1", "301", 95, "周太太", "13800001234"]])

    assert findings(run, FindingKind.DUPLICATE) == [
        (
            "Sheet1",
            2,
            "联系电话",
            "The number …1234 of 周太太 is also that of 周先生. Perhaps they are the same person.",
        )
    ]


def test_people_of_other_projects_are_not_compared_with(cast: Cast) -> None:
    stranger = Party.objects.create(name="外人")
    ContactPoint.objects.create(party=stranger, value="+8613500135000")

    run = check_units(cast, [HEADER, ["5", "1", "301", 95, "张三", "13500135000"]])

    assert findings(run, FindingKind.DUPLICATE) == []


def test_leases_families_and_cars(cast: Cast) -> None:
    header = ["房号", "业主姓名", "租户姓名", "租户电话", "起租日期", "到期日期", "家庭成员", "车牌"]
    applied(
        check_units(
            cast,
            [
                header,
                ["5-1-301", "张三", "老王", "13900139000", "2026/1/1", "2099-12-31", None, "浙A12345、浙A·D12345"],
                ["5-1-302", "李四", None, None, None, None, "李小四(子)13700137000", None],
                ["5-1-303", "王五", "老赵", None, "2020-01-01", "2020-12-31", None, None],
            ],
        )
    )

    lease = Occupancy.objects.get(unit__code="5-1-301")
    assert (lease.during.lower, lease.during.upper) == (date(2026, 1, 1), date(2100, 1, 1))
    assert list(Vehicle.objects.order_by("id").values_list("plate", "party__name")) == [
        ("浙A12345", "老王"),
        ("浙AD12345", "老王"),
    ]
    family = PartyRole.objects.get(role=RoleKind.FAMILY)
    assert (family.party.name, family.relation, family.occupancy) == (
        "李小四",
        "子",
        Occupancy.objects.get(unit__code="5-1-302"),
    )
    assert Occupancy.objects.get(unit__code="5-1-303").kind == OccupancyKind.OWNER_OCCUPIED
    assert not Party.objects.filter(name="老赵").exists()


def test_numbers_that_cannot_be_read_can_be_left_out(cast: Cast) -> None:
    run = check_units(cast, [HEADER, ["5", "1", "301", 95, "张三", "1.38E+10"]], phones="leave_out")

    assert run.error_count == 0
    assert findings(run, FindingKind.SKIPPED)[0][2] == "联系电话"
    applied(run)
    assert Party.objects.get(name="张三").contact_points.count() == 0


def test_a_planned_row_knows_what_it_refers_to_without_asking(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        known = new_row(Unit, project=cast.sunshine)
        role = new_row(PartyRole, unit=known, party=cast.zhou)

        assert (known.project, known.project_id) == (cast.sunshine, cast.sunshine.pk)
        assert (role.unit, role.unit_id, role.party) == (known, None, cast.zhou)
        assert role._state.adding
