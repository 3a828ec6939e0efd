"""A company expects many guests: one list, a pass for each, all or none (R-153)."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from gongying.common.clock import clock_at
from gongying.custody.guest_lists import read_guests
from gongying.custody.models import GuestPass
from gongying.custody.operations.guests import MOST_AT_ONCE, ExpectedGuest, announce_guests
from gongying.events.models import EventSubject
from gongying.events.presentation import reading_of
from gongying.imports.reading import pasted_sheet
from gongying.imports.spreadsheets import write_xlsx

ADDRESS = reverse("custody:guest-list-create")


@pytest.fixture
def company(cast):
    today = timezone.localdate()
    return {
        "project": cast.sunshine.pk,
        "unit_code": cast.unit.code,
        "purpose": "business",
        "confirmed_by": "前台小陈",
        "confirmation": "message",
        "day": f"{today}",
    }


def workbook(labels, rows):
    file = io.BytesIO()
    write_xlsx(file, labels=labels, rows=rows, title="访客")
    return SimpleUploadedFile("访客.xlsx", file.getvalue())


@pytest.mark.requirement("R-153")
def test_a_pasted_list_is_a_pass_for_each(cast, client_of, company):
    morrow = timezone.localdate() + timedelta(days=1)
    lines = ["张三\t粤B·12345", f"李雷，，{morrow}", f"John Smith\t\t{morrow.month}月{morrow.day}日"]
    sent = client_of(cast.receptionist).post(ADDRESS, {**company, "pasted": "\n".join(lines)})
    assert sent.status_code == 302
    guests = list(GuestPass.objects.order_by("pk"))
    assert [(guest.name, guest.plate, guest.confirmed_by) for guest in guests] == [
        ("张三", "粤B12345", "前台小陈"),
        ("李雷", "", "前台小陈"),
        ("John Smith", "", "前台小陈"),
    ]
    days = [timezone.localtime(guest.valid_until).date() - timezone.localdate() for guest in guests]
    assert days == [timedelta(), timedelta(days=1), timedelta(days=1)]
    assert len({guest.code for guest in guests}) == 3
    listed = client_of(cast.receptionist).get(sent.url).content.decode()
    assert all(guest.code in listed for guest in guests)


def test_a_day_without_a_year_is_the_next_one_of_that_name(db):
    """Late in a leap year the next 29 February is none; it is said in our words."""
    with clock_at(datetime(2028, 12, 20, 4, tzinfo=UTC)), translation.override("en"):
        found = read_guests([pasted_sheet("张三\t\t1-2\n李雷\t\t2-29")], day=date(2028, 12, 21))
    assert [timezone.localdate(guest.expected_at) for guest in found.guests] == [date(2029, 1, 2)]
    assert found.mistakes == ["Row 2, day: There is no such day or time: “2029-2-29”."]


@pytest.mark.requirement("R-153")
def test_a_workbook_is_read_by_its_headers_and_wrong_cells_are_named(cast, client_of, company):
    desk, today = client_of(cast.receptionist), timezone.localdate()
    rows = [
        ["粤B12345", "张三", today],
        ["不是车牌号码", "李雷", ""],
        ["", "", today],
        ["", "韩梅梅", today - timedelta(days=1)],
        ["", "韩梅梅", "昨天"],
        ["粤B12345", "张三", ""],
    ]
    labels = ["车牌号", "访客姓名", "来访日期"]
    answer = desk.post(ADDRESS, {**company, "file": workbook(labels, rows)})
    assert answer.status_code == 422
    mistakes = answer.context["form"].errors["file"]
    assert [mistake.split("”")[0] for mistake in mistakes] == [
        "第 3 行“车牌",
        "第 4 行“来访人姓名",
        "第 5 行“日期",
        "第 6 行“日期",
        "第 7 行“来访人姓名",
    ]
    assert not GuestPass.objects.exists()  # nothing half-written
    assert desk.post(ADDRESS, {**company, "file": workbook(labels, rows[:1])}).status_code == 302
    assert GuestPass.objects.get().plate == "粤B12345"


def test_what_is_no_list_is_refused(cast, client_of, company):
    desk = client_of(cast.receptionist)
    too_many = "\n".join(f"访客{number}" for number in range(MOST_AT_ONCE + 1))
    broken = SimpleUploadedFile("访客.xlsx", b"PK\x03\x04 broken")
    for wrong in ({}, {"pasted": "张三", "file": broken}, {"file": broken}, {"pasted": too_many}, {"pasted": " \n\t"}):
        assert desk.post(ADDRESS, {**company, **wrong}).status_code == 422
    assert not GuestPass.objects.exists()


def test_a_workbook_that_has_only_its_headers_has_no_guest(cast, client_of, company):
    empty = workbook(["姓名", "车牌", "日期"], [])
    answer = client_of(cast.receptionist).post(ADDRESS, {**company, "file": empty})
    assert answer.context["form"].errors["file"] == ["名单里没有访客。"]


@pytest.mark.requirement("R-153")
def test_machines_announce_many_or_none(cast, client_of):
    desk = client_of(cast.receptionist)
    over = (timezone.now() - timedelta(days=2)).isoformat()

    def send(*guests):
        body = {"unit_id": cast.unit.pk, "guests": guests}
        return desk.post("/api/v1/guest-passes/list", body, content_type="application/json")

    wrong = send({"name": "张三"}, {"name": "李雷", "plate": "?"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "guests.1.plate")
    assert send({"name": "张三"}, {"name": "李雷", "expected_at": over}).status_code == 409
    assert not GuestPass.objects.exists()
    made = send({"name": "张三"}, {"name": "李雷", "plate": "粤B12345"})
    assert (made.status_code, [guest["state"] for guest in made.json()]) == (201, ["unconfirmed"] * 2)


def test_a_list_is_one_entry_on_the_timeline_of_the_unit(cast):
    def told(thing):
        return [row.event for row in EventSubject.objects.of(thing).select_related("event")]

    guests = [ExpectedGuest(name) for name in ("张三", "李四", "王五", "赵六")]
    entered = announce_guests(cast.unit, guests, by=cast.receptionist)
    (entry,) = told(cast.unit)
    assert entry.verb == "guest.list_announced"
    assert str(reading_of(entry.verb).text(entry.details)) == "张三 李四 王五等 4 位"
    assert [event.verb for event in told(entered[3])] == ["guest.announced"]

    announce_guests(cast.unit, [ExpectedGuest("孙七")], by=cast.receptionist)
    assert {event.verb for event in told(cast.unit)} == {"guest.list_announced", "guest.announced"}
