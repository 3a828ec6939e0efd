"""Tasks and events about a request or a visit: on both sides, and nothing of it for who may not see that (issue 4, item 9)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import EventSubject
from gongying.schedule.models import CalendarEvent, Task
from gongying.schedule.operations import Plan, change_event, create_task, plan_event, plan_of
from gongying.schedule.plans import entries_of
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from gongying.visits.operations import plan_visit

START, END = (datetime(2029, 6, 4, hour, tzinfo=ZoneInfo("Asia/Shanghai")) for hour in (10, 11))


def a_request(cast):
    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    return register_request(
        text="厨房水管漏水", category=category, kind="repair", unit=cast.unit, channel="phone", party=cast.zhou, by=cast.steward,
    )  # fmt: skip


def a_plan(about, *people, **more):
    return Plan("和业主看厨房", START, END, [each.staff for each in people], about=about, **more)


def timeline_of(kind, thing):
    rows = EventSubject.objects.filter(kind=kind, object_id=thing.pk).order_by("pk")
    return list(rows.values_list("event__verb", flat=True))


@pytest.mark.requirement("R-242")
def test_an_event_about_a_request_stands_on_both_and_outside_its_reach_it_is_only_busy(cast, client_of):
    request = a_request(cast)
    key = f"servicerequest-{request.pk}"

    event = plan_event(a_plan(key, cast.steward, cast.supervisor), by=cast.steward)
    assert "calendar_event.planned" in timeline_of("servicerequest", request)
    panel = reverse("schedule:planned-of-thing", args=["servicerequest", request.pk])
    page = client_of(cast.supervisor).get(panel).content.decode()
    assert "和业主看厨房" in page
    assert f"about={key}&amp;unit={cast.unit.pk}" in page
    shown = client_of(cast.supervisor).get(reverse("schedule:calendar-event-show", args=[event.pk]))
    assert reverse("servicedesk:request-show", args=[request.pk]) in shown.content.decode()

    # 陈管家 sees her colleagues' plans, and no requests of this building.
    assert client_of(cast.west_steward).get(panel).status_code == 404
    assert client_of(cast.west_steward).get(reverse("schedule:calendar-event-show", args=[event.pk])).status_code == 404
    [busy] = entries_of([cast.steward.staff.pk], START, END, user=cast.west_steward)
    assert (busy.title, busy.event_id) == ("", None)
    api = client_of(cast.west_steward).get("/api/v1/calendar-events").json()
    assert api["items"] == []
    with pytest.raises(Refused, match="陈管家"):
        change_event(event, a_plan(key, cast.steward, cast.west_steward), by=cast.steward)
    assert [each.name for each in plan_of(CalendarEvent.objects.get()).people] == ["王管家", "李主管"]


def test_a_private_event_about_a_visit_stands_nowhere_but_with_who_takes_part(cast, client_of):
    visit = plan_visit(cast.unit, by=cast.steward, planned_for=timezone.now() + timedelta(days=1), party=cast.zhou)
    panel = reverse("schedule:planned-of-thing", args=["homevisit", visit.pk])

    plan_event(a_plan(f"homevisit-{visit.pk}", cast.steward, is_private=True), by=cast.steward)
    assert "calendar_event.planned" not in timeline_of("homevisit", visit)
    assert "和业主看厨房" in client_of(cast.steward).get(panel).content.decode()
    assert "和业主看厨房" not in client_of(cast.supervisor).get(panel).content.decode()


def test_a_series_about_a_request_keeps_it_at_every_time_and_shows_the_next(cast, client_of):
    request = a_request(cast)
    rule = "FREQ=WEEKLY;COUNT=4"

    first = plan_event(a_plan(f"servicerequest-{request.pk}", cast.steward, rule=rule), by=cast.steward)
    moved = change_event(first, a_plan("", cast.steward, rule=rule), by=cast.steward, scope="all")
    assert set(CalendarEvent.objects.values_list("about_kind", flat=True)) == {""}
    change_event(moved, a_plan(f"servicerequest-{request.pk}", cast.steward, rule=rule), by=cast.steward, scope="all")
    assert set(CalendarEvent.objects.values_list("about_id", flat=True)) == {request.pk}
    panel = reverse("schedule:planned-of-thing", args=["servicerequest", request.pk])
    assert client_of(cast.steward).get(panel).content.decode().count("和业主看厨房") == 1


@pytest.mark.requirement("R-241")
def test_a_task_about_a_request_is_given_only_to_who_may_see_it(cast, client_of):
    request = a_request(cast)

    with pytest.raises(Refused, match="陈管家"):
        create_task(by=cast.steward, title="量窗", about=request, assignee=cast.west_steward)
    create_task(by=cast.steward, title="量窗", about=request, assignee=cast.supervisor)
    assert not Task.objects.visible_to(cast.west_steward).exists()
    panel = reverse("schedule:planned-of-thing", args=["servicerequest", request.pk])
    assert "量窗" in client_of(cast.steward).get(panel).content.decode()


def test_from_the_page_of_a_request_one_plans_and_comes_back_to_it(cast, client_of):
    request = a_request(cast)
    address = f"{reverse('schedule:calendar-event-create')}?about=servicerequest-{request.pk}&unit={cast.unit.pk}"
    times = {"starts_at": "2029-06-04T10:00", "ends_at": "2029-06-04T11:00"}
    form = {"title": "看厨房", "kind": "appointment", "people": [cast.steward.staff.pk], **times}

    browser = client_of(cast.steward)
    assert request.number in browser.get(address).content.decode()
    saved = browser.post(address, {**form, "unit": cast.unit.pk})
    assert (saved.status_code, saved["Location"]) == (302, reverse("servicedesk:request-show", args=[request.pk]))
    assert CalendarEvent.objects.get().about(cast.steward) == request
    # What is no request of hers is passed over, as all that is wrong in an address.
    stranger = client_of(cast.west_steward)
    stranger.post(address, {**form, "people": [cast.west_steward.staff.pk]})
    assert CalendarEvent.objects.get(organizer=cast.west_steward).about_key == ""
