"""A form that comes back, wrong or refused, has everything that was typed, chosen and signed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.custody.operations import issue_pass, use_pass
from gongying.files.models import Attachment, AttachmentUse
from gongying.mediation.models import Agreement, MediationCase, Side
from gongying.mediation.operations import Disputant, hold_session, open_case
from gongying.schedule.models import CalendarEvent, Resource
from gongying.schedule.operations import plan_event
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from tests.files.test_attachments import picture
from tests.journeys.conftest import PHONE
from tests.prices import AGREED
from tests.schedule.test_calendar_events import a_plan, at
from tests.servicedesk.walks import work_in

PHOTO = {"name": "门岗.jpg", "mimeType": "image/jpeg", "buffer": picture().read()}
IS_DRAWN = """(canvas) =>
    canvas.width && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((part) => part)"""
SAVE = "#form-page .form-actions .btn-primary"


@pytest.fixture
def case(live_server, cast, settings, tmp_path):
    """Depends on `live_server` first: the rows are made for that server's database."""
    settings.MEDIA_ROOT = tmp_path
    sides = [Disputant(party=cast.zhou, unit=cast.unit), Disputant(party=cast.wang, unit=cast.west_unit)]
    case = open_case(cast.sunshine, subject="噪声", matter="夜里的脚步声", sides=sides, by=cast.supervisor)
    began = timezone.now() - timedelta(hours=1)
    hold_session(case, began_at=began, record="各让一步", present=list(Side.objects.of(case)), by=cast.supervisor)
    return MediationCase.objects.get(pk=case.pk)


def sign(desk, number):
    box = desk.page.locator("[data-signature]").nth(number)
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    desk.page.mouse.move(place["x"] + 40, place["y"] + 40)
    desk.page.mouse.down()
    desk.page.mouse.move(place["x"] + 140, place["y"] + 90, steps=5)
    desk.page.mouse.up()
    desk.page.wait_for_function(
        "(number) => document.querySelectorAll('[data-signature] ~ input[type=file]')[number].files.length", arg=number
    )


def test_who_has_signed_signs_once_although_somebody_has_not(case, cast, open_desk):
    desk = open_desk(cast.supervisor)
    desk.open(f"/mediation/{case.pk}/agree/")
    desk.page.fill("[name=text]", "晚十点后不拍球")
    sign(desk, 0)
    desk.click(SAVE)
    desk.sees(".form-errors", text="还没有签字")
    assert desk.page.input_value("[name=text]") == "晚十点后不拍球"
    desk.page.wait_for_function(f"() => ({IS_DRAWN})(document.querySelectorAll('[data-signature]')[0])")
    assert not desk.page.locator("[data-signature]").nth(1).evaluate(IS_DRAWN)

    sign(desk, 1)
    with desk.page.expect_navigation():
        desk.click(SAVE)
    desk.sees(".message", text="已保存")
    assert Agreement.objects.count() == 1
    assert AttachmentUse.objects.filter(label__startswith="signature").count() == 2


def test_what_is_refused_stays_in_the_form(live_server, cast, open_desk):
    room = Resource.objects.create(name="二楼会议室")
    plan_event(a_plan(at(4, 14), at(4, 15), cast.quality, resources=[room], title="培训"), by=cast.quality)
    desk = open_desk(cast.supervisor)
    desk.open("/calendar/events/new/?start=2029-06-04T14:30&end=2029-06-04T15:30")
    desk.page.fill("[name=title]", "班组会")
    desk.page.get_by_label("二楼会议室").check()
    desk.click(SAVE)
    desk.sees(".message", text="二楼会议室 已被占用")
    assert desk.page.input_value("[name=title]") == "班组会"

    desk.page.fill("[name=starts_at]", "2029-06-04T15:00")
    with desk.page.expect_navigation():
        desk.click(SAVE)
    desk.sees(".message", text="已保存")
    assert CalendarEvent.objects.filter(title="班组会").count() == 1


