"""The first page: what now, for each role."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongying.accounts.models import User
from gongying.checklists.enums import Use
from gongying.checklists.models import CheckItem, CheckList
from gongying.checklists.operations import Mark, finish_run, start_run, tick_items
from gongying.common.clock import clock_at
from gongying.customers.operations import register_move_in
from gongying.estates.models import Project
from gongying.imports.models import ImportRun
from gongying.organization.models import StaffMember
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import (
    accept_request,
    acknowledge_complaint,
    assign_work,
    cancel_work,
    escalate_request,
    register_request,
)
from gongying.workbench.figures import figures_of
from gongying.workbench.front_line import front_line, red_list
from gongying.workbench.home import look_at, my_buildings, sections_of
from gongying.workbench.openings import openings
from tests.conftest import Cast, make_unit
from tests.customers.people import make_person
from tests.prices import AGREED


@pytest.fixture
def register(cast: Cast) -> Callable[..., ServiceRequest]:
    def register(text: str = "厨房水管漏水", **given: Any) -> ServiceRequest:
        facts = {"by": cast.receptionist, "kind": "repair", "channel": "phone", "unit": cast.unit, "party": cast.zhou}
        category = ServiceCategory.objects.get(code="home-plumbing-leak")
        return register_request(**{**facts, "category": category, "text": text, **given})

    return register


@pytest.fixture
def before_opening() -> Iterator[None]:
    with at_hour(5):
        yield


def names(user: User) -> list[str]:
    return [section.name for section in sections_of(look_at(user))]


def at_hour(hour: int) -> AbstractContextManager[None]:
    """What stands on the page depends on the hour of the day: service centres are opened in the morning."""
    return clock_at(timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0))


@pytest.mark.usefixtures("before_opening")
def test_everybody_finds_her_own_work(cast: Cast) -> None:
    assert names(cast.receptionist) == ["follow-up", "mine"]
    assert names(cast.steward) == ["my-day", "follow-up", "mine", "buildings"]
    assert names(cast.supervisor) == ["front-line", "my-day", "follow-up", "mine"]
    assert names(cast.manager) == ["front-line", "my-day", "follow-up", "mine"]
    assert names(cast.quality) == ["front-line", "follow-up"]
    assert names(cast.worker) == ["jobs"]
    assert names(cast.guard) == ["jobs"]
    assert names(cast.administrator) == ["set-up"]


@pytest.mark.requirement("R-044")
def test_a_service_centre_that_is_not_opened_by_the_list_is_red_after_its_hour(cast: Cast) -> None:
    with at_hour(5):
        assert openings(look_at(cast.supervisor)) is None
    with at_hour(7):
        assert [(row.title, row.is_late) for row in openings(look_at(cast.supervisor)).rows] == [("阳光小区", False)]  # type: ignore[union-attr]
    with at_hour(9):
        assert [row.is_late for row in openings(look_at(cast.supervisor)).rows] == [True]  # type: ignore[union-attr]
        opening = CheckList.objects.in_force(cast.sunshine).get(use=Use.OPENING)
        run = start_run(opening, by=cast.receptionist, where=cast.sunshine)
        assert openings(look_at(cast.supervisor)) is not None
        passed = {item.pk: Mark("fine") for item in CheckItem.objects.of(opening)}
        finish_run(tick_items(run, passed, by=cast.receptionist), by=cast.receptionist)
        assert openings(look_at(cast.supervisor)) is None


@pytest.mark.requirement("R-007")
def test_front_line_shows_who_waits_with_ages_and_old_ones_red(
    cast: Cast, register: Callable[..., ServiceRequest]
) -> None:
    now = timezone.now()
    register("新报修")
    register("旧报修", occurred_at=now - timedelta(hours=2))
    old = ServiceRequest.objects.get(text="旧报修")
    ServiceRequest.objects.filter(pk=old.pk).update(entered_at=now - timedelta(minutes=31))
    asked = register("求援")
    escalate_request(asked, by=cast.receptionist, ground="asked", note="客户情绪激动")

    section = front_line(look_at(cast.supervisor))

    assert section is not None
    found = [(row.title, str(row.tag), row.is_late) for row in section.rows]
    assert found[0] == ("旧报修", "等待受理", True)
    assert ("求援", "求助", False) in found
    assert ("新报修", "等待受理", False) in found


def test_what_is_late_because_nobody_was_given_it_offers_to_dispatch_it(
    cast: Cast, register: Callable[..., ServiceRequest]
) -> None:
    with clock_at(timezone.now() - timedelta(hours=3)):
        requests = [register(text, urgency="urgent", **AGREED) for text in ("没有师傅", "有师傅")]
        for request in requests:
            accept_request(request, by=cast.receptionist)
        assign_work(requests[1].work_orders.get(), by=cast.supervisor, doer=cast.worker)

    section = red_list(look_at(cast.supervisor))

    assert section is not None
    assert {row.title: row.step and row.step.key for row in section.rows} == {"没有师傅": "dispatch", "有师傅": "urge"}
    # A steward urges what is late in her buildings; the desk has other things to do.
    assert "red-list" in names(cast.steward)
    assert "red-list" not in names(cast.receptionist)


def test_every_late_matter_has_its_button(cast: Cast, register: Callable[..., ServiceRequest]) -> None:
    with clock_at(timezone.now() - timedelta(days=30)):
        for text, owner in (("别人的投诉", cast.steward), ("自己的报修", cast.supervisor)):
            kind = "complaint" if "投诉" in text else "repair"
            request = register(text, kind=kind, **({} if kind == "complaint" else AGREED))
            (acknowledge_complaint if kind == "complaint" else accept_request)(request, by=cast.supervisor)
            for order in request.work_orders.all():
                cancel_work(order, by=cast.supervisor, reason="改日")
            ServiceRequest.objects.filter(pk=request.pk).update(owner=owner)

    section = red_list(look_at(cast.supervisor))

    assert section is not None
    assert {row.title: row.step and row.step.key for row in section.rows} == {
        "别人的投诉": "urge",
        "自己的报修": "dispatch",
    }


def test_a_row_has_its_one_button_and_leads_back(
    cast: Cast, register: Callable[..., ServiceRequest], client_of: Callable[[User], Client]
) -> None:
    """One click from the first page, on which the supervisor stays (personas 4.4, ux.md T10)."""
    request = register()
    client = client_of(cast.supervisor)
    address = f"/requests/{request.pk}/steps/accept/"
    assert f'action="{address}"' in client.get("/").text

    answer = client.post(address, {"version": request.version, "from": "home"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    request.refresh_from_db()
    assert request.state == "accepted"
    page = client.get("/").text
    assert f'action="{address}"' not in page
    assert f'hx-get="/requests/{request.pk}/steps/dispatch/?from=home"' in page
    assert 'name="from" value="home"' in client.get(f"/requests/{request.pk}/steps/dispatch/?from=home").text
    section = front_line(look_at(cast.quality))  # looks on, and does not accept
    assert section is not None
    assert [row.step for row in section.rows] == [None]


@pytest.mark.usefixtures("before_opening")
def test_front_line_shows_only_the_own_territory(cast: Cast, register: Callable[..., ServiceRequest]) -> None:
    register("西区的事", unit=cast.west_unit, party=cast.wang)

    page = [row.title for section in sections_of(look_at(cast.outsider)) for row in section.rows]

    assert page == []
    assert [row.title for row in front_line(look_at(cast.manager)).rows if row.title == "西区的事"] != []  # type: ignore[union-attr]


def test_steward_sees_her_buildings_by_what_is_open(cast: Cast, register: Callable[..., ServiceRequest]) -> None:
    register()
    register("第二件")
    register("西区的事", unit=cast.west_unit, party=cast.wang)

    section = my_buildings(look_at(cast.steward))

    assert section is not None
    assert [(row.subtitle, str(row.tag)) for row in section.rows] == [("阳光小区", "2 件未完")]
    assert my_buildings(look_at(cast.supervisor)) is None


def test_leases_that_end_soon_are_told_to_those_who_record_moves_there(
    cast: Cast, client_of: Callable[[User], Client]
) -> None:
    today = timezone.localdate()
    flat = make_unit(cast.unit.entrance, "302")
    tenant = make_person(cast, "租客", flat)
    until = today + timedelta(days=11)
    register_move_in(flat, by=cast.steward, on=today - timedelta(days=300), until=until, kind="leased", head=tenant)

    (section,) = [section for section in sections_of(look_at(cast.steward)) if section.name == "leases"]
    assert [(row.title, row.subtitle, str(row.tag)) for row in section.rows] == [
        ("租客", "阳光小区 2-1-302", f"租期至 {until - timedelta(days=1)}")
    ]
    client = client_of(cast.steward)
    assert client.get(section.rows[0].url).status_code == 200
    assert section.count is not None
    assert section.count.number == 1
    assert [row.unit for row in client.get(section.url).context["rows"]] == [flat]
    assert "leases" not in names(cast.worker)
    assert "leases" not in names(cast.outsider)  # of another project


def test_worker_sees_her_jobs(
    cast: Cast, register: Callable[..., ServiceRequest], client_of: Callable[[User], Client]
) -> None:
    request = accept_request(register(), by=cast.receptionist)
    assign_work(request.work_orders.get(), by=cast.supervisor, doer=cast.worker)

    (jobs,) = sections_of(look_at(cast.worker))

    assert [row.subtitle for row in jobs.rows] == ["2-1-301"]
    assert client_of(cast.worker).get(jobs.rows[0].url).status_code == 200


@pytest.mark.parametrize("who", ["manager", "quality", "receptionist"])
def test_every_figure_opens_exactly_the_rows_it_counts(
    cast: Cast, register: Callable[..., ServiceRequest], client_of: Callable[[User], Client], who: str
) -> None:
    for number in range(3):
        register(f"报修{number}")
    accept_request(register("已受理"), by=cast.receptionist)
    register("投诉", kind="complaint")
    user = getattr(cast, who)
    client = client_of(user)

    figures = [figure for figure in figures_of(look_at(user)) if "/improvements/" not in figure.url]

    assert max(figure.count.number for figure in figures) == 5
    for figure in figures:
        page = client.get(figure.url)
        assert (str(figure.label), len(page.context["page"])) == (str(figure.label), figure.count.number)


def test_first_page_costs_the_same_with_one_and_with_many(
    cast: Cast, register: Callable[..., ServiceRequest], client_of: Callable[[User], Client]
) -> None:
    client = client_of(cast.supervisor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/").status_code == 200
        return len(captured)

    register("一")
    queries()
    one = queries()
    register("二")
    register("三")
    assert queries() == one


def test_an_administrator_sees_what_is_not_set_up_and_the_last_imports(
    cast: Cast, client_of: Callable[[User], Client]
) -> None:
    def found() -> dict[str, list[tuple[str, str]]]:
        sections = client_of(cast.administrator).get("/").context["sections"]
        return {each.name: [(row.title, str(row.tag)) for row in each.rows] for each in sections}

    before = found()["set-up"]
    assert str(cast.sunshine) not in dict(before)
    Project.objects.create(name="新城", code="XC")
    worker = StaffMember.objects.get(user=cast.worker)
    StaffMember.objects.filter(pk=worker.pk).update(post=None)
    worker.roles.clear()
    for user in (cast.steward, cast.west_steward):
        user.staff.territory_assignments.all().delete()
    ImportRun.objects.create(
        kind="property",
        project_id=cast.sunshine.pk,
        project_name="阳光",
        file_name="房产.xlsx",
        by=cast.administrator,
    )

    after = found()

    assert set(after["set-up"]) - set(before) == {
        ("新城", "没有片区"),
        (str(cast.sunshine), "没有管家"),
        ("老张", "没有岗位"),
    }
    assert after["imports"] == [("房产.xlsx", "已上传")]
