"""Registers: each entry of the period once, in order of time, only one's own places; the file holds what the page shows."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.interactions.operations import log_interaction
from gongying.reports.registers import REGISTERS, find_register
from gongying.reports.registers.shape import MOST_LINES
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceCategory
from tests.reports.matters import finish
from tests.reports.matters import register as entered

TODAY = timezone.localdate()


def url(key):
    return reverse("reports:register-show", args=[key])


def touch(cast, text="问路", **more):
    place = {"project": cast.sunshine, "unit": cast.unit, **more}
    return log_interaction(by=cast.receptionist, channel="phone", text=text, person_phone="13812345678", **place)


def complaint(cast, **more):
    kind = {"kind": "complaint", "category": ServiceCategory.objects.get(code="service-attitude-guard")}
    return entered(cast, **kind, text="保安态度差", price_agreed=False, **more)


def violation(cast):
    category = ServiceCategory.objects.get(code="common-works-illegal")
    return entered(cast, kind="violation", category=category, text="楼道堆物", price_agreed=False)


def order(cast):
    return do.receive_order(
        by=cast.receptionist,
        received_at=timezone.now() - timedelta(minutes=10),
        source="hotline_12345",
        external_no="SD-1",
        kind="complaint",
        category=ServiceCategory.objects.get(code="service-attitude-guard"),
        text="市民反映停水",
        project=cast.sunshine,
        unit=cast.west_unit,
    )


@pytest.fixture
def week(cast):
    """One of everything in 阳光小区, and a request of the park that belongs to somebody else."""
    made = finish(cast, entered(cast), score=4)
    told = complaint(cast)
    received, wrong = order(cast), violation(cast)
    claim = do.raise_claim(
        told, by=cast.receptionist, amount=Decimal(50), ground="other", reason="当众顶撞", claimant="周先生"
    )
    return {
        "touches": [made.interaction, told.interaction, received.interaction, wrong.interaction],
        "requests": [made, told, received.service_request, wrong],
        "jobs": [made.work_orders.get()],
        "complaints": [told, received.service_request],
        "follow-ups": [made.followups.get()],
        "orders": [received],
        "violations": [wrong],
        "claims": [claim],
        "elsewhere": entered(cast, unit=cast.park_unit, party=None),
    }


@pytest.mark.requirement("E-048")
@pytest.mark.parametrize("key", [register.key for register in REGISTERS])
def test_a_register_holds_each_entry_of_the_period_once(week, cast, client_of, key):
    register = find_register(key)
    client = client_of(cast.supervisor)
    page = client.get(url(key), {"since": TODAY - timedelta(days=1), "project": cast.sunshine.pk})

    rows = [line.row for line in page.context["lines"]]
    assert {row.pk for row in rows} == {row.pk for row in week[key]}
    assert len(rows) == len(week[key])
    assert [getattr(row, register.at) for row in rows] == sorted(getattr(row, register.at) for row in rows)
    assert all(line.url in page.content.decode() for line in page.context["lines"])
    before = {"since": TODAY - timedelta(days=40), "until": TODAY - timedelta(days=30)}
    assert client.get(url(key), before).context["lines"] == []
    assert client_of(cast.outsider).get(url(key), {"since": TODAY - timedelta(days=1)}).status_code in (200, 403)


def test_a_register_ends_at_the_borders_of_ones_territory(week, cast, client_of):
    east, west = touch(cast, "东"), touch(cast, "西", unit=cast.west_unit)

    def seen(user, key="touches"):
        return [line.row.pk for line in client_of(user).get(url(key)).context["lines"]]

    assert seen(cast.west_steward) == [week["orders"][0].interaction_id, west.pk]
    assert east.pk in seen(cast.steward)
    assert week["elsewhere"].pk not in seen(cast.steward, "requests")
    assert client_of(cast.worker).get(url("requests")).status_code == 403
    assert client_of(cast.supervisor).get(url("wishes")).status_code == 404


def test_a_daily_register_begins_today_and_holds_the_order_of_time(cast, client_of):
    with clock_at(timezone.now() - timedelta(days=1)):
        yesterday = touch(cast, "昨天的事")
    today = touch(cast, "今天的事")
    desk = client_of(cast.receptionist)

    assert [line.row for line in desk.get(url("touches")).context["lines"]] == [today]
    both = desk.get(url("touches"), {"since": TODAY - timedelta(days=1)})
    assert [line.row for line in both.context["lines"]] == [yesterday, today]
    page = both.content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"since": "2026-02-30", "until": "2026-03-01"}, 422),
        ({"since": "2026-03-02", "until": "2026-03-01"}, 422),
        ({"since": "2020-01-01", "until": "2026-03-01"}, 422),
        ({"channel": "drum"}, 422),
        ({"project": "999999"}, 422),
    ],
)
def test_a_period_that_makes_no_sense_is_named(cast, client_of, query, status):
    assert client_of(cast.receptionist).get(url("touches"), query).status_code == status


def test_a_register_is_narrowed_and_says_so_on_paper(week, cast, client_of):
    client = client_of(cast.supervisor)
    ended = client.get(url("requests"), {"state": "ended", "kind": "repair"})
    assert [line.row for line in ended.context["lines"]] == week["requests"][:1]
    assert [str(words) for _label, words in ended.context["form"].chosen_in_words] == ["报修", "已办结"]
    group = ServiceCategory.objects.get(code="service-attitude-guard").parent
    of_group = client.get(url("requests"), {"category": group.pk})
    assert [line.row for line in of_group.context["lines"]] == week["complaints"]
    assert client.get(url("follow-ups"), {"solved": "no"}).context["lines"] == []
    assert len(client.get(url("follow-ups"), {"solved": "yes", "reached": "yes"}).context["lines"]) == 1


@pytest.mark.requirement("R-211")
def test_the_line_of_a_job_says_who_when_and_what(week, cast, client_of):
    (line,) = client_of(cast.supervisor).get(url("jobs")).context["lines"]
    texts = [cell.text for cell in line.cells]
    job = week["jobs"][0]
    assert str(job) in texts
    assert str(cast.worker) in texts
    assert "换了阀芯" in texts
    assert f"{timezone.localtime(line.row.given_at):%m-%d %H:%M}" in texts
    assert line.row.arrived_at >= line.row.given_at
    assert line.row.done_at >= line.row.arrived_at


@pytest.mark.parametrize("key", [register.key for register in REGISTERS])
def test_the_file_holds_the_lines_of_the_page_and_no_formula(week, cast, client_of, key):
    touch(cast, "=1+1")
    client = client_of(cast.supervisor)
    query = {"since": (TODAY - timedelta(days=1)).isoformat()}
    lines = client.get(url(key), query).context["lines"]
    sent = {"listing": f"register-{key}", "query": f"since={query['since']}", "format": "xlsx"}
    answer = client.post(reverse("imports:export-create"), sent)

    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows())
    assert len(rows) - 1 == len(lines)
    assert len(rows[0]) == len(find_register(key).columns)
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d"}
    refused = client_of(cast.worker).post(reverse("imports:export-create"), sent)
    assert refused.status_code == 403


def test_what_is_too_much_for_a_paper_is_cut_and_said_to_be(cast, client_of, monkeypatch):
    monkeypatch.setattr("gongying.reports.views.registers.MOST_LINES", 2)
    for text in "一二三":
        touch(cast, text)
    page = client_of(cast.receptionist).get(url("touches"))
    assert [line.row.text for line in page.context["lines"]] == ["一", "二"]
    assert page.context["is_cut"]
    assert MOST_LINES > 2


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("key", "queries"), [("touches", 3), ("requests", 4), ("jobs", 4), ("follow-ups", 4)])
def test_a_register_costs_the_same_for_one_line_and_three(
    cast, client_of, django_assert_num_queries, number, key, queries
):
    for _each in range(number):
        finish(cast, entered(cast), score=4)
    client = client_of(cast.supervisor)
    client.get(url(key))
    with django_assert_num_queries(queries):
        assert len(client.get(url(key)).context["lines"]) == number
