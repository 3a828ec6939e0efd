"""What an invitation, a task and the day of the team tell of a customer and a home to whom they are not: nothing."""

from dataclasses import replace

import pytest
from django.urls import reverse

from gongying.organization.models import Role, TerritoryAssignment
from gongying.schedule.models import CalendarEvent, Task
from gongying.schedule.operations import Clash, create_task, plan_event
from gongying.schedule.plans import entries_of
from gongying.workbench.home import look_at
from gongying.workbench.my_day import my_day
from tests.schedule.test_calendar_events import a_plan, at, visit


def page_of(client, name, row):
    return client.get(reverse(name, args=[row.pk])).content.decode()


def without_files(user):
    """A role that reads the calendars of colleagues and no files of customers."""
    role = Role.objects.create(key="planner", label="排班员", permissions=["schedule.view_plans"])
    user.staff.roles.set([role])


def serves_nothing_any_more(user):
    TerritoryAssignment.objects.filter(staff=user.staff).delete()


@pytest.mark.requirement("R-242", "R-249")
def test_who_is_taken_along_sees_what_and_where_and_not_whose_file_it_is(cast, client_of):
    plan = a_plan(
        at(4, 14), at(4, 15), cast.steward, cast.worker, title="上门看渗水", customer=cast.zhou, unit=cast.unit
    )
    event = plan_event(plan, by=cast.steward)
    steward, worker = (
        page_of(client_of(user), "schedule:calendar-event-show", event) for user in (cast.steward, cast.worker)
    )
    files = reverse("customers:party-show", args=[cast.zhou.pk])
    home = reverse("customers:household-show", args=[cast.unit.pk])
    assert (files in steward, home in steward) == (True, True)
    assert ("上门看渗水" in worker, "2-1-301" in worker, "周先生" in worker) == (True, True, False)
    assert (files in worker, home in worker) == (False, False)

    serves_nothing_any_more(cast.worker)
    later = page_of(client_of(cast.worker), "schedule:calendar-event-show", event)
    assert ("上门看渗水" in later, "2-1-301" in later) == (True, False)


def test_a_task_shows_the_customer_to_whom_files_are_open(cast, client_of):
    facts = {"assignee": cast.worker, "customer": cast.zhou, "unit": cast.unit, "due_at": at(4, 9)}
    task = create_task(by=cast.steward, title="送钥匙", **facts)
    assert "周先生" in page_of(client_of(cast.steward), "schedule:task-show", task)
    worker = client_of(cast.worker)
    for shown in (
        page_of(worker, "schedule:task-show", task),
        worker.get(reverse("schedule:task-index")).content.decode(),
    ):
        assert ("送钥匙" in shown, "2-1-301" in shown, "周先生" in shown) == (True, True, False)
    Task.objects.update(due_at="2020-01-01T00:00Z")
    assert [row.subtitle for row in my_day(look_at(cast.worker)).rows] == [str(cast.unit)]
    serves_nothing_any_more(cast.worker)
    assert "2-1-301" not in page_of(client_of(cast.worker), "schedule:task-show", task)


@pytest.mark.requirement("R-249")
@pytest.mark.parametrize("who", ["without files", "elsewhere"])
def test_colleagues_learn_of_a_customers_event_only_that_somebody_is_busy(cast, client_of, who):
    reader = cast.supervisor if who == "without files" else cast.west_steward
    if who == "without files":
        without_files(reader)
    event = visit(cast)
    (entry,) = entries_of([cast.steward.staff.pk], at(4, 0), at(5, 0), user=reader)
    assert (entry.event_id, entry.title, entry.location, entry.kind) == (None, "", "", "")
    assert event not in CalendarEvent.objects.visible_to(reader)
    browser = client_of(reader)
    query = {"day": "2029-06-04"}
    for name in ("team", "team-week", "team-month"):
        assert "走访" not in browser.get(reverse(f"schedule:{name}-show"), query).content.decode()
    for name in ("calendar-event-show", "calendar-event-file"):
        assert browser.get(reverse(f"schedule:{name}", args=[event.pk])).status_code == 404
    look = {"staff_ids": [cast.steward.staff.pk], "since": "2029-06-04T00:00", "until": "2029-06-05T00:00"}
    told = browser.get("/api/v1/busy-times", look).json()
    assert [(each["event_id"], each["title"]) for each in told] in ([(None, "")], [])
    with pytest.raises(Clash) as clash:
        plan_event(replace(a_plan(at(4, 10), at(4, 11), reader), people=[reader.staff, cast.steward.staff]), by=reader)
    assert "走访" not in str(clash.value)
    assert all(not each["title"] for each in clash.value.current["clashes"])


