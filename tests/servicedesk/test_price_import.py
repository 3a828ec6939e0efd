"""The price list comes from Excel by the import that everything else goes through (R-448)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.imports.enums import FindingKind, ImportState
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceCategory, ServiceItem, ServicePrice
from tests.imports.pipeline import applied, checked, findings, reverted

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LONG_AGO = TODAY - timedelta(days=100)
HEADERS = ["服务项目", "类型", "类别", "单位", "单价", "时限（分钟）"]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def tap(cast):
    leak = ServiceCategory.objects.get(code="home-plumbing-leak")
    tap = do.save_item(ServiceItem(code="tap", name="更换龙头", category=leak, measure="个"), by=cast.manager)
    do.set_price(tap, project=cast.sunshine, amount=Decimal(80), by=cast.manager)
    ServicePrice.objects.update(during=(LONG_AGO, None))
    return tap


def check(cast, *rows, **more):
    return checked("servicedesk.prices", cast.sunshine, cast.manager, [HEADERS, *rows], **more)


def sentences(run, kind=FindingKind.ERROR):
    return [finding[-1] for finding in findings(run, kind)]


def amounts(item, **conditions):
    return [(row.amount, row.starts_on, row.ends_on) for row in ServicePrice.objects.filter(item=item, **conditions)]


def check_constraints():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.requirement("R-448")
def test_new_lines_are_created_and_prices_change_from_today_on(cast, tap):
    leak = tap.category.path
    run = check(
        cast,
        ["更换龙头", "服务", "", "", 95, ""],
        ["角阀", "材料", leak, "个", "25.5元", ""],
        ["上门检测", "", leak, "次", "免费", 120],
    )
    assert sentences(run) == []
    assert sentences(run, FindingKind.CHANGED) == ["更换龙头: ¥80.00 → ¥95.00"]
    assert ServiceItem.objects.count() == 1  # the preview writes nothing
    applied(run)
    check_constraints()

    assert sorted(amounts(tap)) == [(80, LONG_AGO, TODAY), (95, TODAY, None)]
    valve, visit = ServiceItem.objects.get(name="角阀"), ServiceItem.objects.get(name="上门检测")
    assert (valve.kind, valve.measure, valve.code, amounts(valve)) == (
        "material",
        "个",
        "jiaofa",
        [(Decimal("25.50"), TODAY, None)],
    )
    assert (visit.is_paid, visit.promised_minutes, amounts(visit)) == (False, 120, [])
    assert Event.objects.filter(verb="service_item.priced", details__import=run.pk).count() == 2

    again = check(cast, ["更换龙头", "服务", "", "个", 95, ""])
    assert sentences(again, FindingKind.SKIPPED) == ["“更换龙头” is so already."]
    assert reverted(run).state == ImportState.REVERTED
    check_constraints()
    assert amounts(tap) == [(80, LONG_AGO, None)]
    assert list(ServiceItem.objects.all()) == [tap]


def test_what_was_quoted_keeps_its_price_and_the_import(cast, tap, register):
    run = applied(check(cast, ["换锁芯", "", tap.category.path, "次", 120, ""]))
    item = ServiceItem.objects.get(name="换锁芯")
    quote = do.quote_service(register(), item=item, by=cast.receptionist)
    assert quote.price == 120
    with pytest.raises(Refused, match="quote refers to"):
        reverted(run)


@pytest.mark.parametrize(
    ("row", "match"),
    [
        (["", "服务", "", "次", 80, ""], "name is missing"),
        (["开锁", "服务", "", "次", 80, ""], "say its category"),
        (["开锁", "服务", "没有的类别", "次", 80, ""], "no category"),
        (["更换龙头", "服务", "", "个", -5, ""], "more than nothing"),
        (["更换龙头", "服务", "", "个", "很贵", ""], "is not"),
        (["更换龙头", "商品", "", "个", 80, ""], "not known here"),
        (["更换龙头", "服务", "", "个", 80, -1], "cannot be right"),
        (["长" * 61, "服务", "", "个", 80, ""], "longer than 60"),
    ],
)
def test_what_cannot_be_is_named(cast, tap, row, match):
    run = check(cast, row)
    assert any(match in sentence for sentence in sentences(run)), sentences(run)


def test_prices_of_all_projects_need_who_sees_all_projects(cast, tap):
    rows = ["更换龙头", "服务", "", "个", 70, ""], ["更换龙头", "服务", "", "个", 71, ""]
    assert "sees all projects" in sentences(check(cast, rows[0], scope="everywhere"))[0]
    assert "already" in sentences(check(cast, *rows))[0]


@pytest.mark.parametrize("measure", ["", "个"])
def test_a_code_names_one_service_of_the_file(cast, tap, measure):
    headers, leak = ["编码", "服务项目", "类型", "类别", "单位", "单价"], tap.category.path
    rows = [headers, ["a1", "开锁", "服务", leak, "次", "10"], ["A1", "换锁", "服务", leak, measure, "20"]]
    run = checked("servicedesk.prices", cast.sunshine, cast.manager, rows)
    assert "already" in sentences(run)[0]