def test_what_no_page_of_ours_answers_takes_nothing_away(live_server, cast, open_desk):
    desk = open_desk(cast.supervisor)
    desk.open("/memos/new/")
    desk.page.fill("[name=text]", "买标签纸")
    desk.page.route("**/memos/new/", lambda route: route.fulfill(status=502, body="<html>Bad Gateway</html>"))
    desk.click(SAVE)
    desk.sees(".message-error")
    assert desk.page.input_value("[name=text]") == "买标签纸"


def test_a_far_too_long_text_is_refused_and_nothing_else_is_lost(live_server, cast, open_desk):
    desk = open_desk(cast.supervisor)
    desk.open("/calendar/events/new/")
    desk.sees("#busy-times .busy-times")
    desk.page.fill("[name=note]", "带上图纸")
    desk.page.eval_on_selector("[name=title]", "(title) => (title.value = '长'.repeat(900_000))")
    desk.click(SAVE)
    desk.sees(".message-error", text="填写的内容超过")
    assert desk.page.input_value("[name=note]") == "带上图纸"
    assert not CalendarEvent.objects.exists()


def test_the_screenshot_of_pasted_lines_stays_although_a_unit_is_unknown(
    live_server, cast, open_desk, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    desk = open_desk(cast.steward)
    desk.open("/interactions/paste/")
    desk.page.fill("[name=said]", "周先生 00:01\n楼下的灯不亮")
    desk.click("main form .btn-primary")
    desk.sees("[name=unit_0]")
    screenshot = {"name": "群聊.jpg", "mimeType": "image/jpeg", "buffer": picture().read()}
    desk.page.set_input_files("[name=photos]", screenshot)
    desk.page.fill("[name=unit_0]", "9-9-9999")
    desk.click(SAVE)
    desk.sees("#form-page .field-error")
    desk.sees("#form-page .photos img")
    desk.page.fill("[name=unit_0]", cast.unit.code)
    with desk.page.expect_navigation():
        desk.click(SAVE)
    assert [photo.name for photo in Attachment.objects.all()] == ["群聊.jpg"]


@pytest.mark.requirement("E-042")
def test_the_photo_of_the_gate_stays_although_somebody_else_was_first(live_server, cast, open_desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    release = issue_pass(cast.unit, by=cast.receptionist, items="沙发一张", confirmed_by="周先生")
    desk = open_desk(cast.guard, size=PHONE)
    desk.open(f"/gate/?q={release.number}")
    desk.page.set_input_files("[name=photos]", PHOTO)
    use_pass(release, by=cast.manager)
    desk.click("#form-page .btn-primary")
    desk.sees(".message-error", text="周经理")
    assert desk.page.eval_on_selector("#form-page [name=photos]", "(field) => field.files.length") == 1


def test_a_step_that_is_refused_on_its_page_keeps_its_photos(live_server, cast, open_desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    place = {"unit": cast.unit, "party": cast.zhou, "channel": "phone", "text": "漏水", "by": cast.receptionist}
    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    work = work_in("on_site", cast, lambda: register_request(kind="repair", category=category, **AGREED, **place))
    desk = open_desk(cast.worker, size=PHONE)
    desk.open(f"/jobs/{work.pk}/steps/complete/")
    desk.page.set_input_files("[name=photos_after]", PHOTO)
    desk.page.fill("[name=result]", "换了阀芯")
    desk.click("#form-page .form-actions .btn-primary")
    desk.sees(".message-error, #form-page .field-error, #form-page .form-errors")
    assert desk.page.eval_on_selector("#form-page [name=photos_after]", "(field) => field.files.length") == 1
    assert desk.page.input_value("[name=result]") == "换了阀芯"
    for tick in desk.page.locator("#form-page [name=ticks]").all():
        tick.check()
    with desk.page.expect_navigation():
        desk.click("#form-page .form-actions .btn-primary")
    work.refresh_from_db()
    assert (work.state, Attachment.objects.of(work).count()) == ("done", 1)
