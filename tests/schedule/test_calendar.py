"""The State Council's days, the hours of projects, and the calendar that is made of both."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from gongying.common.editions import one_request
from gongying.common.errors import Refused, Stale
from gongying.events.models import Event
from gongying.schedule.calendars import calendar_of, missing_year
from gongying.schedule.installation import install_calendar, install_hours
from gongying.schedule.models import CalendarDay, CalendarYear, WorkingHours, WorkingWeek
from gongying.schedule.operations import (
    clear_day,
    complete_year,
    end_working_week,
    name_day,
    note_gap,
    reopen_year,
    set_working_week,
)
from gongying.schedule.working_time import Pace, advance, elapsed, nth_working_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOP = ((480, 1200),)
EVERY_DAY = (SHOP,) * 7


def at(month, day, hour, *, year=2026):
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


@pytest.mark.requirement("E-035", "R-206")
@pytest.mark.django_db
def test_a_fresh_installation_reckons_with_the_state_councils_days():
    calendar = calendar_of()

    assert nth_working_day(calendar, at(9, 30, 16), 3) == at(10, 10, 16)
    assert nth_working_day(calendar, at(9, 18, 11), 1) == at(9, 20, 11)
    assert nth_working_day(calendar, at(9, 24, 9), 5) == at(10, 9, 9)
    assert CalendarDay.objects.get(date="2026-10-10").name == "国庆节"
    assert calendar.known_until == date(2026, 12, 31)
    assert elapsed(calendar, Pace.BUSINESS, at(11, 4, 0), at(11, 5, 0)) == timedelta(hours=8)


@pytest.mark.django_db
def test_a_second_migration_changes_nothing_and_leaves_edited_days_alone(django_apps):
    CalendarDay.objects.filter(date="2026-10-10").update(name="公司日")
    before = list(CalendarDay.objects.values_list("pk", "name"))

    install_calendar(django_apps)
    install_hours(django_apps)

    assert list(CalendarDay.objects.values_list("pk", "name")) == before
    assert WorkingWeek.objects.count() == 1


@pytest.fixture
def django_apps():
    from django.apps import apps

    return apps


def test_a_day_is_named_renamed_and_cleared_and_the_calendar_follows_at_once(cast):
    by, day = cast.administrator, date(2027, 1, 1)
    assert calendar_of().is_working_day(day)

    named = name_day(day, kind="holiday", name="元旦", by=by)
    assert not calendar_of().is_working_day(day)

    renamed = name_day(day, kind="make_up", name="加班", by=by, seen=named.version)
    assert (renamed.pk, renamed.version) == (named.pk, 2)
    assert calendar_of().is_working_day(day)
    with pytest.raises(Stale):
        name_day(day, kind="holiday", by=by, seen=1)

    clear_day(renamed, by=by, seen=2)
    assert not CalendarDay.objects.filter(date=day).exists()
    with pytest.raises(Refused):
        clear_day(renamed, by=by)
    verbs = ["calendar.day_named", "calendar.day_named", "calendar.day_cleared"]
    assert list(Event.objects.filter(actor=by).order_by("pk").values_list("verb", flat=True)) == verbs


@pytest.mark.requirement("E-035")
def test_from_december_on_the_next_year_is_missed_until_somebody_completes_it(cast):
    by = cast.administrator
    assert missing_year(on=date(2026, 11, 30)) is None
    assert missing_year(on=date(2026, 12, 1)) == 2027
    with pytest.raises(Refused, match="2027"):
        complete_year(2027, by=by)

    name_day(date(2027, 1, 1), kind="holiday", name="元旦", by=by)
    year = complete_year(2027, by=by, source="国务院办公厅通知")
    assert missing_year(on=date(2026, 12, 1)) is None
    assert calendar_of().known_until == date(2027, 12, 31)
    with pytest.raises(Refused):
        complete_year(2027, by=by)

    reopen_year(year, by=by)
    assert missing_year(on=date(2026, 12, 1)) == 2027


def test_a_time_computed_into_a_missing_year_raises_the_alarm_early(cast):
    due = nth_working_day(calendar_of(), at(11, 23, 9), 30)
    assert not calendar_of().knows(due.astimezone(SHANGHAI).date())

    note_gap(2027)
    note_gap(2027)

    assert missing_year(on=date(2026, 11, 23)) == 2027
    assert missing_year(on=date(2028, 1, 5)) == 2028


def test_years_behind_a_gap_are_not_known(cast):
    CalendarYear.objects.create(year=2028)

    assert calendar_of().known_until == date(2026, 12, 31)


def test_a_project_has_its_own_hours_from_a_day_on_and_others_the_companys(cast):
    by, day = cast.manager, date(2026, 11, 23)
    set_working_week(cast.sunshine, shifts=EVERY_DAY, starts_on=day, by=by)

    assert calendar_of(cast.sunshine, on=day).shifts == EVERY_DAY
    assert calendar_of(cast.sunshine, on=day - timedelta(days=1)).shifts == calendar_of(None, on=day).shifts
    assert calendar_of(cast.park, on=day) is calendar_of(None, on=day)
    assert advance(calendar_of(cast.sunshine, on=day), Pace.BUSINESS, at(11, 28, 19), timedelta(hours=2)) == at(
        11, 29, 9
    )


def test_new_hours_end_the_old_ones_and_replace_those_of_later_days(cast):
    by, day = cast.manager, date(2026, 11, 23)
    first = set_working_week(cast.sunshine, shifts=EVERY_DAY, starts_on=day, by=by)
    set_working_week(cast.sunshine, shifts=EVERY_DAY, starts_on=day + timedelta(days=20), by=by, seen=first.version)
    first.refresh_from_db()
    with pytest.raises(Stale):
        set_working_week(cast.sunshine, shifts=EVERY_DAY, starts_on=day + timedelta(days=10), by=by, seen=1)

    week = set_working_week(
        cast.sunshine, shifts=(SHOP,) + ((),) * 6, starts_on=day + timedelta(days=10), by=by, seen=first.version
    )

    rows = WorkingWeek.objects.filter(project=cast.sunshine).order_by("during")
    assert [(row.pk, row.starts_on, row.ends_on) for row in rows] == [
        (first.pk, day, day + timedelta(days=10)),
        (week.pk, day + timedelta(days=10), None),
    ]
    end_working_week(week, on=day + timedelta(days=30), by=by)
    assert calendar_of(cast.sunshine, on=day + timedelta(days=31)).shifts == calendar_of().shifts


def test_the_companys_hours_cannot_end_and_empty_weeks_are_refused(cast):
    with pytest.raises(Refused):
        end_working_week(WorkingWeek.objects.get(project=None), on=date(2026, 12, 1), by=cast.administrator)
    with pytest.raises(Refused):
        set_working_week(None, shifts=((),) * 7, starts_on=date(2026, 12, 1), by=cast.administrator)


@pytest.mark.parametrize(("starts", "ends"), [(540, 540), (600, 540), (0, 1441), (700, 720), (500, 520)])
def test_the_database_refuses_impossible_and_overlapping_hours(cast, starts, ends):
    week = WorkingWeek.objects.get(project=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        WorkingHours.objects.create(week=week, weekday=0, starts=starts, ends=ends)


def test_the_calendar_of_a_request_is_not_read_again(cast, django_assert_num_queries):
    calendar_of(cast.sunshine)
    with one_request(), django_assert_num_queries(1):  # the edition
        calendar_of(cast.sunshine)
        calendar_of(cast.sunshine)
