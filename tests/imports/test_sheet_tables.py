from collections.abc import Sequence
from typing import Any

from gongying.imports.headers import guess_mapping, known_words
from gongying.imports.sheet_tables import LeftOutReason, Table, find_table, names_a_thing
from gongying.imports.workbooks import read_workbook
from tests.imports.workbook_files import xlsx

WORDS = {
    "unit": ["房号", "房间号", "室号"],
    "building": ["楼栋", "栋号"],
    "area": ["建筑面积", "面积"],
    "owner": ["业主姓名", "业主", "姓名"],
    "owner_phone": ["业主电话", "联系电话", "电话"],
    "tenant": ["租户姓名", "租户"],
    "tenant_phone": ["租户电话"],
}


def table_of(rows: Sequence[Sequence[Any]], *, merges: Sequence[str] = (), header_row: int | None = None) -> Table:
    (sheet,) = read_workbook(xlsx({"1栋": rows}, merges={"1栋": merges}), name="a.xlsx")
    table = find_table(sheet, known_words=known_words(WORDS), header_row=header_row)
    assert table is not None
    return table


def test_title_rows_totals_blank_rows_and_repeated_headers_are_left_out() -> None:
    table = table_of(
        [
            ["阳光小区业主名册", None, None],
            ["单位：阳光物业", None, "日期：2026年11月"],
            ["房号", "业主姓名", "面积(㎡)"],
            ["101", "周先生", 95.46],
            [None, None, None],
            ["房号", "业主姓名", "面积(㎡)"],
            ["102", "王先生", 88],
            ["小  计", None, 183.46],
            ["合计：2户", None, 183.46],
            ["制表人：小赵", None, None],
        ],
        merges=["A1:C1"],
    )

    assert table.header_rows == (3,)
    assert table.labels == ("房号", "业主姓名", "面积(㎡)")
    assert [(record.row, record.cells[0]) for record in table.records] == [(4, "101"), (7, "102")]
    assert [(left.row, left.reason) for left in table.left_out] == [
        (1, LeftOutReason.ABOVE_TABLE),
        (2, LeftOutReason.ABOVE_TABLE),
        (6, LeftOutReason.REPEATED_HEADER),
        (8, LeftOutReason.TOTAL),
        (9, LeftOutReason.TOTAL),
        (10, LeftOutReason.NOTE),
    ]


def test_header_of_two_lines_with_merged_groups() -> None:
    table = table_of(
        [
            ["名册", None, None, None, None],
            ["房号", "业主", None, "租户", None],
            [None, "姓名", "电话", "姓名", "电话"],
            ["101", "周先生", "13800138000", "老张", "13900139000"],
        ],
        merges=["A1:E1", "A2:A3", "B2:C2", "D2:E2"],
    )

    assert table.header_rows == (2, 3)
    assert table.labels == ("房号", "业主/姓名", "业主/电话", "租户/姓名", "租户/电话")
    assert guess_mapping(table.columns, WORDS) == {
        "房号": "unit",
        "业主/姓名": "owner",
        "业主/电话": "owner_phone",
        "租户/姓名": "tenant",
        "租户/电话": "tenant_phone",
    }


def test_header_of_two_lines_without_merges() -> None:
    table = table_of([["房号", "业主", None], [None, "姓名", "电话"], ["101", "周先生", "13800138000"]])

    assert table.labels == ("房号", "业主/姓名", "业主/电话")
    assert [record.row for record in table.records] == [3]


def test_building_titles_inside_the_table_become_sections() -> None:
    table = table_of(
        [
            ["房号", "姓名", "电话"],
            ["1号楼", None, None],
            ["101", "甲", "1"],
            ["2号楼", None, None],
            ["101", "乙", "2"],
            ["102", None, None],
        ],
        merges=["A2:C2"],
    )

    assert [(record.section, record.cells[0]) for record in table.records] == [
        ("1号楼", "101"),
        ("2号楼", "101"),
        ("2号楼", "102"),
    ]


def test_room_of_a_vacant_unit_alone_in_its_row_is_a_record() -> None:
    table = table_of([["房号", "姓名", "电话"], ["101", None, None]])

    assert [record.cells[0] for record in table.records] == ["101"]


def test_cells_merged_with_those_above_are_known() -> None:
    table = table_of(
        [["房号", "姓名", "电话"], ["101", "甲", "1"], [None, "乙", "2"], ["102", "丙", "3"]], merges=["A2:A3"]
    )

    assert [(record.cells[:2], record.merged) for record in table.records] == [
        (("101", "甲"), frozenset()),
        (("101", "乙"), frozenset({0})),
        (("102", "丙"), frozenset()),
    ]


def test_equal_headers_are_numbered() -> None:
    assert table_of([["房号", "电话", "电话"], ["101", "1", "2"]]).labels == ("房号", "电话", "电话 2")


def test_unknown_headers_are_found_by_their_shape() -> None:
    table = table_of([["说明文字", None, None], ["代号", "甲方", "备考"], ["1", "x", "y"]])

    assert table.header_rows == (2,)
    assert guess_mapping(table.columns, WORDS) == {}


def test_header_row_can_be_given() -> None:
    table = table_of([["房号", "姓名"], ["室号", "业主"], ["101", "周先生"]], header_row=2)

    assert table.labels == ("室号", "业主")


def test_field_goes_to_the_column_that_says_it_best() -> None:
    table = table_of([["联系电话", "电话", "建筑面积（平方米）", "面积"], ["1", "2", "3", "4"]])

    assert guess_mapping(table.columns, WORDS) == {"联系电话": "owner_phone", "建筑面积（平方米）": "area"}


def test_sheet_names_somebody_chose_are_told_from_those_excel_gave() -> None:
    assert [names_a_thing(name) for name in ("Sheet1", "工作表2", "", "1栋", "A座")] == [
        False,
        False,
        False,
        True,
        True,
    ]