@pytest.mark.requirement("R-249")
def test_the_api_names_customer_and_home_to_whom_their_files_are_open(cast, client_of):
    facts = {"customer": cast.zhou, "unit": cast.unit}
    event = plan_event(a_plan(at(4, 14), at(4, 15), cast.steward, cast.worker, **facts), by=cast.steward)
    task = create_task(by=cast.steward, title="送钥匙", assignee=cast.worker, due_at=at(4, 9), **facts)

    def told(user):
        """Read one by one and in the list; then found by the customer, and by the home."""
        browser, found = client_of(user), []
        for kind, row in (("calendar-events", event), ("tasks", task)):
            (listed,) = browser.get(f"/api/v1/{kind}").json()["items"]
            alone = browser.get(f"/api/v1/{kind}/{row.pk}").json()
            assert [listed[name] for name in ("customer_id", "unit_id")] == [alone["customer_id"], alone["unit_id"]]
            asked = [{"customer_id": cast.zhou.pk}, {"unit_id": cast.unit.pk}]
            hits = [len(browser.get(f"/api/v1/{kind}", query).json()["items"]) for query in asked]
            found.append((alone["customer_id"], alone["unit_id"], *hits))
        return found

    everything, the_home, nothing = (cast.zhou.pk, cast.unit.pk, 1, 1), (None, cast.unit.pk, 0, 1), (None, None, 0, 0)
    assert told(cast.steward) == [everything, everything]
    assert told(cast.worker) == [the_home, the_home]
    serves_nothing_any_more(cast.worker)
    assert told(cast.worker) == [nothing, nothing]


@pytest.mark.requirement("R-249")
def test_a_task_that_is_answered_or_refused_names_its_customer_no_more_than_else(cast, client_of):
    facts = {"assignee": cast.worker, "customer": cast.zhou, "unit": cast.unit, "due_at": at(4, 9)}
    task = create_task(by=cast.steward, title="送钥匙", **facts)
    for user, customer in ((cast.steward, cast.zhou.pk), (cast.worker, None)):
        browser, address = client_of(user), f"/api/v1/tasks/{task.pk}"
        version = browser.get(address).json()["version"]
        change = {"title": f"送钥匙 {user}", "version": version}
        changed = browser.patch(address, change, content_type="application/json").json()
        assert (changed["title"], changed["customer_id"]) == (change["title"], customer)
        stale = browser.patch(address, {**change, "title": "x"}, content_type="application/json")
        assert (stale.status_code, stale.json()["current"]["customer_id"]) == (409, customer)
        assert browser.post(f"{address}/completion").json()["customer_id"] == customer
        assert browser.post(f"{address}/reopening").json()["customer_id"] == customer


def test_what_names_no_customer_is_the_teams_to_read(cast):
    without_files(cast.supervisor)
    plan_event(a_plan(at(4, 10), at(4, 11), cast.steward, title="楼道巡查", unit=cast.unit), by=cast.steward)
    (entry,) = entries_of([cast.steward.staff.pk], at(4, 0), at(5, 0), user=cast.supervisor)
    assert entry.title == "楼道巡查"
