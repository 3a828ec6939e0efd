"""My day: one list by time, and numbers that open exactly their rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.improvements.models import ImprovementItem
from gongying.interactions.models import Promise
from gongying.interactions.operations import log_interaction, make_promise
from gongying.schedule.operations import Plan, create_task, finish_task, plan_event
from gongying.servicedesk.models import ServiceCategory, Standing
from gongying.servicedesk.operations import keep_standings, receive_order, register_request
from gongying.visits.models import HomeVisit
from gongying.visits.operations import plan_visit
from gongying.workbench.figures import figures_of
from gongying.workbench.home import look_at, sections_of
from gongying.workbench.my_day import day_figures, my_day

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(hour):
    return timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def full_day(cast):
    """Told at seven in the morning, so that everything of today is still to come, at whatever hour the tests run."""
    with clock_at(at(7)):
        plan_visit(cast.unit, by=cast.steward, planned_for=at(15))
        touch = log_interaction(by=cast.steward, project=cast.sunshine, unit=cast.unit, channel="phone", text="问")
        make_promise(touch, by=cast.steward, text="回电", due_at=at(11))
        create_task(by=cast.steward, title="贴通知", due_at=at(9))
        create_task(by=cast.steward, title="以后", due_at=at(9) + DAY)
        finish_task(create_task(by=cast.steward, title="做完了", due_at=at(10)), by=cast.steward)
        plan_event(Plan("例会", at(13), at(14), [cast.steward.staff]), by=cast.supervisor)
        yield


@pytest.mark.requirement("R-239", "R-241")
def test_everything_of_today_stands_in_one_list_by_time(cast, full_day):
    section = my_day(look_at(cast.steward))

    assert [row.title for row in section.rows] == ["贴通知", "回电", "例会", "阳光小区 2-1-301"]
    assert [str(row.tag) for row in section.rows] == ["任务", "承诺", "约会", "走访"]
    assert not any(row.is_late for row in section.rows)
    assert my_day(look_at(cast.worker)) is None  # nothing today, and visits nobody
    assert my_day(look_at(cast.west_steward)).rows == []


def test_what_is_late_comes_first(cast, full_day):
    Promise.objects.update(due_at=at(6) - DAY)
    HomeVisit.objects.update(planned_for=at(6) - 2 * DAY)
    rows = my_day(look_at(cast.steward)).rows

    assert [(row.title, row.is_late) for row in rows] == [
        ("阳光小区 2-1-301", True),
        ("回电", True),
        ("贴通知", False),
        ("例会", False),
    ]


def test_each_number_of_the_day_opens_exactly_its_rows(cast, full_day, client_of):
    create_task(by=cast.steward, title="再贴一张", due_at=at(9))
    figures = day_figures(look_at(cast.steward))
    assert [(str(figure.label), figure.count.number) for figure in figures] == [
        ("今日走访", 1),
        ("我的承诺", 1),
        ("今日任务", 2),
    ]
    # The pages ask the real clock what today is: it is the same day.
    browser = client_of(cast.steward)
    for figure in figures:
        assert len(browser.get(figure.url).context["page"]) == figure.count.number, figure.label
    assert day_figures(look_at(cast.guard)) == []


def test_what_came_in_today_stands_beside_yesterdays(cast):
    category = ServiceCategory.objects.get(code="home-plumbing-leak")

    def register(kind, *, days):
        with clock_at(at(12) - DAY * days):
            register_request(
                by=cast.receptionist, kind=kind, category=category, text="漏水", channel="phone", unit=cast.unit
            )

    for kind, days in (("repair", 0), ("complaint", 0), ("repair", 1), ("repair", 1), ("repair", 2)):
        register(kind, days=days)
    found = {
        str(figure.label): (figure.count.number, figure.before.number)
        for figure in figures_of(look_at(cast.manager))
        if figure.before
    }
    assert found == {"今天登记": (2, 2), "今天投诉": (1, 0)}
    assert not any(figure.before for figure in figures_of(look_at(cast.steward)))


def test_what_lay_there_last_night_stands_beside_what_lies_there_now(cast):
    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    facts = {"by": cast.receptionist, "category": category, "text": "漏水", "channel": "phone", "unit": cast.unit}
    yesterday = timezone.localdate() - DAY

    with clock_at(at(12) - DAY):
        register_request(kind="repair", **facts)
        register_request(kind="complaint", **facts)
    assert keep_standings(yesterday) > 0
    assert keep_standings(yesterday) == 0  # asked again, it stays as it was
    register_request(kind="repair", **facts)
    found = {str(each.label): (each.count.number, each.before) for each in figures_of(look_at(cast.manager))}
    assert [(found[label][0], found[label][1].number) for label in ("全部未完", "未完投诉")] == [(3, 2), (1, 1)]
    # Who serves one building would see the numbers of others.
    assert not any(each.before for each in figures_of(look_at(cast.steward)))
    assert set(Standing.objects.values_list("project", flat=True)) == {cast.sunshine.pk}


def test_outside_orders_due_today_stand_among_the_managers_figures_and_open_exactly_these(cast, client_of):
    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    facts = {
        "by": cast.receptionist,
        "kind": "repair",
        "project": cast.sunshine,
        "source": "hotline_12345",
        "category": category,
        "unit": cast.unit,
    }
    for number, days in enumerate((0, 1)):
        receive_order(
            external_no=f"1234500{number}",
            deadline_at=at(23) + DAY * days,
            received_at=at(0) - DAY,
            text=f"漏水{number}",
            **facts,
        )

    [figure] = [each for each in figures_of(look_at(cast.manager)) if "due=today" in each.url]
    assert (figure.count.number, figure.is_late) == (1, True)
    page = client_of(cast.manager).get(figure.url).context["page"]
    assert [order.external_no for order in page] == ["12345000"]


def test_who_walks_her_buildings_begins_with_her_day(cast, full_day):
    assert sections_of(look_at(cast.steward))[0].name == "my-day"
    assert "my-day" in [section.name for section in sections_of(look_at(cast.manager))[1:]]


def test_whoever_is_to_change_something_finds_it_in_her_day_and_finishes_it(cast, client_of):
    """It concerns the whole project, of which she serves a part: she is in charge all the same."""
    ImprovementItem.objects.create(
        project=cast.sunshine,
        title="周六加一次楼道巡查",
        root_cause="周末无人",
        owner=cast.steward,
        opened_by=cast.manager,
        due_on=timezone.localdate() - DAY,
    )
    (row,) = my_day(look_at(cast.steward)).rows
    assert (row.title, str(row.tag), row.is_late) == ("周六加一次楼道巡查", "改进", True)

    page = client_of(cast.steward).get(row.url)
    assert page.status_code == 200
    assert page.context["can_finish"]
    client_of(cast.steward).post(f"{row.url}finish/", {"effect": "投诉降到 1 起"})
    assert my_day(look_at(cast.steward)).rows == []
    assert client_of(cast.west_steward).get(row.url).status_code == 404
    assert ImprovementItem.objects.get().finished_by == cast.steward
