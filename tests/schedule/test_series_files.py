"""What repeats, in files: another program finds the same times (R-239)."""

import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from dateutil.rrule import rruleset, rrulestr
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from gongying.schedule.models import CalendarEvent
from gongying.schedule.operations import (
    answer_invitation,
    cancel_event,
    change_event,
    move_event,
    plan_of,
)
from launcher import packages, places
from tests.schedule.test_calendar_events import at
from tests.schedule.test_ics import address_made_by
from tests.schedule.test_series import on, weekly


def read(response):
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def occurrences(components):
    """When it takes place, as another program works it out from the rule, its gaps and its exceptions."""
    (rule,) = [each for each in components if "RRULE" in each]
    found = rruleset()
    start = rule.decoded("DTSTART")
    found.rrule(rrulestr(rule["RRULE"].to_ical().decode(), dtstart=start))
    gaps = rule.get("EXDATE", [])
    for gap in gaps if isinstance(gaps, list) else [gaps]:
        found.exdate(gap.dts[0].dt)
    own = {each.decoded("RECURRENCE-ID"): each.decoded("DTSTART") for each in components if "RECURRENCE-ID" in each}
    return sorted(own.get(start, start) for start in found)


@pytest.mark.requirement("R-239")
@pytest.mark.parametrize("days_ago", [0, 15])
def test_a_file_says_rule_gaps_and_exceptions_so_that_others_find_the_same_times(cast, client_of, days_ago):
    event = weekly(cast, rule="FREQ=WEEKLY;BYDAY=MO,WE;COUNT=8")
    move_event(on(11), starts_at=at(12, 9), ends_at=at(12, 10), by=cast.supervisor)
    cancel_event(on(13), by=cast.supervisor)
    change_event(on(20), replace(plan_of(on(20)), title="周例会（扩大）"), by=cast.supervisor)
    answer_invitation(on(25), answer="declined", by=cast.steward)

    components = read(client_of(cast.supervisor).get(reverse("schedule:calendar-event-file", args=[event.pk])))

    assert occurrences(components) == [row.starts_at for row in CalendarEvent.objects.planned().order_by("during")]
    assert {str(each["UID"]) for each in components} == {event.series.uid}
    assert [str(each["SUMMARY"]) for each in components] == ["周例会", "周例会", "周例会（扩大）", "周例会"]
    assert components[0]["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert components[0]["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20290627T155959Z;BYDAY=MO,WE"
    steward = {str(each.params["PARTSTAT"]) for each in components[3]["ATTENDEE"] if each.params["CN"] == "王管家"}
    assert steward == {"DECLINED"}


@pytest.fixture
def khal(tmp_path_factory):
    """A calendar for the command line, with a calendar of its own. It wants another dateutil than we do, so it lives apart."""
    tools = places.VAR / "tools" / "calendar"
    packages.install("calendar", lambda _step: None, tools)
    home = tmp_path_factory.mktemp("khal")
    settings = home / "config"
    settings.write_text(KHAL.format(home=home))

    def run(*words):
        environment = {"HOME": str(home), "PATH": "", "LANG": "C.UTF-8"}
        command = [tools / "bin" / "khal", "-c", settings, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


KHAL = """
[calendars]
[[work]]
path = {home}/events
type = calendar
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {home}/khal.db
"""


@pytest.mark.requirement("R-239")
@pytest.mark.parametrize("source", ["file", "feed"])
def test_a_calendar_for_the_command_line_shows_the_same_times(cast, client_of, khal, tmp_path, monkeypatch, source):
    """Chinese words, Shanghai's hours, a time that was moved and one that was cancelled."""
    event = weekly(cast, location="二楼会议室")
    move_event(on(11), starts_at=at(12, 15), ends_at=at(12, 16), by=cast.supervisor)
    cancel_event(on(18), by=cast.supervisor)
    browser = client_of(cast.supervisor)
    if source == "feed":
        monkeypatch.setattr("gongying.schedule.views.feeds.AHEAD", timedelta(days=3650))
        found = Client().get(address_made_by(browser))
    else:
        found = browser.get(reverse("schedule:calendar-event-file", args=[event.pk]))
    file = tmp_path / "calendar.ics"
    file.write_bytes(found.content)

    khal("import", "--batch", "-a", "work", str(file))
    shown = khal("list", "--day-format", "", "--format", "{start-date} {start-time}-{end-time} {title} {location}",
                 "2029-06-01", "30d")  # fmt: skip
    assert shown.split("\n")[:-1] == [
        "2029-06-04 10:00-11:00 周例会 二楼会议室",
        "2029-06-12 15:00-16:00 周例会 二楼会议室",
        "2029-06-25 10:00-11:00 周例会 二楼会议室",
    ]
