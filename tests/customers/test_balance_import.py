from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from gongying.common.errors import Refused
from gongying.customers.models import BalanceSnapshot
from gongying.customers.models.balances import Arrears
from gongying.events.presentation import find_filter
from gongying.events.subjects import find_kind
from gongying.events.timelines import read_timeline
from gongying.imports.enums import FindingKind
from gongying.imports.models import ImportRun
from tests.conftest import Cast
from tests.imports.pipeline import applied, checked, findings, reverted

HEADER = ["房号", "收费项目", "欠费月数", "欠费金额", "截至日期"]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def check(cast: Cast, *rows: Sequence[Any], **options: str) -> ImportRun:
    return checked("customers.balances", cast.sunshine, cast.manager, [HEADER, *rows], **options)


def balances(unit: Any) -> list[tuple[Any, ...]]:
    return list(unit.balances.order_by("as_of", "item").values_list("item", "months", "amount", "as_of"))


@pytest.mark.requirement("E-045")
def test_snapshot_is_kept_by_day_and_replaced_within_a_day(cast: Cast) -> None:
    first = ["2-1-301", "物业费", 3, "¥171.84", "2026-11-20"]
    applied(check(cast, first, ["3-1-101", "物业费", "0", 0, "2026-11-20"], ["合计", None, None, 171.84, None]))
    assert balances(cast.unit) == [("物业费", 3, Decimal("171.84"), date(2026, 11, 20))]
    assert (cast.unit.balances.get().building, cast.unit.balances.get().entrance) == (
        cast.unit.building,
        cast.unit.entrance,
    )

    later = applied(
        check(cast, ["2-1-301", "物业费", 4, 229.12, "2026-11-20"], ["2-1-301", "车位费", 1, 300, "2026-11-21"])
    )

    assert balances(cast.unit) == [
        ("物业费", 4, Decimal("229.12"), date(2026, 11, 20)),
        ("车位费", 1, Decimal("300.00"), date(2026, 11, 21)),
    ]
    reverted(later)
    assert balances(cast.unit) == [("物业费", 3, Decimal("171.84"), date(2026, 11, 20))]


def test_preview_says_what_a_balance_was_and_becomes(cast: Cast) -> None:
    applied(check(cast, ["2-1-301", "物业费", 3, 171.84, "2026-11-20"]))

    run = check(cast, ["2-1-301", "物业费", 4, 229.12, "2026-11-20"], ["3-1-101", "车位费", 1, 300, "2026-11-20"])

    assert findings(run, FindingKind.CHANGED)[0][3] == (
        "2-1-301 物业费 2026-11-20: months 3 → 4; amount (yuan) 171.84 → 229.12"
    )
    assert findings(run, FindingKind.CREATED)[0][3] == "3-1-101 车位费 2026-11-20: ¥300.00, months in arrears: 1"


@pytest.mark.requirement("E-045")
def test_older_import_is_not_taken_back_from_under_a_newer_one(cast: Cast) -> None:
    row = ["2-1-301", "物业费", 3, 171.84, "2026-11-20"]
    applied(check(cast, row))
    second = applied(check(cast, [*row[:3], 200, row[4]]))
    third = applied(check(cast, [*row[:3], 300, row[4]]))

    with pytest.raises(Refused, match="1 × balance that this import changed was changed again"):
        reverted(second)

    reverted(third)
    reverted(second)
    assert cast.unit.balances.get().amount == Decimal("171.84")


@pytest.mark.requirement("E-037")
def test_errors_name_row_and_column(cast: Cast) -> None:
    run = check(
        cast,
        ["9-9-999", "物业费", 1, 1, "2026-11-20"],
        ["2-1-301", "物业费", 1.5, "abc", "2026-02-30"],
        ["2-1-301", "物业费", -1, "", "2999-01-01"],
        ["3-1-101", "物业费", 1, 1, "2026-11-20"],
        ["3-1-101", "物业费", 1, 1, "2026-11-20"],
    )

    places = [(row, column) for _sheet, row, column, _sentence in findings(run, FindingKind.ERROR)]
    assert places == [
        (2, "房号"),
        (3, "欠费金额"),
        (3, "欠费月数"),
        (3, "截至日期"),
        (4, "欠费金额"),
        (4, "欠费月数"),
        (6, "房号"),
    ]
    assert not BalanceSnapshot.objects.exists()


@pytest.mark.requirement("E-045")
def test_a_unit_that_the_newest_list_does_not_name_has_not_paid_by_that(cast: Cast, client_of: Any) -> None:
    applied(check(cast, ["2-1-301", "物业费", 3, 171.84, "2026-10-20"]))
    applied(check(cast, ["3-1-101", "物业费", 1, 50, "2026-11-20"], ["2-1-301", "车位费", 0, 0, "2026-11-20"]))

    owed = BalanceSnapshot.objects.owed_by(cast.unit)
    assert owed == Arrears(3, Decimal("171.84"), date(2026, 10, 20), date(2026, 11, 20))
    assert owed.is_outdated
    page = (
        client_of(cast.manager)
        .get(reverse("customers:household-show", args=[cast.unit.pk]), headers={"Accept-Language": "zh-Hans"})
        .content.decode()
    )
    assert "10-20" in page
    assert "不在 11-20 的清单中" in page
    listed = client_of(cast.manager).get(reverse("customers:unit-index"), {"owed": "1"}).content.decode()
    assert cast.unit.code in listed


