"""One's own events from another calendar: previewed, written whole or not at all, and taken back (R-239)."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gongying.common.errors import Refused
from gongying.imports.complaints import Unreadable
from gongying.imports.enums import FindingKind
from gongying.imports.models import ImportRun
from gongying.schedule.models import CalendarEvent, EventSeries
from gongying.schedule.operations import answer_invitation
from tests.imports.pipeline import applied, checked, errors_of, findings, reverted
from tests.schedule.test_series import times

SERIES = """BEGIN:VEVENT
UID:weekly@elsewhere
SUMMARY:部门例会
DTSTART;TZID=Asia/Shanghai:20290604T100000
DTEND;TZID=Asia/Shanghai:20290604T110000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Asia/Shanghai:20290618T100000
ATTENDEE;CN=王管家:mailto:WANG@example.com
ATTENDEE:mailto:stranger@example.com
END:VEVENT
BEGIN:VEVENT
UID:weekly@elsewhere
RECURRENCE-ID;TZID=Asia/Shanghai:20290611T100000
SUMMARY:部门例会（改期）
DTSTART;TZID=Asia/Shanghai:20290612T090000
DTEND;TZID=Asia/Shanghai:20290612T100000
END:VEVENT
"""
ABROAD = """BEGIN:VEVENT
UID:call@elsewhere
SUMMARY:与纽约
 总部通话
CLASS:PRIVATE
DTSTART;TZID=America/New_York:20290605T200000
DURATION:PT30M
END:VEVENT
"""


@pytest.fixture(autouse=True)
def _media(settings, tmp_path, cast):
    settings.MEDIA_ROOT = tmp_path
    cast.steward.email = "wang@example.com"
    cast.steward.save()


def check(cast, *events):
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *"".join(events).splitlines(), "END:VCALENDAR", ""])
    return checked("schedule.events", cast.sunshine, cast.manager, io.BytesIO(text.encode()), name="mine.ics")


@pytest.mark.requirement("R-239")
def test_a_series_with_gap_and_exception_and_an_event_from_abroad_come_in_and_go_again(cast):
    run = check(cast, SERIES, ABROAD)
    assert errors_of(run) == []
    assert not CalendarEvent.objects.exists()

    applied(run)

    assert times() == [(4, 10, "部门例会"), (6, 8, "与纽约总部通话"), (12, 9, "部门例会（改期）"), (25, 10, "部门例会")]
    assert EventSeries.objects.get().uid == "weekly@elsewhere"
    first = CalendarEvent.objects.planned().earliest("during")
    assert {row.staff.user for row in first.attendees.all()} == {cast.manager, cast.steward}
    assert CalendarEvent.objects.get(uid="call@elsewhere").is_private

    again = check(cast, SERIES, ABROAD)
    assert len(findings(again, FindingKind.SKIPPED)) == 2
    reverted(run)
    assert not CalendarEvent.objects.planned().exists()
    assert errors_of(check(cast, SERIES)) == []


def test_what_somebody_has_answered_to_is_not_taken_back(cast):
    run = check(cast, SERIES)
    applied(run)
    answer_invitation(CalendarEvent.objects.planned().earliest("during"), answer="accepted", by=cast.steward)

    with pytest.raises(Refused, match="部门例会"):
        reverted(run)
    assert len(times()) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        ABROAD.replace("DURATION:PT30M", "DTEND;TZID=America/New_York:20290605T190000"),
        ABROAD.replace("America/New_York", "Mars/Olympus"),
        ABROAD.replace("DURATION:PT30M", "RRULE:FREQ=WEEKLY;COUNT=3"),
        ABROAD.replace("DURATION:PT30M", "DURATION:soon"),
        ABROAD.replace("SUMMARY:与纽约", "SUMMARY:" + "长" * 300),
        ABROAD.replace("CLASS:PRIVATE", "\n".join(f"ATTENDEE:mailto:a{n}@example.com" for n in range(500))),
        SERIES.replace("COUNT=4", "INTERVAL=1"),
        SERIES.replace("FREQ=WEEKLY;COUNT=4", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;COUNT=3"),
        SERIES.replace("FREQ=WEEKLY", "FREQ=SECONDLY"),
    ],
)
def test_what_cannot_be_kept_is_named_by_event_and_nothing_is_written(cast, wrong):
    good = ABROAD.replace("call@elsewhere", "good@elsewhere")
    run = check(cast, good, wrong)

    assert [row for row, _column, _sentence in errors_of(run)] == [3]
    assert all(sentence for _row, _column, sentence in errors_of(run))
    assert not CalendarEvent.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no calendar",
        "开会：周一上午".encode(),
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:half@else",
        b"\xff\xfe\x00" * 40,
    ],
)
def test_a_file_that_is_no_calendar_is_refused_in_words(cast, content):
    with pytest.raises(Unreadable) as refusal:
        checked("schedule.events", cast.sunshine, cast.manager, io.BytesIO(content), name="mine.ics")

    assert any("\u4e00" <= character <= "\u9fff" for character in str(refusal.value))
    assert not CalendarEvent.objects.exists()


def test_nobody_is_asked_what_the_columns_of_a_calendar_mean(cast, client_of):
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{ABROAD}END:VCALENDAR\n"
    file = SimpleUploadedFile("mine.ics", text.encode(), content_type="text/calendar")
    data = {"kind": "schedule.events", "project": cast.sunshine.pk, "file": file}
    sent = client_of(cast.manager).post(reverse("imports:import-create"), data)

    run = ImportRun.objects.get()
    assert sent.url == run.get_absolute_url()
    assert run.state == "checking"
    assert "event" in run.mapping.values()
