import io
from datetime import date

import openpyxl
import pytest

from gongying.imports.complaints import Unreadable
from gongying.imports.workbooks import MAX_BYTES, Merge, column_letters, read_workbook
from tests.imports.workbook_files import bomb, package, xls, xlsx


def test_xlsx_rows_keep_their_true_numbers() -> None:
    (sheet,) = read_workbook(xlsx({"1栋": [[None], [None], ["房号", "姓名"], [101.0, "周先生"]]}), name="业主.xlsx")

    assert sheet.name == "1栋"
    assert [(row.number, row.cells) for row in sheet.rows if not row.is_blank] == [
        (3, ("房号", "姓名")),
        (4, (101.0, "周先生")),
    ]


def test_merged_cells_are_filled() -> None:
    file = xlsx(
        {"A": [["业主名册", None], ["房号", "姓名"], ["101", "甲"], [None, "乙"]]}, merges={"A": ["A1:B1", "A3:A4"]}
    )

    (sheet,) = read_workbook(file, name="a.xlsx")

    assert [row.cells for row in sheet.rows] == [
        ("业主名册", "业主名册"),
        ("房号", "姓名"),
        ("101", "甲"),
        ("101", "乙"),
    ]
    assert set(sheet.merges) == {Merge(1, 0, 1, 1), Merge(3, 0, 4, 0)}


def test_hidden_and_blank_sheets_are_passed_over() -> None:
    book = openpyxl.load_workbook(xlsx({"A": [["x"]], "空": [[None]], "隐藏": [["secret"]]}))
    book["隐藏"].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    file.seek(0)

    assert [sheet.name for sheet in read_workbook(file, name="a.xlsx")] == ["A"]


def test_xls_is_read() -> None:
    (sheet,) = read_workbook(xls({"名册": [["房号", "电话"], ["1-101", 13800138000]]}), name="a.XLS")

    assert [row.cells for row in sheet.rows] == [("房号", "电话"), ("1-101", 13800138000.0)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_the_encodings_offices_use(encoding: str, delimiter: str) -> None:
    text = delimiter.join(["房号", "姓名"]) + "\r\n" + delimiter.join(["1-101", '"张三\n李四"']) + "\r\n1-102\r\n"

    (sheet,) = read_workbook(io.BytesIO(text.encode(encoding)), name="a.csv")

    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, ("房号", "姓名")),
        (2, ("1-101", "张三\n李四")),
        (3, ("1-102", "")),
    ]


def test_dates_arrive_as_dates() -> None:
    (sheet,) = read_workbook(xlsx({"A": [[date(2019, 2, 28)]]}), name="a.xlsx")

    assert sheet.rows[0].cells == (date(2019, 2, 28),)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.exe", b"MZ", "Only .xlsx"),
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"MZ\x90" + b"\0" * 400, "not an Excel file"),
        ("a.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "damaged"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("a.csv", b"a,b\n\xff\xfe\xfa", "neither UTF-8 nor GBK"),
        ("a.csv", b"a\0b", "not a text file"),
        ("a.csv", b"\n\n", "no rows"),
        ("a.xlsx", b"\0" * (MAX_BYTES + 1), "larger than 20 MB"),
        ("a.csv", b"," * 300, "columns"),
    ],
)
def test_hostile_files_are_refused_in_words(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        read_workbook(io.BytesIO(content), name=name)


def test_empty_workbook_is_refused() -> None:
    with pytest.raises(Unreadable, match="no rows"):
        read_workbook(xlsx({"A": [], "B": [[None, " "]]}), name="a.xlsx")


def test_sheet_reaching_the_last_cell_is_refused_before_it_is_allocated() -> None:
    with pytest.raises(Unreadable, match="more than 300000 rows"):
        read_workbook(bomb(), name="a.xlsx")


def test_zip_bomb_is_refused() -> None:
    with pytest.raises(Unreadable, match="unpacks to more"):
        read_workbook(package({f"xl/{n}.xml": b"\0" * 70_000_000 for n in range(9)}), name="a.xlsx")


def test_package_of_very_many_members_is_refused() -> None:
    with pytest.raises(Unreadable, match="unpacks to more"):
        read_workbook(package({f"{n:x}": b"" for n in range(10_001)}), name="a.xlsx")


def test_formula_without_result_is_refused_by_its_cell() -> None:
    with pytest.raises(Unreadable, match="Cell B2 holds a formula"):
        read_workbook(xlsx({"A": [["房号", "面积"], ["101", "=40+55"]]}), name="a.xlsx")


def test_columns_have_the_names_excel_shows() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("20270101", "00010101", (date(2027, 1, 1), date(2027, 1, 1))),
        ("20270101", "99991231", (date(2027, 1, 1), date(9999, 12, 30))),
        ("99991231T235959Z", "99991231T235959Z", None),
        ("00010101T000000Z", "20270101", (date(1, 1, 1), date(2026, 12, 31))),
    ],
)
def test_days_at_the_ends_of_time_are_read_or_refused(start: str, end: str, days: tuple[date, date] | None) -> None:
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:{start}\r\nDTEND:{end}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    file = io.BytesIO(text.encode())
    if days is None:
        with pytest.raises(Unreadable, match="no day that can be read"):
            read_workbook(file, name="a.ics")
    else:
        assert read_workbook(file, name="a.ics")[0].rows[1].cells[:2] == days