def test_a_list_of_all_debtors_settles_who_is_not_on_it(cast: Cast) -> None:
    applied(check(cast, ["2-1-301", "物业费", 3, 171.84, "2026-10-20"], ["3-1-101", "物业费", 1, 50, "2026-10-20"]))
    run = applied(check(cast, ["3-1-101", "物业费", 2, 100, "2026-11-20"], unnamed="paid"))

    assert BalanceSnapshot.objects.owed_by(cast.unit) is None
    assert balances(cast.unit)[-1] == ("物业费", 0, Decimal(0), date(2026, 11, 20))
    assert BalanceSnapshot.objects.owed_by(cast.west_unit) == Arrears(2, Decimal(100), *[date(2026, 11, 20)] * 2)
    reverted(run)
    assert getattr(BalanceSnapshot.objects.owed_by(cast.unit), "amount", None) == Decimal("171.84")


def fees_of(unit: Any, user: Any) -> list[tuple[str, dict[str, str]]]:
    """What the chip "fees" shows on the unit's timeline."""
    kind, chip = find_kind("unit"), find_filter("fees")
    assert kind is not None
    assert chip is not None
    entries = read_timeline(unit, kind, user=user, chip=chip).entries
    return [(str(entry.text), {str(label): str(value) for label, value in entry.facts}) for entry in entries]


@pytest.mark.requirement("R-046", "E-045")
def test_a_changed_balance_stands_once_on_the_timeline_and_leaves_it_with_its_import(cast: Cast) -> None:
    rows = [["2-1-301", "物业费", 3, 171.84, "2026-10-20"], ["2-1-301", "车位费", 1, 300, "2026-10-20"]]
    applied(check(cast, *rows, ["3-1-101", "物业费", 0, 0, "2026-10-20"]))
    first = ("¥0.00 → ¥471.84", {"months in arrears": "3", "as of": "2026-10-20"})
    assert fees_of(cast.unit, cast.manager) == [first]
    assert fees_of(cast.west_unit, cast.manager) == []  # owed nothing, owes nothing

    # A later list that says the same is no news; one item paid is.
    applied(check(cast, *([*row[:4], "2026-10-25"] for row in rows)))
    later = applied(check(cast, ["2-1-301", "物业费", 0, 0, "2026-11-20"]))
    assert fees_of(cast.unit, cast.manager) == [
        ("¥471.84 → ¥300.00", {"months in arrears": "1", "as of": "2026-11-20"}),
        first,
    ]
    assert fees_of(cast.unit, cast.quality) == []  # may not see balances

    reverted(later)
    assert fees_of(cast.unit, cast.manager) == [first]


def test_an_older_list_does_not_change_what_is_owed(cast: Cast) -> None:
    applied(check(cast, ["2-1-301", "物业费", 3, 171.84, "2026-11-20"]))
    applied(check(cast, ["2-1-301", "物业费", 1, 57.28, "2026-09-20"]))

    assert [text for text, _facts in fees_of(cast.unit, cast.manager)] == ["¥0.00 → ¥171.84"]


def test_who_is_settled_by_a_list_of_all_debtors_reads_so_on_the_timeline(cast: Cast) -> None:
    applied(check(cast, ["2-1-301", "物业费", 3, 171.84, "2026-10-20"], ["3-1-101", "物业费", 1, 50, "2026-10-20"]))
    applied(check(cast, ["2-1-301", "车位费", 1, 300, "2026-10-20"]))
    applied(check(cast, ["3-1-101", "物业费", 1, 50, "2026-11-20"], unnamed="paid"))

    assert [text for text, _facts in fees_of(cast.unit, cast.manager)] == [
        "¥471.84 → ¥0.00",
        "¥171.84 → ¥471.84",
        "¥0.00 → ¥171.84",
    ]
    assert len(fees_of(cast.west_unit, cast.manager)) == 1

    # The same day's list once more, corrected: nobody pays twice.
    applied(check(cast, ["3-1-101", "物业费", 2, 100, "2026-11-20"], unnamed="paid"))
    assert [text for text, _facts in fees_of(cast.west_unit, cast.manager)] == ["¥50.00 → ¥100.00", "¥0.00 → ¥50.00"]
    assert len(fees_of(cast.unit, cast.manager)) == 3


def test_a_list_costs_the_same_queries_however_many_units_it_names(cast: Cast) -> None:
    def queries(*rows: Sequence[Any]) -> int:
        run = check(cast, *rows)
        with CaptureQueriesContext(connection) as captured:
            applied(run)
        return len(captured)

    queries(["2-1-301", "物业费", 3, 171.84, "2026-10-20"])
    one = queries(["2-1-301", "物业费", 3, 181.84, "2026-10-21"])
    assert queries(["2-1-301", "物业费", 3, 191.84, "2026-10-22"], ["3-1-101", "物业费", 1, 50, "2026-10-22"]) == one
