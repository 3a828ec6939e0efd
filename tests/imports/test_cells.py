# ruff: noqa: DTZ001 - cells hold wall-clock times

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongying.imports.cells import (
    area,
    code_text,
    day,
    decimal_number,
    digits_text,
    moment,
    money,
    plain_text,
    tidy_text,
    whole_number,
)
from gongying.imports.complaints import Unreadable
from gongying.imports.workbooks import Cell


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (101.0, "101"),
        ("  \n\t字  间 \n", "字  间"),
        (True, "TRUE"),
        (1.5, "1.5"),
        (datetime(2019, 2, 28), "2019-02-28"),
        ("a\0b", "ab"),
        ("１２", "１２"),
    ],
)
def test_plain_text_changes_nothing_inside(cell: Cell, text: str) -> None:
    assert plain_text(cell) == text


def test_tidy_text_is_half_width_without_invisible_marks() -> None:
    assert tidy_text("\u202eＡ１　０１\u200b\n 室") == "A1 01 室"


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        (13800138000.0, "13800138000"),
        (13800138000, "13800138000"),
        ("13800138000.0", "13800138000"),
        ("1.3800138000E+10", "13800138000"),
        ("１３８", "138"),
    ],
)
def test_digits_text_gives_numbers_as_text(cell: Cell, digits: str) -> None:
    assert digits_text(cell) == digits


def test_digits_text_refuses_a_shortened_number() -> None:
    with pytest.raises(Unreadable, match=r"shortened this number to 1.38E\+10"):
        digits_text("1.38E+10")


def test_code_that_excel_turned_into_a_date_is_refused_with_a_guess() -> None:
    assert [code_text(cell) for cell in (101.0, " ２－１－３ ", "0101")] == ["101", "2-1-3", "0101"]
    with pytest.raises(Unreadable, match="date 2002-01-03; perhaps it was 2-1-3"):
        code_text(date(2002, 1, 3))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("95.46㎡", "95.46"),
        ("95.46 m2", "95.46"),
        ("９５．４６平方米", "95.46"),
        (95.46, "95.46"),
        (96, "96.00"),
        ("1,095.46", "1095.46"),
        ("120平", "120.00"),
    ],
)
def test_area_is_read(cell: Cell, value: str) -> None:
    assert area(cell) == Decimal(value)


@pytest.mark.parametrize(
    "cell", ["95,46", "-1", "0", 1e9, "1e9", "abc", "", "--", "95.4.6", float("nan"), float("inf")]
)
def test_area_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        area(cell)


def test_money_is_read() -> None:
    assert [money(cell) for cell in ("¥171.84", "171.84元", "1,171.84", 171.84, "-5")] == [
        Decimal(v) for v in ("171.84", "171.84", "1171.84", "171.84", "-5")
    ]


def test_whole_number_refuses_halves() -> None:
    assert whole_number("3") == 3
    with pytest.raises(Unreadable, match="whole number"):
        whole_number("3.5")


@pytest.mark.parametrize(
    "cell",
    [
        "2019/2/28 11:25:05",
        "2019-02-28 11:25:05",
        "2019-02-28  11:25:05 ",
        "\n2019-02-28T11:25:05",
        "2019年2月28日 11:25:05",
        "２０１９/2/28 11：25：05",
        datetime(2019, 2, 28, 11, 25, 5),
        43524.475752314815,
    ],
)
def test_moment_is_read_in_every_form(cell: Cell) -> None:
    assert moment(cell) == datetime(2019, 2, 28, 11, 25, 5)


@pytest.mark.parametrize(
    "cell", ["2019/2/28", "2019.2.28", "20190228", "2019年2月28日", date(2019, 2, 28), 43524, 43524.0, "43524"]
)
def test_day_is_read_in_every_form(cell: Cell) -> None:
    assert day(cell) == date(2019, 2, 28)


@pytest.mark.parametrize(
    "cell", ["2026-02-30", "2019/13/1", "tomorrow", "", "12", 12.0, "2019-02-28 25:00", "28/2/2019", True]
)
def test_day_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        day(cell)


@given(
    st.datetimes(min_value=datetime(1960, 1, 1), max_value=datetime(2100, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    )
)
def test_moment_survives_every_notation(at: datetime) -> None:
    serial = (at - datetime(1899, 12, 30)).total_seconds() / 86_400
    assert {moment(at.isoformat(" ")), moment(f" {at:%Y/%m/%d}  {at:%H:%M:%S}\n"), moment(serial), moment(at)} == {at}


@given(st.decimals(min_value=Decimal(-99999999), max_value=Decimal(99999999), places=2))
def test_decimal_number_survives_thousands_commas_and_full_width_digits(value: Decimal) -> None:
    full_width = str(value).translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    assert decimal_number(f"{value:,}") == decimal_number(full_width) == decimal_number(str(value)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 1e308, -1.0])
def test_a_number_that_no_day_has_is_none(number: float) -> None:
    """Workbooks of other programs hold such numbers."""
    with pytest.raises(Unreadable, match="is not a date"):
        moment(number)
