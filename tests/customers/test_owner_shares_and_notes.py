"""Owner lists: shares as offices write them, and remarks."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongying.customers.importers.written_shares import settled
from gongying.customers.models import Party, PartyRole
from gongying.imports.enums import FindingKind
from tests.conftest import Cast
from tests.imports.pipeline import applied, check_units, errors_of, findings, reverted

HEADER = ["楼栋", "单元", "房号", "建筑面积", "业主姓名", "联系电话"]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@given(st.integers(1, 60))
def test_equal_shares_are_together_exactly_one(count: int) -> None:
    shares = settled([None] * count)

    assert sum(shares) == 1
    assert max(shares) - min(shares) < Decimal("0.0001")


@pytest.mark.parametrize(
    ("owners", "share", "expected"),
    [
        ("张三、李四、王五", "50%/30%/20%", ["0.5", "0.3", "0.2"]),
        ("张三、李四、王五", "1/3", ["0.333334", "0.333333", "0.333333"]),
        ("张三、李四", "各50%", ["0.5", "0.5"]),
        ("张三、李四、王五", "33.3％、33.3％、33.3％", ["0.334", "0.333", "0.333"]),
        ("张三", 0.25, ["0.25"]),
        ("张三、李四", "60 40", ["0.6", "0.4"]),
        ("张三(70%)、李四(30%)", None, ["0.7", "0.3"]),
        ("张三(1/4)、李四（3/4）", None, ["0.25", "0.75"]),
        ("张三(70%)、李四(妻)", None, ["0.7", "0.3"]),
        ("张三、李四", None, ["0.5", "0.5"]),
    ],
)
def test_shares_are_taken_as_written(cast: Cast, owners: str, share: Any, expected: list[str]) -> None:
    applied(check_units(cast, [["房号", "业主姓名", "产权份额"], ["5-1-301", owners, share]]))

    held = PartyRole.objects.owners().filter(unit__code="5-1-301").order_by("pk")
    assert list(held.values_list("share", flat=True)) == [Decimal(each) for each in expected]
    assert set(held.values_list("relation", flat=True)) <= {"", "妻"}


@pytest.mark.parametrize(
    ("owners", "share", "sentence"),
    [
        ("张三、李四", "60%、50%", "The shares of the owners are more than the whole."),
        ("张三、李四、王五", "50%、50%", "3 owners, but 2 shares are written."),
        ("张三", "全部", "“全部” is not a share: write 50%, 1/2 or 0.5."),
        ("张三", "1/0", "“1/0” is not a share: write 50%, 1/2 or 0.5."),
    ],
)
def test_shares_that_make_no_sense_are_errors(cast: Cast, owners: str, share: str, sentence: str) -> None:
    run = check_units(cast, [["房号", "业主姓名", "产权份额"], ["5-1-301", owners, share]])

    assert errors_of(run) == [(2, "产权份额", sentence)]


def test_shares_of_owners_on_lines_of_their_own(cast: Cast) -> None:
    rows = [["房号", "业主姓名", "产权份额"], ["5-1-301", "张三", "70%"], [None, "李四", "30%"]]
    applied(check_units(cast, rows, merges=["A2:A3"]))

    assert sorted(PartyRole.objects.filter(unit__code="5-1-301").values_list("party__name", "share")) == [
        ("张三", Decimal("0.7")),
        ("李四", Decimal("0.3")),
    ]


def test_a_note_goes_into_the_file_of_whom_it_speaks_of(cast: Cast) -> None:
    header = ["房号", "业主姓名", "租户姓名", "备注"]
    run = check_units(
        cast,
        [
            header,
            ["5-1-301", "张三", "", "周末可入户"],
            ["5-1-302", "李四", "赵六", "门禁卡已退"],
            ["5-1-303", "", "", "毛坯"],
        ],
    )
    assert findings(run, FindingKind.SKIPPED) == [("Sheet1", 4, "备注", "Nobody is named whom this note is about.")]
    applied(run)
    assert dict(Party.objects.exclude(note="").values_list("name", "note")) == {
        "张三": "周末可入户",
        "赵六": "门禁卡已退",
    }

    strangers = check_units(cast, [header, ["5-1-301", "外人", "", "不是他的"]])
    assert findings(strangers, FindingKind.SKIPPED)[-1][3] == "Nobody is named whom this note is about."
    again = check_units(cast, [header, ["5-1-301", "张三", "", "常年在外"]])
    assert findings(again, FindingKind.SKIPPED)[0][3] == "张三 has another note already, which is kept."


def test_a_note_is_added_to_a_known_file_and_taken_back_with_the_import(cast: Cast) -> None:
    run = applied(check_units(cast, [["房号", "业主姓名", "备注"], [cast.unit.code, cast.zhou.name, "老人行动不便"]]))
    cast.zhou.refresh_from_db()
    assert cast.zhou.note == "老人行动不便"

    reverted(run)
    cast.zhou.refresh_from_db()
    assert cast.zhou.note == ""
