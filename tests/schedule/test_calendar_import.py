"""The holidays of a coming year from Excel and from a calendar file, by the import that everything else goes through."""

import io
from datetime import date

import pytest

from gongying.events.models import Event
from gongying.imports.calendar_files import read_events
from gongying.imports.complaints import Unreadable
from gongying.imports.enums import FindingKind, ImportState
from gongying.schedule.calendars import calendar_of, missing_year
from gongying.schedule.models import CalendarDay, CalendarYear
from tests.imports.pipeline import applied, checked, errors_of, findings, reverted

ICS = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270206
DTEND;VALUE=DATE:20270213
SUMMARY:春节\\, 放
 假
END:VEVENT
BEGIN:VEVENT
DTSTART:20270219T160000Z
DTEND:20270220T160000Z
SUMMARY:春节（补班）
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def check(cast, rows, **more):
    return checked("schedule.calendar", cast.sunshine, cast.administrator, rows, **more)


TABLE = [
    ["2027年放假安排"],
    ["节日", "开始日期", "结束日期", "类型"],
    ["元旦", date(2027, 1, 1), date(2027, 1, 3), "休"],
    ["元旦", "2027/1/9", "", "班"],
]


@pytest.mark.requirement("E-035")
def test_a_year_comes_from_excel_and_can_be_taken_back(cast):
    run = check(cast, TABLE)
    assert errors_of(run) == []
    assert not CalendarDay.objects.filter(date__year=2027).exists()

    applied(run)

    days = CalendarDay.objects.filter(date__year=2027).values_list("date", "kind", "name")
    assert list(days) == [
        (date(2027, 1, 1), "holiday", "元旦"),
        (date(2027, 1, 2), "holiday", "元旦"),
        (date(2027, 1, 3), "holiday", "元旦"),
        (date(2027, 1, 9), "make_up", "元旦"),
    ]
    assert missing_year(on=date(2026, 12, 1)) is None
    assert calendar_of().is_working_day(date(2027, 1, 9))
    assert Event.objects.get(verb="calendar.imported").details["years"] == [2027]

    assert reverted(run).state == ImportState.REVERTED
    assert not CalendarDay.objects.filter(date__year=2027).exists()
    assert missing_year(on=date(2026, 12, 1)) == 2027


@pytest.mark.requirement("E-035")
def test_a_year_comes_from_a_calendar_file(cast):
    run = check(cast, io.BytesIO(ICS.replace("\n", "\r\n").encode()), name="节假日.ics")
    assert errors_of(run) == []

    applied(run)

    days = list(CalendarDay.objects.filter(date__year=2027).values_list("date", "kind", "name"))
    assert days[0] == (date(2027, 2, 6), "holiday", "春节, 放假")
    assert [day.day for day, _kind, _name in days] == [6, 7, 8, 9, 10, 11, 12, 20]
    assert days[-1] == (date(2027, 2, 20), "make_up", "春节(补班)")


def test_what_changes_and_what_is_known_already_is_told_before(cast):
    run = check(
        cast,
        [
            ["日期", "类型", "名称", "依据"],
            ["2026-10-10", "休", "国庆节", "公司通知"],
            ["2026-11-27", "休", "司庆", ""],
        ],
        years="open",
    )

    assert len(findings(run, FindingKind.CHANGED)) == len(findings(run, FindingKind.CREATED)) == 1
    applied(run)
    assert CalendarDay.objects.get(date="2026-10-10").kind == "holiday"
    assert not calendar_of().is_working_day(date(2026, 11, 27))
    reverted(run)
    assert CalendarDay.objects.get(date="2026-10-10").kind == "make_up"
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["元旦", "2027-02-30", "", "休"], "开始日期"),
        (["元旦", "", "", "休"], "开始日期"),
        (["元旦", "1950-01-01", "", "休"], "开始日期"),
        (["元旦", "2027-01-03", "2027-01-01", "休"], "结束日期"),
        (["元旦", "2027-01-03", "2028-01-01", "休"], "结束日期"),
        (["元旦", "2027-01-03", "", "不知道"], "类型"),
        (["元" * 61, "2027-01-03", "", "休"], "节日"),
        (["元旦", "2027-01-02", "", "班"], "开始日期"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_its_column_and_nothing_is_written(cast, row, column):
    run = check(cast, [*TABLE, row])

    assert [(number, told) for number, told, _sentence in errors_of(run)] == [(5, column)]
    assert not CalendarDay.objects.filter(date__year=2027).exists()


def test_a_free_day_that_repeats_by_a_rule_is_named(cast):
    text = ICS.replace("SUMMARY", "RRULE:FREQ=YEARLY\nSUMMARY", 1)
    run = check(cast, io.BytesIO(text.encode()), name="holidays.ics")
    assert len(errors_of(run)) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("日期,类型", "no calendar|not a calendar"),
        (ICS.replace("SUMMARY:", "SUMMARY:" + "x" * 2_000_000, 1), "too long"),
        (ICS.replace("20270206", "20270230"), "no day"),
        (ICS.replace("20270206", "soon"), "no day"),
        (ICS[: ICS.rindex("END:VEVENT")], "cut off"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no event"),
    ],
)
def test_a_calendar_file_that_cannot_be_read_says_why(text, sentence):
    from django.utils import translation

    with translation.override("en"), pytest.raises(Unreadable, match=sentence):
        read_events(text)
