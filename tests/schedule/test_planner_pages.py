"""The calendar pages: what they show of whom, and how a clash is told and answered."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.estates.models import Project
from gongying.events.models import Event
from gongying.schedule.models import CalendarEvent, Resource, ScheduleConflict, team_of
from gongying.schedule.operations import Plan, answer_invitation, change_event, plan_event, plan_of
from gongying.schedule.plans import people_of
from tests.schedule.test_calendar_events import a_plan, at, visit, visit_privately

TEAM, AGENDA = reverse("schedule:team-show"), reverse("schedule:agenda-show")
NEW = reverse("schedule:calendar-event-create")


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def a_form(*people, **more):
    times = {"starts_at": "2029-06-04T10:30", "ends_at": "2029-06-04T11:30"}
    return {"title": "周例会", "kind": "meeting", "people": [each.staff.pk for each in people], **times, **more}


@pytest.mark.requirement("R-247")
def test_a_clash_is_told_and_answered_with_another_time_or_all_the_same(cast, client_of):
    visit(cast)
    browser, form = client_of(cast.supervisor), a_form(cast.supervisor, cast.steward)

    response = browser.post(NEW, form)
    assert response.status_code == 409
    assert "王管家 2029-06-04 10:00–11:00 走访 周先生" in text_of(response)
    assert "共同空档：2029-06-04 11:00 起" in text_of(response)
    (move_to,) = re.findall(r'name="move_to" value="([^"]+)"', response.content.decode())

    assert browser.post(NEW, {**form, "move_to": move_to}).status_code == 302
    moved = CalendarEvent.objects.get(kind="meeting")
    assert (moved.starts_at, moved.ends_at) == (at(4, 11), at(4, 12))
    assert browser.post(NEW, {**form, "title": "碰头", "despite_clashes": "on"}).status_code == 302
    assert ScheduleConflict.objects.filter(event__title="碰头", staff=cast.steward.staff).exists()


@pytest.mark.parametrize(("colleagues", "said"), [([], "已保存。"), (["steward"], "参加人")])
def test_nobody_is_said_to_be_told_of_what_one_does_alone(cast, client_of, colleagues, said):
    people = [cast.supervisor, *(getattr(cast, name) for name in colleagues)]
    answer = client_of(cast.supervisor).post(NEW, a_form(*people), follow=True)
    assert said in text_of(answer)


def moved_to(event, start, end):
    return f"{reverse('schedule:calendar-event-move', args=[event.pk])}?start=2029-06-04T{start}&end=2029-06-04T{end}"


@pytest.mark.requirement("R-243", "R-249")
def test_what_is_dragged_is_there_at_once_and_is_undone_from_the_message(cast, client_of):
    event = plan_event(a_plan(at(4, 9), at(4, 10), cast.supervisor), by=cast.supervisor)
    browser = client_of(cast.supervisor)

    page = browser.post(moved_to(event, "15:00", "16:30"), follow=True)
    event.refresh_from_db()
    assert (event.starts_at, event.ends_at) == (at(4, 15), at(4, 16, 30))
    assert page.redirect_chain == [(f"{TEAM}?day=2029-06-04", 302)]
    (undo,) = re.findall(r'action="([^"]+/move/[^"]+)"', page.content.decode())
    browser.post(undo.replace("&amp;", "&"))
    event.refresh_from_db()
    assert (event.starts_at, event.ends_at) == (at(4, 9), at(4, 10))


@pytest.mark.requirement("R-242", "R-243")
def test_another_time_asks_again_and_says_so_another_place_keeps_the_answers(cast, client_of):
    event = plan_event(a_plan(at(4, 9), at(4, 10), cast.supervisor, cast.steward), by=cast.supervisor)
    answer_invitation(event, answer="accepted", by=cast.steward)
    browser, edit = client_of(cast.supervisor), reverse("schedule:calendar-event-edit", args=[event.pk])

    def change(starts_at, ends_at, version, **more):
        times = {"starts_at": f"2029-06-04T{starts_at}", "ends_at": f"2029-06-04T{ends_at}", "version": version}
        told = text_of(browser.post(edit, {**a_form(cast.supervisor, cast.steward), **times, **more}, follow=True))
        answer = event.attendees.get(staff=cast.steward.staff).answer
        return answer, "已通知参加人" in told, "重新答复" in told

    assert change("09:00", "10:00", 1, location="二楼会议室", title="例会") == ("accepted", True, False)
    assert change("09:00", "10:30", 2, location="二楼会议室", title="例会") == ("none", True, True)
    answer_invitation(event, answer="accepted", by=cast.steward)
    dragged = text_of(browser.post(moved_to(event, "15:00", "16:30"), follow=True))
    assert ("重新答复" in dragged, event.attendees.get(staff=cast.steward.staff).answer) == (True, "none")


def test_what_is_dragged_onto_something_or_repeats_is_asked_first(cast, client_of):
    visit(cast)
    meeting = plan_event(a_plan(at(4, 14), at(4, 15), cast.steward), by=cast.steward)
    weekly = plan_event(
        replace(a_plan(at(4, 16), at(4, 17), cast.steward), rule="FREQ=WEEKLY;COUNT=3"), by=cast.steward
    )
    browser = client_of(cast.steward)

    clash = browser.post(moved_to(meeting, "10:30", "11:30"))
    assert clash.status_code == 409
    assert "走访 周先生" in text_of(clash)
    assert 'value="2029-06-04T10:30"' in clash.content.decode()
    asked = browser.post(moved_to(weekly, "08:00", "09:00"))
    assert asked.url == moved_to(weekly, "08:00", "09:00").replace("/move/", "/edit/").replace(":", "%3A")
    meeting.refresh_from_db()
    weekly.refresh_from_db()
    assert (meeting.starts_at, weekly.starts_at) == (at(4, 14), at(4, 16))


def test_the_undo_of_a_drag_moves_nothing_that_was_changed_meanwhile(cast, client_of):
    event = plan_event(a_plan(at(4, 9), at(4, 10), cast.supervisor), by=cast.supervisor)
    browser = client_of(cast.supervisor)
    page = browser.post(moved_to(event, "15:00", "16:30"), follow=True)
    (undo,) = re.findall(r'action="([^"]+/move/[^"]+)"', page.content.decode())
    event.refresh_from_db()
    change_event(event, replace(plan_of(event), location="大会议室"), by=cast.supervisor)

    refused = browser.post(undo.replace("&amp;", "&"))
    assert (refused.status_code, "其他人刚刚改动过" in text_of(refused)) == (409, True)
    event.refresh_from_db()
    assert (event.starts_at, event.location) == (at(4, 15), "大会议室")


def test_what_is_dragged_onto_something_is_saved_there_all_the_same(cast, client_of):
    visit(cast)
    meeting = plan_event(a_plan(at(4, 14), at(4, 15), cast.steward), by=cast.steward)
    browser = client_of(cast.steward)
    asked = browser.post(moved_to(meeting, "10:30", "11:30"))
    (action,) = re.findall(
        r'<form class="box form-page event-form" method="post" action="([^"]+)"', asked.content.decode()
    )
    shown = asked.context["form"]
    sent = {name: shown[name].value() for name in ("title", "kind", "people", "version")}
    times = {"starts_at": "2029-06-04T10:30", "ends_at": "2029-06-04T11:30"}
    assert browser.post(action, {**sent, **times, "despite_clashes": "on"}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.starts_at == at(4, 10, 30)


@pytest.mark.requirement("R-249")
def test_the_team_stands_side_by_side_and_of_the_private_only_busy(cast, client_of):
    visit(cast)
    visit_privately(cast)

    def board(user, day):
        return client_of(user).get(TEAM, {"project": cast.sunshine.pk, "day": day})

    page = board(cast.supervisor, "2029-06-04")
    names = [row.staff.name for row in page.context["board"].rows]
    assert names[0] == "李主管"
    assert {"王管家", "陈管家", "老张"} <= set(names)
    assert "园区小郑" not in names
    assert "走访 周先生" in page.content.decode()
    assert "走访 周先生" not in board(cast.west_steward, "2029-06-04").content.decode()

    private = board(cast.supervisor, "2029-06-05")
    assert "体检" not in private.content.decode()
    assert [(slot["label"], slot["url"], slot["from"], slot["to"]) for slot in private.context["board"].slots] == [
        ("忙", "", 9 * 60, 10 * 60)
    ]
    assert "体检" in board(cast.steward, "2029-06-05").content.decode()


@pytest.mark.requirement("R-239")
def test_the_agenda_shows_ones_own_days_with_what_waits_for_an_answer(cast, client_of):
    event = plan_event(a_plan(at(5, 9), at(5, 10), cast.steward, cast.supervisor), by=cast.supervisor)
    browser = client_of(cast.steward)

    assert "09:00–10:00 周例会 约会 待回复" in text_of(browser.get(AGENDA, {"since": "2029-06-04"}))
    answer = reverse("schedule:calendar-event-answer", args=[event.pk])
    assert browser.post(answer, {"answer": "declined"}).status_code == 302
    assert browser.post(answer, {"answer": "none"}).status_code == 422
    assert "周例会 约会 不参加" in text_of(browser.get(AGENDA, {"since": "2029-06-04"}))
    assert "周例会" not in text_of(browser.get(AGENDA, {"since": "2029-06-06"}))
    shown = text_of(client_of(cast.supervisor).get(reverse("schedule:calendar-event-show", args=[event.pk])))
    assert "王管家 不参加" in shown


def test_an_event_is_moved_by_the_address_of_a_drag_and_cancelled(cast, client_of):
    event = visit(cast)
    browser = client_of(cast.steward)
    edit = reverse("schedule:calendar-event-edit", args=[event.pk])

    form = browser.get(edit, {"start": "2029-06-04T14:00", "end": "2029-06-04T15:30"}).context["form"]
    assert (form["starts_at"].value(), form["title"].value()) == (
        at(4, 14).replace(tzinfo=None),
        "走访 周先生",
    )

    sent = a_form(cast.steward, title="走访", starts_at="2029-06-04T14:00", ends_at="2029-06-04T15:30", version=1)
    assert browser.post(edit, {**sent, "customer": cast.zhou.pk, "unit": cast.unit.pk}).status_code == 302
    event.refresh_from_db()
    assert (event.starts_at, event.sequence, event.customer) == (at(4, 14), 1, cast.zhou)
    assert browser.post(edit, sent).status_code == 409
    assert browser.post(edit, {**sent, "ends_at": "2029-06-04T13:00", "version": 2}).status_code == 422

    cancel = reverse("schedule:calendar-event-cancel", args=[event.pk])
    assert client_of(cast.supervisor).post(cancel, {"version": 2}).status_code == 403
    assert client_of(cast.outsider).get(cancel).status_code == 404
    assert browser.post(cancel, {"reason": "客户出差", "version": 2}).status_code == 302
    assert "走访" not in text_of(browser.get(AGENDA, {"since": "2029-06-04"}))


def test_a_room_that_is_taken_is_refused_in_words(cast, client_of):
    manager = client_of(cast.manager)
    assert manager.post(reverse("schedule:resource-create"), {"kind": "room", "name": "二楼会议室"}).status_code == 302
    assert manager.post(reverse("schedule:resource-create"), {"kind": "room", "name": "二楼会议室"}).status_code == 422
    room = Resource.objects.get()
    plan_event(Plan("培训", at(4, 10), at(4, 12), [cast.quality.staff], resources=[room]), by=cast.quality)

    refused = client_of(cast.supervisor).post(NEW, a_form(cast.supervisor, resources=[room.pk], despite_clashes="on"))
    assert refused.status_code == 409
    assert "二楼会议室 已被占用：2029-06-04 10:00–12:00" in text_of(refused)
    assert not CalendarEvent.objects.filter(title="周例会").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_a_board_asks_as_often_for_one_event_as_for_three(cast, client_of, number, django_assert_num_queries):
    for hour in range(number):
        plan_event(a_plan(at(4, 9 + hour), at(4, 10 + hour), cast.steward), by=cast.steward)
    browser = client_of(cast.supervisor)
    browser.get(TEAM, {"day": "2029-06-04"})

    with django_assert_num_queries(7):
        assert len(browser.get(TEAM, {"day": "2029-06-04"}).context["board"].slots) == number


@pytest.mark.requirement("R-242")
def test_an_appointment_is_planned_from_the_page_of_a_unit_and_stands_there(cast, client_of):
    browser = client_of(cast.steward)
    panel = browser.get(reverse("schedule:planned-of-unit", args=[cast.unit.pk])).content.decode()
    assert f'href="{NEW}?unit={cast.unit.pk}"' in panel

    form = browser.get(f"{NEW}?unit={cast.unit.pk}").context["form"]
    assert form.links == str(cast.unit)
    sent = a_form(cast.steward, unit=form["unit"].value(), kind="appointment", title="上门")
    assert browser.post(NEW, sent).status_code == 302
    assert Event.objects.get(verb="calendar_event.planned", subjects__kind="unit").details["title"] == "上门"


def test_a_project_and_a_person_of_one_number_are_not_taken_for_one_another(cast):
    reader, today = cast.manager, timezone.localdate()
    facts = {"code": "ZZ", "name": "同号小区", "kind": "residential"}
    project, _is_new = Project.objects.get_or_create(pk=reader.pk, defaults=facts)
    assert reader.staff in team_of(reader)
    assert reader.staff in people_of(project, today, user=reader)
    assert reader.staff in team_of(reader)
