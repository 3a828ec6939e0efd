"""Week and month of the team, one's own month, free and busy beside the form."""

import re

import pytest
from django.urls import reverse

from gongying.schedule.models import ScheduleConflict
from gongying.schedule.operations import answer_invitation, plan_event
from tests.schedule.test_calendar_events import a_plan, at, visit, visit_privately
from tests.schedule.test_planner_pages import text_of
from tests.schedule.test_series import weekly

WEEK, MONTH = reverse("schedule:team-week-show"), reverse("schedule:team-month-show")
OWN, HOME, BUSY = reverse("schedule:month-show"), reverse("schedule:calendar-home"), reverse("schedule:busy-show")


def row_of(response, user):
    return next(row for row in response.context["rows"] if row.staff.user_id == user.pk)


@pytest.mark.requirement("R-239", "R-249")
def test_a_week_of_the_team_shows_every_day_and_of_the_private_only_busy(cast, client_of):
    visit(cast)
    visit_privately(cast)
    night = plan_event(a_plan(at(6, 22), at(7, 2), cast.steward, title="夜间巡查"), by=cast.steward)

    page = client_of(cast.supervisor).get(WEEK, {"project": cast.sunshine.pk, "day": "2029-06-07"})

    cells = [[entry.words for entry in cell.entries] for cell in row_of(page, cast.steward).cells]
    assert cells == [["走访 周先生"], ["忙"], ["夜间巡查"], ["夜间巡查"], [], [], []]
    assert "体检" not in page.content.decode()
    assert f'hx-get="{reverse("schedule:calendar-event-show", args=[night.pk])}"' in page.content.decode()
    assert client_of(cast.worker).get(WEEK).status_code == 403


@pytest.mark.parametrize("name", ["team", "team-week", "team-month", "agenda", "month"])
def test_the_page_that_is_open_is_marked_among_the_tabs(cast, client_of, name):
    address = reverse(f"schedule:{name}-show")
    page = client_of(cast.supervisor).get(address).content.decode()
    tabs = page[page.index('<nav class="tabs"') :].split("</nav>")[0]
    assert re.findall(r'href="([^"?]+)[^"]*" aria-current="page"', tabs) == [address]


@pytest.mark.requirement("R-239", "R-249")
def test_a_month_of_the_team_counts_what_everybody_has_on_each_day(cast, client_of):
    weekly(cast)
    plan_event(a_plan(at(4, 10, 30), at(4, 12), cast.steward), by=cast.steward, despite_clashes=True)
    plan_event(a_plan(at(30, 22), at(31 - 30, 2).replace(month=7), cast.steward, title="夜班"), by=cast.steward)
    declined = plan_event(a_plan(at(20, 9), at(20, 10), cast.supervisor, cast.steward), by=cast.supervisor)
    answer_invitation(declined, answer="declined", by=cast.steward)
    assert ScheduleConflict.objects.exists()

    page = client_of(cast.supervisor).get(MONTH, {"project": cast.sunshine.pk, "day": "2029-06-17"})

    row = row_of(page, cast.steward)
    assert {day + 1: number for day, number in enumerate(row.counts) if number} == {4: 2, 11: 1, 18: 1, 25: 1, 30: 1}
    assert (row.clashing, row.total) == ([3], 6)
    assert row_of(page, cast.supervisor).counts[19] == 1


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("url", "statements"), [(WEEK, 6), (MONTH, 4)])
def test_wide_pages_ask_as_often_for_one_event_as_for_three(
    cast, client_of, url, number, statements, django_assert_num_queries
):
    for hour in range(number):
        plan_event(a_plan(at(4, 9 + hour), at(4, 10 + hour), cast.steward), by=cast.steward)
    browser = client_of(cast.supervisor)
    browser.get(url, {"day": "2029-06-04"})

    with django_assert_num_queries(statements):
        assert browser.get(url, {"day": "2029-06-04"}).status_code == 200


@pytest.mark.requirement("R-239")
def test_ones_own_month_is_whole_weeks_and_the_calendar_opens_where_one_was(cast, client_of):
    visit(cast)
    browser = client_of(cast.steward)
    assert browser.get(HOME)["Location"] == reverse("schedule:team-show")

    page = browser.get(OWN, {"day": "2029-06-20"})
    weeks = page.context["weeks"]
    assert [(week[0].date.isoformat(), len(week)) for week in weeks][:2] == [("2029-05-28", 7), ("2029-06-04", 7)]
    assert "10:00 走访 周先生" in text_of(page)
    assert browser.get(HOME)["Location"] == OWN
    assert client_of(cast.worker).get(HOME)["Location"] == reverse("schedule:agenda-show")


@pytest.mark.requirement("R-248", "R-249")
def test_beside_the_form_stands_who_is_free_and_when_all_are(cast, client_of):
    event = visit(cast)
    visit_privately(cast)
    people = [cast.supervisor.staff.pk, cast.steward.staff.pk]
    asked = {"people": people, "starts_at": "2029-06-04T10:30", "ends_at": "2029-06-04T11:30"}
    browser = client_of(cast.supervisor)

    times = browser.get(BUSY, asked).context["times"]
    assert [(row.staff.name, row.is_free) for row in times.rows] == [("李主管", True), ("王管家", False)]
    assert times.rows[1].bars == [(3 * 60, 60)]
    assert times.free[0] == at(4, 11)
    own = client_of(cast.steward).get(BUSY, {**asked, "event": event.pk}).context["times"]
    assert all(row.is_free for row in own.rows)
    page = browser.get(BUSY, {**asked, "starts_at": "2029-06-05T09:00", "ends_at": "2029-06-05T10:00"}).content.decode()
    assert "体检" not in page
    (move_to, *_more) = re.findall(r'name="move_to" value="([^"]+)"', page)
    form = {"title": "碰头", "kind": "meeting", "people": people, "starts_at": "2029-06-05T09:00"}
    sent = {**form, "ends_at": "2029-06-05T10:00", "move_to": move_to}
    assert browser.post(reverse("schedule:calendar-event-create"), sent).status_code == 302
    for wrong in ({}, {**asked, "people": [cast.outsider.staff.pk]}, {**asked, "ends_at": "2019-01-01T00:00"}):
        assert browser.get(BUSY, wrong).context["times"] is None
