"""What repeats: each time is an event of its own; this, this and the following, all; as files say it (R-239, A-09)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rruleset, rrulestr
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from gongying.common.errors import Refused
from gongying.notifications.models import Notification
from gongying.schedule.models import CalendarEvent, EventSeries, Resource, ResourceBooking, ScheduleConflict
from gongying.schedule.operations import (
    Clash,
    answer_invitation,
    cancel_event,
    change_event,
    move_event,
    plan_event,
    plan_of,
)
from gongying.schedule.recurrence import WEEKDAYS, Frequency, Rule, UnusableRule, rule_in, starts_of
from tests.race import race
from tests.schedule.test_calendar_events import SHANGHAI, a_plan, at

WEEKLY = "FREQ=WEEKLY;COUNT=4"  # Mondays: 4, 11, 18 and 25 June 2029
HOUR = timedelta(hours=1)


def weekly(cast, *people, rule=WEEKLY, **more):
    plan = a_plan(at(4, 10), at(4, 11), *(people or (cast.supervisor, cast.steward)), rule=rule, kind="meeting", **more)
    return plan_event(plan, by=cast.supervisor)


def times():
    """All that is planned, in order: (day of June, hour, title)."""
    rows = CalendarEvent.objects.planned().order_by("during")
    local = [(row.starts_at.astimezone(SHANGHAI), row.title) for row in rows]
    return [(start.day if start.month == 6 else start.date(), start.hour, title) for start, title in local]


def on(day):
    return CalendarEvent.objects.planned().get(during__startswith__date=date(2029, 6, day))


# ── the rule ──


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", ["01-31", "02-02", "02-04"]),
        ("FREQ=MONTHLY;COUNT=3", ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYDAY=-1WE;COUNT=3", ["01-31", "02-28", "03-28"]),
        ("FREQ=WEEKLY;BYDAY=WE,FR;UNTIL=20290209", ["01-31", "02-02", "02-07", "02-09"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20290207T010000Z;WKST=MO", ["01-31", "02-07"]),
        ("FREQ=WEEKLY;UNTIL=20290207T005900Z", ["01-31"]),
    ],
)
def test_a_rule_says_when(text, days):
    first = datetime(2029, 1, 31, 9, tzinfo=SHANGHAI)
    found = starts_of(rule_in(text, start=first), first, SHANGHAI)
    assert [f"{start.astimezone(SHANGHAI):%m-%d}" for start in found] == days
    assert {start.astimezone(SHANGHAI).hour for start in found} == {9}


@given(
    interval=st.integers(1, 5),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    first=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    span=st.integers(0, 200),
)
def test_a_weekly_rule_is_what_a_calendar_on_the_wall_says(interval, weekdays, first, span):
    weekdays |= {first.weekday()}
    rule = Rule(
        Frequency.WEEKLY, interval, days=tuple(WEEKDAYS[day] for day in sorted(weekdays)), until=first + timedelta(span)
    )
    start = datetime(first.year, first.month, first.day, 23, 30, tzinfo=SHANGHAI)
    monday = first - timedelta(first.weekday())
    walked = [first + timedelta(each) for each in range(span + 1)]
    wanted = [day for day in walked if day.weekday() in weekdays and (day - monday).days // 7 % interval == 0]

    again = rule_in(str(rule), start=start)
    assert again == rule
    assert [each.astimezone(SHANGHAI).date() for each in starts_of(again, start, SHANGHAI)] == wanted


def test_the_hour_on_the_wall_stays_where_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2029, 3, 19, 9, tzinfo=berlin)
    found = starts_of(rule_in("FREQ=WEEKLY;COUNT=2", start=first), first, berlin)
    assert found == (datetime(2029, 3, 19, 8, tzinfo=UTC), datetime(2029, 3, 26, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;UNTIL=20991231",
        "FREQ=YEARLY;COUNT=4",
        "FREQ=DAILY;COUNT=367",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;COUNT=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=2",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=2",
        "FREQ=HOURLY;COUNT=2",
        "FREQ=WEEKLY;BYHOUR=3;COUNT=2",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;INTERVAL=;COUNT=2",
        "FREQ=WEEKLY;FREQ=DAILY;COUNT=2",
        "FREQ=WEEKLY;UNTIL=20290231",
        "FREQ=WEEKLY;UNTIL=99999999",
        "FREQ=MONTHLY;BYDAY=9MO;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2",
        "FREQ=MONTHLY;BYSETPOS=;BYMONTHDAY=" + "1," * 200 + ";COUNT=2",
        "x" * 400,
    ],
)
def test_what_never_comes_true_or_never_ends_is_refused_with_a_sentence(text, cast):
    with pytest.raises(UnusableRule) as told:
        starts_of(rule_in(text, start=at(4, 10)), at(4, 10), SHANGHAI)
    assert str(told.value)
    with pytest.raises(Refused):
        weekly(cast, rule=text)
    assert not EventSeries.objects.exists()


# ── every time is an event ──


@pytest.mark.requirement("R-243", "R-247")
def test_a_room_and_people_are_taken_each_time(cast):
    room = Resource.objects.create(name="二楼会议室")
    weekly(cast, resources=[room])
    other = a_plan(at(18, 10, 30), at(18, 11, 30), cast.quality, resources=[room])

    with pytest.raises(Refused, match="2029-06-18 10:00"):
        plan_event(other, by=cast.quality, despite_clashes=True)
    with pytest.raises(Clash) as clash:
        plan_event(a_plan(at(25, 10), at(25, 11), cast.steward), by=cast.steward)
    assert [each.title for each in clash.value.overlaps] == ["周例会"]
    assert ResourceBooking.objects.count() == 4


@pytest.mark.requirement("R-247", "R-248")
def test_of_something_that_repeats_the_clash_names_the_day_and_an_hour_that_is_free_each_time(cast):
    plan_event(a_plan(at(11, 10), at(11, 12), cast.steward, title="走访"), by=cast.steward)
    plan_event(a_plan(at(25, 13), at(25, 18), cast.supervisor, title="培训"), by=cast.supervisor)

    with pytest.raises(Clash) as clash:
        weekly(cast)
    assert "王管家 2029-06-11 10:00" in str(clash.value)
    free = clash.value.free_from
    assert free is not None
    moved = replace(a_plan(free, free + HOUR, cast.supervisor, cast.steward), rule=WEEKLY)
    plan_event(moved, by=cast.supervisor)
    assert not ScheduleConflict.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_series_that_want_a_room_at_once_one_gets_it_whole(cast):
    room = Resource.objects.create(name="二楼会议室")
    people = (cast.supervisor, cast.quality, cast.receptionist)
    plans = [a_plan(at(4, 10), at(4, 11), each, resources=[room], rule=WEEKLY) for each in people]

    done = race(*(lambda plan=plan, by=by: plan_event(plan, by=by) for plan, by in zip(plans, people, strict=True)))

    assert sorted(type(each).__name__ for each in done) == ["CalendarEvent", "Refused", "Refused"]
    assert (ResourceBooking.objects.count(), CalendarEvent.objects.count()) == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_one_series_changed_in_two_ways_at_once_loses_nothing(cast):
    weekly(cast)

    done = race(
        lambda: move_event(on(18), starts_at=at(18, 14), ends_at=at(18, 15), by=cast.supervisor),
        lambda: change_event(on(4), replace(plan_of(on(4)), location="一楼"), scope="all", by=cast.supervisor),
        lambda: answer_invitation(on(11), answer="accepted", scope="following", by=cast.steward),
    )

    assert not [each for each in done if isinstance(each, Exception)]
    assert times() == [(4, 10, "周例会"), (11, 10, "周例会"), (18, 14, "周例会"), (25, 10, "周例会")]
    assert set(CalendarEvent.objects.values_list("location", flat=True)) == {"一楼"}


# ── this, following, all ──


@pytest.mark.requirement("R-239")
def test_one_time_is_moved_or_cancelled_alone_and_people_are_told_once(cast):
    weekly(cast)
    assert Notification.objects.filter(user=cast.steward).count() == 1

    move_event(on(11), starts_at=at(12, 9), ends_at=at(12, 10), by=cast.supervisor)
    cancel_event(on(18), by=cast.supervisor)

    assert times() == [(4, 10, "周例会"), (12, 9, "周例会"), (25, 10, "周例会")]
    with pytest.raises(Refused):
        change_event(on(4), replace(plan_of(on(4)), rule="FREQ=DAILY;COUNT=3"), by=cast.supervisor)


@pytest.mark.requirement("R-239")
def test_from_a_time_on_it_goes_another_way_and_what_was_before_stays(cast):
    room = Resource.objects.create(name="二楼会议室")
    weekly(cast, resources=[room])
    people = [cast.supervisor.staff, cast.quality.staff]
    plan = replace(plan_of(on(18)), title="质量会", starts_at=at(19, 15), ends_at=at(19, 16), people=people)

    change_event(on(18), plan, scope="following", by=cast.supervisor)

    assert times() == [(4, 10, "周例会"), (11, 10, "周例会"), (19, 15, "质量会"), (26, 15, "质量会")]
    assert sorted(ResourceBooking.objects.values_list("during__startswith", flat=True)) == [
        at(4, 10), at(11, 10), at(19, 15), at(26, 15),
    ]  # fmt: skip
    assert {row.staff for row in on(26).attendees.all()} == {cast.supervisor.staff, cast.quality.staff}
    assert {row.staff for row in on(11).attendees.all()} == {cast.supervisor.staff, cast.steward.staff}
    old, new = EventSeries.objects.order_by("pk")
    assert [start.astimezone(SHANGHAI).day for start in old.starts()] == [4, 11]
    assert [start.astimezone(SHANGHAI).day for start in new.starts()] == [19, 26]
    assert old.uid != new.uid


@pytest.mark.requirement("R-239")
def test_all_move_and_what_was_changed_alone_keeps_its_own_time(cast):
    weekly(cast)
    move_event(on(11), starts_at=at(13, 9), ends_at=at(13, 10), by=cast.supervisor)
    cancel_event(on(18), by=cast.supervisor)

    move_event(on(4), starts_at=at(5, 14), ends_at=at(5, 16), scope="all", by=cast.supervisor)

    assert times() == [(5, 14, "周例会"), (13, 9, "周例会"), (26, 14, "周例会")]
    assert [row.length for row in (on(5), on(13), on(26))] == [2 * HOUR, HOUR, 2 * HOUR]
    series = EventSeries.objects.get()
    assert [start.astimezone(SHANGHAI).day for start in series.starts()] == [5, 12, 19, 26]
    assert series.sequence == 1
    assert on(13).original_start == at(12, 14)


@pytest.mark.requirement("R-239")
def test_a_week_later_each_comes_to_where_the_next_one_was_with_its_room(cast):
    room = Resource.objects.create(name="二楼会议室")
    weekly(cast, resources=[room])

    move_event(on(4), starts_at=at(11, 10), ends_at=at(11, 11), scope="all", by=cast.supervisor)

    assert [day for day, _hour, _title in times()] == [11, 18, 25, date(2029, 7, 2)]
    assert ResourceBooking.objects.count() == 4


@pytest.mark.requirement("R-239")
def test_the_rule_itself_changes_more_often_longer_or_not_at_all_any_more(cast):
    weekly(cast)
    twice = replace(plan_of(on(11)), rule="FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20290702")
    change_event(on(11), twice, scope="following", by=cast.supervisor)
    assert [day for day, _hour, _title in times()] == [4, 11, 14, 18, 21, 25, 28, date(2029, 7, 2)]

    change_event(on(14), replace(plan_of(on(14)), rule=""), scope="following", by=cast.supervisor)
    assert [day for day, _hour, _title in times()] == [4, 11, 14]
    assert on(14).series is None

    again = replace(plan_of(on(14)), rule="FREQ=DAILY;COUNT=3")
    change_event(on(14), again, by=cast.supervisor)
    assert [day for day, _hour, _title in times()] == [4, 11, 14, 15, 16]


@pytest.mark.requirement("R-250")
def test_from_a_time_on_it_no_longer_takes_place_and_answers_hold_for_all(cast):
    weekly(cast)
    answer_invitation(on(4), answer="declined", scope="all", by=cast.steward)
    answer_invitation(on(11), answer="accepted", by=cast.steward)
    answers = [row.attendees.get(staff=cast.steward.staff).answer for row in CalendarEvent.objects.order_by("during")]
    assert answers == ["declined", "accepted", "declined", "declined"]
    assert Notification.objects.filter(user=cast.supervisor, event__verb="calendar_event.answered").count() == 2

    cancel_event(on(18), scope="following", by=cast.supervisor)
    assert [day for day, _hour, _title in times()] == [4, 11]
    assert len(EventSeries.objects.get().starts()) == 2


def test_what_is_over_stays_as_it_was(cast):
    start = (datetime.now(SHANGHAI) - timedelta(days=15)).replace(hour=10, minute=0, second=0, microsecond=0)
    plan = replace(a_plan(start, start + HOUR, cast.supervisor), rule="FREQ=WEEKLY;COUNT=4")
    first = plan_event(plan, by=cast.supervisor)

    change_event(first, replace(plan_of(first), title="新例会"), scope="all", by=cast.supervisor)

    rows = CalendarEvent.objects.order_by("during")
    assert [row.title for row in rows] == ["周例会", "周例会", "周例会", "新例会"]
    first.refresh_from_db()
    with pytest.raises(Refused):
        plan_event(replace(plan, people=[cast.supervisor.staff] * 100, rule="FREQ=DAILY;COUNT=300"), by=cast.supervisor)


# ── in files ──


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


# ── on the page ──


def a_form(*people, **more):
    form = {"title": "周例会", "kind": "meeting", "starts_at": "2029-06-04T10:00", "ends_at": "2029-06-04T11:00"}
    return {**form, "people": [each.staff.pk for each in people], **more}


@pytest.mark.requirement("R-239")
def test_the_form_says_how_it_repeats_and_which_times_a_change_means(cast, client_of):
    browser, new = client_of(cast.supervisor), reverse("schedule:calendar-event-create")
    sent = a_form(cast.supervisor, repeats="weekly", interval=2, weekdays=[0, 2], ends_on="2029-06-30")
    assert browser.post(new, {**sent, "ends_on": ""}).status_code == 422
    assert browser.post(new, {**sent, "ends_on": "2039-06-30"}).status_code == 422
    assert browser.post(new, {**sent, "ends_on": "2029-02-31"}).status_code == 422
    assert browser.post(new, sent).status_code == 302
    assert [day for day, _hour, _title in times()] == [4, 6, 18, 20]

    page = browser.get(reverse("schedule:calendar-event-show", args=[on(6).pk])).content.decode()
    assert "每 2 周" in page
    edit = reverse("schedule:calendar-event-edit", args=[on(18).pk])
    shown = browser.get(edit).context["form"]
    assert [shown[name].value() for name in ("repeats", "interval", "weekdays", "scope")] == [
        "weekly",
        2,
        [0, 2],
        "this",
    ]
    later = {**sent, "starts_at": "2029-06-18T15:00", "ends_at": "2029-06-18T16:00", "version": 1}
    refused = browser.post(edit, {**later, "interval": 1})
    assert refused.status_code == 422
    assert "scope" in refused.context["form"].errors
    assert browser.post(edit, {**later, "scope": "following"}).status_code == 302
    assert times() == [(4, 10, "周例会"), (6, 10, "周例会"), (18, 15, "周例会"), (20, 15, "周例会")]

    cancel = reverse("schedule:calendar-event-cancel", args=[on(18).pk])
    assert browser.post(cancel, {"scope": "all", "version": 2}).status_code == 302
    assert [day for day, _hour, _title in times()] == [4, 6]


@pytest.mark.parametrize(
    ("repeats", "days"),
    [("workdays", [4, 5, 6, 7, 8, 11]), ("nth_weekday", [4]), ("monthly", [4]), ("daily", list(range(4, 13)))],
)
def test_what_people_choose_is_kept_as_a_rule_and_read_back(cast, client_of, repeats, days):
    browser = client_of(cast.supervisor)
    sent = a_form(cast.supervisor, repeats=repeats, ends_on="2029-06-12" if len(days) > 1 else "2029-06-30")
    assert browser.post(reverse("schedule:calendar-event-create"), sent).status_code == 302
    assert [day for day, _hour, _title in times()][: len(days)] == days
    form = browser.get(reverse("schedule:calendar-event-edit", args=[on(4).pk])).context["form"]
    assert form["repeats"].value() == repeats


@pytest.mark.requirement("R-239")
def test_the_api_plans_changes_and_ends_what_repeats(cast, client_of):
    browser = client_of(cast.supervisor)
    body = {"title": "周例会", "starts_at": "2029-06-04T10:00:00+08:00", "ends_at": "2029-06-04T11:00:00+08:00"}
    body |= {"staff_ids": [cast.supervisor.staff.pk], "rule": WEEKLY}
    made = browser.post("/api/v1/calendar-events", body, content_type="application/json")
    assert (made.status_code, made.json()["rule"]) == (201, "FREQ=WEEKLY;UNTIL=20290625")

    def patch(event, **changes):
        url = f"/api/v1/calendar-events/{event.pk}"
        return browser.patch(url, {"version": event.version, **changes}, content_type="application/json")

    assert patch(on(11), title="碰头", scope="following").status_code == 200
    assert patch(on(4), rule="FREQ=WEEKLY", scope="all").status_code == 409
    assert [title for _day, _hour, title in times()] == ["周例会", "碰头", "碰头", "碰头"]
