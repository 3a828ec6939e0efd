"""A task is put into the day: a time of one's own or of a colleague, undone, refused, and free again when it is over."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused, Stale
from gongying.events.models import Event
from gongying.schedule.day_tasks import tasks_beside
from gongying.schedule.models import CalendarEvent, Task
from gongying.schedule.operations import (
    Clash,
    change_event,
    create_task,
    delete_task,
    finish_task,
    move_event,
    pass_on_task,
    plan_event,
    plan_for,
    plan_of,
    plan_task,
    take_back_time,
)
from gongying.workbench.home import look_at
from gongying.workbench.my_day import my_day
from tests.race import hold, in_the_middle
from tests.schedule.test_calendar_events import a_plan, at, visit
from tests.structure.lines.plans import LATER

TEAM = reverse("schedule:team-show")
DAY, NINE = at(4, 0).date(), at(4, 9)
HALF = timedelta(minutes=30)


def a_task(cast, title="回电", **facts):
    return create_task(by=cast.steward, title=title, **{"due_at": at(4, 0), "is_whole_day": True, **facts})


def kept(task, *people, start=NINE, by=None, **more):
    staff = [each.staff for each in people]
    plan = plan_for(task, staff, starts_at=start, ends_at=start + HALF)
    return plan_task(task, plan, by=by or task.assignee, **more)


def beside(user, day=DAY):
    return [task.title for task in tasks_beside(day, of=user.staff).tasks]


@pytest.mark.requirement("R-241", "R-239")
def test_a_task_has_a_time_until_it_is_cancelled_over_or_done(cast):
    task = a_task(cast, customer=cast.zhou, unit=cast.unit, note="停车位")
    a_task(cast, "下周的事", due_at=at(11, 0))
    assert beside(cast.steward) == ["回电"]

    event = kept(task, cast.steward)
    assert (event.title, event.note, event.customer, event.unit, event.kind) == (
        "回电",
        "停车位",
        cast.zhou,
        cast.unit,
        "appointment",
    )
    assert beside(cast.steward) == []
    with pytest.raises(Refused, match="2029-06-04 09:00"):
        kept(task, cast.steward, start=at(4, 10))
    moved = move_event(event, starts_at=at(4, 14), ends_at=at(4, 15), by=cast.steward)
    moved.refresh_from_db()
    assert (moved.task, task.planned_time) == (task, moved)

    take_back_time(event, by=cast.steward)
    assert beside(cast.steward) == ["回电"]
    event = kept(task, cast.steward)
    earlier = timezone.now() - timedelta(days=1)
    CalendarEvent.objects.filter(pk=event.pk).update(during=(earlier - HALF, earlier))
    assert beside(cast.steward) == ["回电"]
    again = kept(task, cast.steward, start=at(4, 16))
    finish_task(task, by=cast.steward)
    again.refresh_from_db()
    assert (again.is_cancelled, beside(cast.steward)) == (True, [])
    with pytest.raises(Refused, match="已完成"):
        kept(task, cast.steward)


def test_who_is_busy_is_told_and_what_is_private_stays_so(cast):
    visit(cast)
    task = a_task(cast, is_private=True)
    with pytest.raises(Clash):
        kept(task, cast.steward, start=at(4, 10, 30))
    event = kept(task, cast.steward, start=at(4, 10, 30), despite_clashes=True)
    assert event.is_private
    assert event.kind == "activity"
    take_back_time(event, by=cast.steward)
    with pytest.raises(Refused, match="私人"):
        kept(task, cast.receptionist, by=cast.steward)


def test_a_colleague_who_is_given_the_time_is_given_the_task_and_the_undo_takes_both_back(cast):
    task = a_task(cast)
    event = kept(task, cast.receptionist, by=cast.steward)
    task.refresh_from_db()
    assert (task.assignee, event.organizer) == (cast.receptionist, cast.steward)
    assert Event.objects.filter(verb="task.passed_on").count() == 1

    change_event(event, plan_of(event), by=cast.steward)
    with pytest.raises(Stale):
        take_back_time(event, by=cast.steward, to=cast.steward, seen=event.version + 1)
    take_back_time(event, by=cast.steward, to=cast.steward, seen=event.version)
    task.refresh_from_db()
    assert (task.assignee, task.planned_time) == (cast.steward, None)
    out_of_reach = a_task(cast, customer=cast.zhou)
    with pytest.raises(Refused):
        kept(out_of_reach, cast.west_steward, by=cast.steward)


def test_a_time_that_one_kept_alone_is_free_when_the_task_goes(cast):
    own, given, shared = a_task(cast), a_task(cast, "交给别人"), a_task(cast, "一起做")
    times = [kept(own, cast.steward), kept(given, cast.steward, start=at(4, 10))]
    times.append(kept(shared, cast.steward, cast.supervisor, start=at(4, 11)))
    delete_task(own, by=cast.steward)
    pass_on_task(given, to=cast.receptionist, by=cast.steward)
    finish_task(shared, by=cast.steward)
    rows = CalendarEvent.objects.in_bulk([event.pk for event in times])
    assert [rows[event.pk].is_cancelled for event in times] == [True, True, False]
    assert given.planned_time is None


def put(browser, task, **query):
    return browser.post(
        f"{reverse('schedule:task-plan', args=[task.pk])}?" + "&".join(f"{k}={v}" for k, v in query.items())
    )


@pytest.mark.requirement("R-241", "R-249")
def test_beside_the_day_stand_the_tasks_and_one_tap_keeps_a_time_that_can_be_undone(cast, client_of):
    task = a_task(cast)
    a_task(cast, "别人的", assignee=cast.receptionist)
    browser = client_of(cast.steward)
    page = browser.get(TEAM, {"day": "2029-06-04"})
    shown = page.content.decode()
    (tapped,) = re.findall(r'action="(/tasks/\d+/plan/[^"]+)"', shown)
    assert tapped.endswith("?start=2029-06-04T08:30")
    assert "别人的" not in shown.partition("planner-tasks")[2]

    answer = browser.post(tapped, follow=True)
    assert answer.redirect_chain == [(f"{TEAM}?day=2029-06-04", 302)]
    event = CalendarEvent.objects.get()
    assert (event.task, event.starts_at, event.ends_at) == (task, at(4, 8, 30), at(4, 9))
    (undo,) = re.findall(r'action="([^"]+/take-back/[^"]+)"', answer.content.decode())
    assert "?seen=1" in undo
    assert browser.post(undo.replace("&amp;", "&")).status_code == 302
    assert beside(cast.steward) == ["回电"]


def test_a_drag_into_a_colleagues_row_and_back(cast, client_of):
    task, browser = a_task(cast), client_of(cast.steward)
    answer = put(browser, task, staff=cast.receptionist.staff.pk, start="2029-06-04T15:00", end="2029-06-04T15:30")
    assert answer.status_code == 302
    task.refresh_from_db()
    assert task.assignee == cast.receptionist
    (undo,) = re.findall(r'action="([^"]+/take-back/[^"]+)"', browser.get(answer.url).content.decode())
    browser.post(undo.replace("&amp;", "&"))
    task.refresh_from_db()
    assert task.assignee == cast.steward


def test_a_drag_into_the_row_of_somebody_elses_colleague_is_refused(cast, client_of):
    task = a_task(cast)
    refused = put(client_of(cast.steward), task, staff=cast.outsider.staff.pk, start="2029-06-04T15:00")
    assert refused.status_code == 409
    assert not CalendarEvent.objects.exists()


def test_a_drag_onto_something_asks_and_the_answer_is_taken(cast, client_of):
    visit(cast)
    task, browser = a_task(cast, "写方案"), client_of(cast.steward)
    where = reverse("schedule:task-plan", args=[task.pk])
    dropped = f"{where}?start=2029-06-04T10:00"
    asked = browser.post(dropped)
    assert asked.status_code == 409
    assert f'action="{where}"' in asked.content.decode()
    sent = {
        "title": "写方案",
        "kind": "activity",
        "people": [cast.steward.staff.pk],
        "starts_at": "2029-06-04T10:00",
        "ends_at": "2029-06-04T10:30",
    }
    assert browser.post(where, sent).status_code == 409
    assert browser.post(where, {**sent, "despite_clashes": "on"}).status_code == 302
    assert task.planned_time.starts_at == at(4, 10)
    assert browser.post(dropped).status_code == 409
    assert (
        "写方案" in browser.get(reverse("schedule:calendar-event-show", args=[task.planned_time.pk])).content.decode()
    )


def test_the_form_asks_for_the_time_and_others_tasks_are_nobodys_to_plan(cast, client_of):
    task = a_task(cast, customer=cast.zhou, unit=cast.unit)
    where = reverse("schedule:task-plan", args=[task.pk])
    form = client_of(cast.steward).get(where).context["form"]
    assert (form["title"].value(), form["people"].value(), form["unit"].value()) == (
        "回电",
        [cast.steward.staff.pk],
        cast.unit.pk,
    )
    assert client_of(cast.steward).post(where).status_code == 422
    assert client_of(cast.receptionist).get(where).status_code in (403, 404)
    assert client_of(cast.outsider).get(where).status_code == 404
    other = plan_event(a_plan(at(4, 9), at(4, 10), cast.steward), by=cast.steward)
    take_back = reverse("schedule:calendar-event-take-back", args=[other.pk])
    assert client_of(cast.supervisor).post(take_back).status_code == 403
    assert client_of(cast.steward).post(take_back).status_code == 302
    other.refresh_from_db()
    assert not other.is_cancelled


def test_the_api_keeps_a_time_for_a_task_of_ones_own(cast, client_of):
    task = a_task(cast)

    def send(user, body):
        return client_of(user).post("/api/v1/calendar-events", body, content_type="application/json")

    body = {"title": "回电", "staff_ids": [cast.steward.staff.pk], "task_id": task.pk, **LATER}
    made = send(cast.steward, body)
    assert (made.status_code, made.json()["task_id"]) == (201, task.pk)
    assert send(cast.steward, body).status_code == 409
    assert send(cast.supervisor, body).status_code == 422


def test_my_day_names_a_task_once_at_its_time(cast):
    task = a_task(cast, due_at=timezone.now())
    event = kept(task, cast.steward, start=timezone.now() + timedelta(seconds=5))
    rows = [row for row in my_day(look_at(cast.steward)).rows if row.title == "回电"]
    assert [(row.at, row.url) for row in rows] == [(event.starts_at, reverse("schedule:task-show", args=[task.pk]))]


@pytest.mark.parametrize("number", [1, 3])
def test_the_tasks_beside_the_day_take_a_fixed_number_of_statements(cast, number, django_assert_num_queries):
    for each in range(number):
        a_task(cast, f"事 {each}", unit=cast.unit, customer=cast.zhou)
    tasks_beside(DAY, of=cast.steward.staff)
    with django_assert_num_queries(8):
        assert len(tasks_beside(DAY, of=cast.steward.staff).tasks) == number


def test_a_day_that_is_over_takes_nothing(cast):
    a_task(cast)
    assert tasks_beside(timezone.localdate() - timedelta(days=1), of=cast.steward.staff) is None
    assert Task.objects.unplanned().count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_takes_a_time_back_while_the_task_is_finished_does_not_stand_in_the_way(cast):
    task = a_task(cast)
    event = kept(task, cast.steward)

    outcome = in_the_middle(
        lambda: hold(task),
        lambda: take_back_time(event, by=cast.supervisor, to=cast.worker),
        lambda: finish_task(task, by=cast.steward),
    )

    assert isinstance(outcome, Refused)
    assert Task.objects.get().is_done
