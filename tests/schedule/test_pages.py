"""The pages of the calendar, of the hours and of the roster."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from gongying.organization.operations import enter_leave
from gongying.schedule import calendars
from gongying.schedule.models import CalendarDay, CalendarYear, DutyPost, DutyShift, WorkingWeek
from gongying.schedule.operations import create_duty_post, put_on_duty

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = {"monday": "8:30-12:00，13:30—18:00", "tuesday": "08:30-24:00", "starts_on": "2026-11-30"}


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def set_today(monkeypatch, day):
    """The days of given moments stay as they are."""
    real = calendars.timezone.localdate
    monkeypatch.setattr(calendars.timezone, "localdate", lambda *given: real(*given) if given else day)


@pytest.fixture
def in_december(monkeypatch):
    set_today(monkeypatch, date(2026, 12, 1))


@pytest.mark.requirement("E-035")
def test_a_red_banner_asks_for_the_missing_year_on_every_page_of_who_can_see_to_it(cast, client_of, in_december):
    sentence = "缺少 2027 年节假日安排"
    for page in ("/", reverse("schedule:hours-index")):
        assert sentence in text_of(client_of(cast.manager).get(page))
        assert sentence in text_of(client_of(cast.administrator).get(page))
    assert sentence not in text_of(client_of(cast.receptionist).get("/"))

    browser = client_of(cast.administrator)
    browser.post(reverse("schedule:day-show", args=[2027, 1, 1]), {"kind": "holiday", "name": "元旦"})
    browser.post(reverse("schedule:year-complete", args=[2027]), {"source": "国务院办公厅"})
    assert sentence not in text_of(browser.get("/"))
    assert CalendarYear.objects.get(year=2027).known_by == cast.administrator


def test_without_december_there_is_no_banner(cast, client_of, monkeypatch):
    set_today(monkeypatch, date(2026, 11, 30))

    assert "缺少" not in text_of(client_of(cast.administrator).get("/"))


def test_the_year_shows_its_days_and_a_click_changes_one(cast, client_of):
    browser = client_of(cast.administrator)
    page = text_of(browser.get(reverse("schedule:year-show", args=[2026])))
    assert "2026-10-10" in page
    assert "国庆节" in page

    url = reverse("schedule:day-show", args=[2026, 11, 27])
    assert browser.post(url, {"kind": "holiday", "name": "司庆"}).status_code == 302
    day = CalendarDay.objects.get(date="2026-11-27")
    assert (day.kind, day.name) == ("holiday", "司庆")

    stale = browser.post(url, {"kind": "make_up", "name": "司庆", "version": 7})
    assert stale.status_code == 409
    assert browser.post(url, {"kind": "", "version": 1}).status_code == 302
    assert not CalendarDay.objects.filter(date="2026-11-27").exists()
    assert browser.post(url, {"kind": "nonsense"}).status_code == 422
    assert browser.get("/calendar/2026/2/30/").status_code == 404
    assert browser.get("/calendar/99999999999999999999/1/1/").status_code == 404
    assert browser.get("/calendar/1066/").status_code == 404


def test_hours_are_typed_as_people_write_them_and_hold_for_the_project(cast, client_of):
    browser = client_of(cast.manager)

    assert browser.post(reverse("schedule:hours-set", args=[cast.sunshine.pk]), WEEK).status_code == 302

    week = WorkingWeek.objects.get(project=cast.sunshine)
    assert week.shifts == (((510, 720), (810, 1080)), ((510, 1440),), (), (), (), (), ())
    page = text_of(browser.get(reverse("schedule:hours-index")))
    assert "周一 08:30–12:00, 13:30–18:00; 周二 08:30–24:00" in page


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ("08:30-12:00, 11:00-18:00", "重叠"),
        ("09:00-09:00", "没有时长"),
        ("18:00-08:00", "早于开始"),
        ("8点到12点", "请写成"),
        ("08:30-12:60", "不是时间"),
        ("08:30-24:01", "不是时间"),
    ],
)
def test_impossible_hours_are_refused_at_their_day(cast, client_of, hours, sentence):
    response = client_of(cast.manager).post(
        reverse("schedule:hours-set", args=[cast.sunshine.pk]), {**WEEK, "wednesday": hours}
    )

    assert response.status_code == 422
    assert sentence in str(response.context["form"].errors["wednesday"])
    assert not WorkingWeek.objects.filter(project=cast.sunshine).exists()


def test_a_week_without_any_hours_and_anothers_faster_edit_are_told(cast, client_of):
    browser, url = client_of(cast.manager), reverse("schedule:hours-set", args=[cast.sunshine.pk])
    assert browser.post(url, {"starts_on": "2026-11-30"}).status_code == 422
    browser.post(url, WEEK)

    assert browser.post(url, {**WEEK, "version": 9}).status_code == 409
    assert client_of(cast.outsider).get(url).status_code == 404
    assert client_of(cast.supervisor).get(url).status_code == 403
    company = reverse("schedule:company-hours-set")
    assert client_of(cast.manager).post(company, {**WEEK, "version": 1}).status_code == 403
    assert client_of(cast.administrator).post(company, {**WEEK, "version": 1}).status_code == 302


@pytest.fixture
def post(cast):
    return create_duty_post(cast.sunshine, name="工程值班", by=cast.manager)


def roster(cast, **more):
    return reverse("schedule:roster-show") + f"?project={cast.sunshine.pk}&week=2026-11-25"


@pytest.mark.requirement("E-052")
def test_the_roster_of_a_week_is_made_on_the_page_and_shows_who_stands_in(cast, client_of, post):
    browser = client_of(cast.supervisor)
    url = reverse("schedule:duty-shift-create", args=[post.pk])
    form = {"staff": cast.worker.staff.pk, "day": "2026-11-24", "starts": "20:00", "ends": "08:00", "phone": "119"}

    assert browser.post(url, form).status_code == 302

    shift = DutyShift.objects.get()
    assert shift.starts_at == datetime(2026, 11, 24, 20, tzinfo=SHANGHAI)
    assert shift.ends_at == datetime(2026, 11, 25, 8, tzinfo=SHANGHAI)
    assert "老张 20:00–08:00 · 119" in text_of(browser.get(roster(cast)))
    assert browser.post(url, form).status_code == 409
    assert browser.post(url, {**form, "phone": "<b>"}).status_code == 422

    day = date(2026, 11, 24)
    enter_leave(cast.worker.staff, first=day, last=day, deputy=cast.second_worker.staff, by=cast.manager)
    page = text_of(browser.get(roster(cast)))
    assert "老刘 代 老张 20:00–08:00" in page
    assert "老刘 20:00–08:00" in text_of(browser.get(roster(cast).replace("/duty/?", "/duty/paper/?")))
    enter_leave(cast.second_worker.staff, first=day, last=day, deputy=None, by=cast.manager)
    assert "老张 不在岗，无人代班" in text_of(browser.get(roster(cast)))


def test_a_shift_is_changed_taken_out_and_the_week_copied(cast, client_of, post):
    browser = client_of(cast.supervisor)
    start = datetime(2026, 11, 17, 8, tzinfo=SHANGHAI)
    shift = put_on_duty(
        post, staff=cast.worker.staff, starts_at=start, ends_at=start + timedelta(hours=12), by=cast.manager
    )
    form = {"staff": cast.second_worker.staff.pk, "day": "2026-11-17", "starts": "09:00", "ends": "21:00"}

    assert browser.post(reverse("schedule:duty-shift-edit", args=[shift.pk]), {**form, "version": 1}).status_code == 302
    assert browser.post(reverse("schedule:duty-shift-edit", args=[shift.pk]), {**form, "version": 1}).status_code == 409
    copied = browser.post(reverse("schedule:roster-copy", args=[cast.sunshine.pk]), {"week": "2026-11-25"}, follow=True)
    assert "老刘 09:00–21:00" in text_of(copied)
    browser.post(reverse("schedule:duty-shift-destroy", args=[shift.pk]))
    assert [row.starts_at.day for row in DutyShift.objects.all()] == [24]


def test_posts_are_made_and_changed_on_the_page(cast, client_of, post):
    browser = client_of(cast.supervisor)
    browser.post(reverse("schedule:duty-post-create", args=[cast.sunshine.pk]), {"name": "监控室", "rank": 5})
    url = reverse("schedule:duty-post-edit", args=[post.pk])
    browser.post(url, {"name": "急修", "rank": 6, "phone": "8888", "version": 1})

    assert list(DutyPost.objects.values_list("name", "phone")) == [("监控室", ""), ("急修", "8888")]
    twice = browser.post(reverse("schedule:duty-post-create", args=[cast.sunshine.pk]), {"name": "急修", "rank": 5})
    assert twice.status_code == 409
    browser.post(reverse("schedule:duty-post-destroy", args=[post.pk]))
    assert DutyPost.objects.count() == 1


@pytest.mark.requirement("E-052")
def test_who_is_on_duty_now_stands_on_the_first_page_and_beside_the_household(cast, client_of, post):
    now = datetime.now(SHANGHAI)
    for person in (cast.worker, cast.receptionist):
        put_on_duty(
            post,
            staff=person.staff,
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=1),
            by=cast.manager,
        )

    browser = client_of(cast.receptionist)
    assert reverse("schedule:duty-now") in browser.get("/").content.decode()
    assert "工程值班 小赵" in text_of(browser.get(reverse("schedule:duty-now")))
    panel = text_of(browser.get(reverse("schedule:unit-panel", args=[cast.unit.pk])))
    assert "小赵" in panel
    assert "+8613700000001" in panel
    assert "工程值班" not in text_of(client_of(cast.outsider).get(reverse("schedule:duty-now")))


@pytest.mark.parametrize("shifts", [1, 3])
def test_the_roster_takes_as_many_questions_for_one_shift_as_for_three(
    cast, client_of, post, shifts, django_assert_num_queries
):
    for day in range(24, 24 + shifts):
        start = datetime(2026, 11, day, 8, tzinfo=SHANGHAI)
        put_on_duty(post, staff=cast.worker.staff, starts_at=start, ends_at=start + timedelta(hours=8), by=cast.manager)
    browser = client_of(cast.receptionist)
    browser.get(roster(cast))

    with django_assert_num_queries(7):
        browser.get(roster(cast))
