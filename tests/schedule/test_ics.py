"""Files and the feed, read by a calendar library as a phone does."""

import re
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from gongying.schedule.models import CalendarFeed
from gongying.schedule.operations import answer_invitation, cancel_event, move_event, plan_event
from tests.schedule.test_calendar_events import a_plan, at

SHANGHAI = ZoneInfo("Asia/Shanghai")
FEED = reverse("schedule:feed-show")


def events_in(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content).walk("VEVENT")


def address_made_by(browser):
    page = browser.post(reverse("schedule:feed-create")).content.decode()
    (address,) = re.findall(r'id="feed-address"[^>]*>([^<]+)<', page)
    return urlsplit(address).path


@pytest.mark.requirement("R-239")
def test_a_file_opens_elsewhere_with_right_times_words_and_answers(cast, client_of):
    note = "请带钥匙；走廊灯, 二楼\n" + "长" * 200
    plan = a_plan(at(4, 10, 30), at(4, 11, 30), cast.supervisor, cast.steward, location="会议室", note=note)
    event = plan_event(plan, by=cast.supervisor)
    answer_invitation(event, answer="declined", by=cast.steward)
    url = reverse("schedule:calendar-event-file", args=[event.pk])

    response = client_of(cast.supervisor).get(url)
    (read,) = events_in(response)
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
    assert (str(read["UID"]), read["SEQUENCE"], str(read["STATUS"])) == (event.uid, 0, "CONFIRMED")
    assert (str(read["SUMMARY"]), str(read["LOCATION"]), str(read["DESCRIPTION"])) == ("周例会", "会议室", note)
    assert read.decoded("DTSTART") == at(4, 10, 30)
    assert read["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert read.decoded("DTEND") == at(4, 11, 30)
    assert {(each.params["CN"], each.params["PARTSTAT"]) for each in read["ATTENDEE"]} == {
        ("李主管", "ACCEPTED"),
        ("王管家", "DECLINED"),
    }

    move_event(event, starts_at=at(5, 9), ends_at=at(5, 10), by=cast.supervisor)
    cancel_event(event, by=cast.supervisor)
    (read,) = events_in(client_of(cast.steward).get(url))
    assert (read["SEQUENCE"], str(read["STATUS"]), read.decoded("DTSTART")) == (2, "CANCELLED", at(5, 9))
    assert client_of(cast.outsider).get(url).status_code == 404


@pytest.mark.requirement("R-239")
def test_a_phone_reads_what_its_owner_takes_part_in_until_she_withdraws_the_address(cast, client_of):
    soon = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    later = soon.replace(hour=11)

    def planned(title, *people, **more):
        return plan_event(a_plan(soon, later, *people, title=title, **more), by=cast.supervisor, despite_clashes=True)

    planned("周例会", cast.supervisor, cast.steward)
    planned("体检", cast.supervisor, is_private=True)
    answer_invitation(planned("培训", cast.steward), answer="declined", by=cast.steward)
    cancel_event(planned("团建", cast.steward), by=cast.supervisor)
    browser, phone = client_of(cast.steward), Client()

    path = address_made_by(browser)
    assert [str(each["SUMMARY"]) for each in events_in(phone.get(path))] == ["周例会"]
    assert path.rsplit("/", 1)[1].removesuffix(".ics") not in str(CalendarFeed.objects.values())

    renewed = address_made_by(browser)
    assert phone.get(path).status_code == 404
    assert events_in(phone.get(renewed))[0].decoded("DTSTART") == datetime.fromisoformat(soon.isoformat())
    assert browser.post(reverse("schedule:feed-destroy")).status_code == 302
    assert phone.get(renewed).status_code == 404
    assert phone.get("/feeds/.ics").status_code == 404


def test_who_has_left_leaves_no_open_feed(cast, client_of):
    path = address_made_by(client_of(cast.steward))
    cast.steward.is_active = False
    cast.steward.save()

    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_a_feed_asks_as_often_for_one_event_as_for_three(cast, client_of, number, django_assert_num_queries):
    soon = timezone.localtime().replace(hour=1, minute=0, second=0, microsecond=0)
    for hour in range(number):
        plan = a_plan(soon.replace(hour=hour + 1), soon.replace(hour=hour + 2), cast.steward)
        plan_event(plan, by=cast.steward)
    path = address_made_by(client_of(cast.steward))

    with django_assert_num_queries(7):
        assert len(events_in(Client().get(path))) == number
