"""A receptionist's and a steward's day with their own hands: no daily task takes more clicks than `personas.md` 4.1 and
4.2 grant. Come later: fees and receipts (4.1), articles for a chat, dunning calls, notices to the residents of a
building and their reading (4.2). Finding the household is part of what is done for it, as in ux.md section 3.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.custody.models import GuestPass, ReleasePass
from gongying.files.models import Attachment
from gongying.fitouts.models import FitOut
from gongying.interactions.models import Interaction
from gongying.reception.models import ReceptionTicket, ShiftHandover
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import FollowUp, ServiceCategory, ServiceRequest
from tests.files.test_attachments import picture
from tests.journeys.conftest import PHONE
from tests.prices import AGREED
from tests.servicedesk.walks import request_in

FRONT_DESK, STEWARD = "receptionist", "steward"
FIND = "Find a household by its number"


@pytest.fixture
def matters(live_server, cast, settings, tmp_path):
    """Depends on `live_server` first. A repair that has its worker, and an answer that waits for the follow-up call."""
    settings.MEDIA_ROOT = tmp_path
    register = partial(register_for, cast)
    with clock_at(timezone.now() - timedelta(days=6)):
        repair = register(kind="repair", category="home-plumbing-tap", text="厨房水龙头漏水", **AGREED)
        do.accept_request(repair, by=cast.supervisor)
        do.dispatch_work(repair, by=cast.supervisor, doer=cast.worker, trade_reason="会修水管")
        request_in("reported", cast, register, text="门禁卡怎么补办")


def register_for(cast, *, category, **given):
    found = ServiceCategory.objects.get(code=category)
    return do.register_request(
        by=cast.receptionist, category=found, channel="phone", unit=cast.unit, party=cast.zhou, **given
    )


def find(desk, code="2-1-301"):
    """T1, from the page where the search box waits for typing."""
    desk.sees("#search:focus")
    desk.type(code.replace("-", ""))
    desk.sees("#search-results .hit", text=code)
    desk.press("Enter")
    desk.sees(".household-head h1", text=code)


def enter(desk, key, words, *, about):
    desk.press(key)
    desk.sees("[data-entry]")
    desk.type(words)
    desk.sees(".entry-suggestions .chip", text=about)
    desk.press("Control+Enter")


def write_paper(desk, *, register, button, **words):
    """From the front desk to its neighbour, and there a form in the drawer."""
    desk.click(f".top-siblings a:has-text('{register}')")
    desk.click(f"a.btn:has-text('{button}')")
    for name, said in {"unit_code": "21301", **words}.items():
        desk.write(f"#drawer [name={name}]", said)


@pytest.mark.requirement("R-079")
def test_a_receptionist_s_calls_about_something_new_keep_their_budgets(matters, cast, open_desk, budgets):
    desk = open_desk(cast.receptionist)
    with budgets.of(desk, FRONT_DESK, FIND, 1, 3):
        find(desk)
    desk.open("/")
    with budgets.of(desk, FRONT_DESK, "Log a simple contact", 3, 15):
        find(desk)
        enter(desk, "n", "问垃圾清运时间", about="垃圾清运")
        desk.page.locator("#drawer").wait_for(state="hidden")
    logged = Interaction.objects.latest("pk")
    assert (logged.answer, logged.topic, logged.party) == ("explained", "垃圾清运", cast.zhou)
    with budgets.of(desk, FRONT_DESK, "Register a repair from a call", 6, 30):
        find(desk)
        enter(desk, "b", "客厅开关打火", about="开关插座")
        desk.sees(".entry-number .big-number")
    desk.open("/")
    with budgets.of(desk, FRONT_DESK, "Register a complaint", 8, 90):
        find(desk)
        enter(desk, "t", "保安态度恶劣，要求道歉", about="保安态度")
        desk.sees(".entry-number .big-number")
    assert set(ServiceRequest.objects.order_by("-pk").values_list("kind", flat=True)[:2]) == {"complaint", "repair"}
    desk.open("/")
    with budgets.of(desk, FRONT_DESK, "Explain a bill: as far as it is doubted", 5, 40):
        find(desk)
        enter(desk, "b", "这个月物业费账单多收了两百块", about="账单疑问")
        desk.sees(".entry-number .big-number")
    assert ServiceRequest.objects.latest("pk").category.code == "service-fees-bill"
    assert desk.complaints == []
    budgets.judge()


@pytest.mark.requirement("R-079")
def test_a_receptionist_s_calls_about_known_matters_keep_their_budgets(matters, cast, open_desk, budgets):
    desk = open_desk(cast.receptionist)
    with budgets.of(desk, FRONT_DESK, "Tell the state of an order", 2, 5):
        find(desk)
        desk.sees(".matters p", text="厨房水龙头漏水：已派给老张")
    desk.open("/")
    with budgets.of(desk, FRONT_DESK, "Asked for again: tell it and urge", 4, 15):
        find(desk)
        desk.click(".matters li:has-text('厨房水龙头漏水') a:has-text('催一下')")
        desk.sees("#drawer [name=channel]")
        desk.press("Control+Enter")
        desk.sees("#messages", text="负责人")
    desk.open("/")
    with budgets.of(desk, FRONT_DESK, "Make a follow-up call", 4, 20):
        desk.click(".home-row:has-text('门禁卡怎么补办') ~ span .btn")
        desk.click("#drawer label:has(input[name=solved][value=yes])")
        desk.click("#drawer label:has(input[name=score][value='5'])")
        desk.press("Control+Enter")
        desk.sees(".message")
    assert FollowUp.objects.get().score == 5
    assert desk.complaints == []
    budgets.judge()


def test_a_receptionist_s_counter_keeps_its_budgets(matters, cast, open_desk, budgets):
    desk = open_desk(cast.receptionist)
    desk.open("/reception/")
    with budgets.of(desk, FRONT_DESK, "Receive a visitor", 2, 5):
        desk.click(".desk-purposes button:has-text('缴费')")
        desk.click(".desk-row [data-step=attend] button")
        desk.sees("#visit-head .state", text="接待中")
    with budgets.of(desk, FRONT_DESK, "Second visitor: call for help", 2, 5):
        desk.click(".desk-purposes button:has-text('装修')")
        desk.sees(".desk-offer", text="装修")
        desk.press("Alt+h")
        desk.sees(".desk-row", text="已求援")
    with budgets.of(desk, FRONT_DESK, "Visitor done, the next", 2, 5):
        desk.click(".desk-outcome .chip:has-text('已答复')")
        desk.press("Control+Enter")
        desk.sees(".message", text="已办结")
    assert set(ReceptionTicket.objects.values_list("state", flat=True)) == {"done", "waiting"}
    desk.open("/reception/")
    with budgets.of(desk, FRONT_DESK, "Hand-over note at shift end", 2, 30):
        desk.click(".desk-strip a:has-text('交班')")
        desk.write("[name=line]", "钥匙在左抽屉")
        desk.press("Enter")
        desk.sees(".message")
    assert ShiftHandover.objects.exists()
    assert desk.complaints == []
    budgets.judge()


def test_a_receptionist_s_papers_keep_their_budgets(live_server, cast, open_desk, budgets):
    desk = open_desk(cast.receptionist)
    desk.open("/reception/")
    with budgets.of(desk, FRONT_DESK, "Announce a guest", 6, 60):
        write_paper(desk, register="访客", button="登记访客", name="周小姐")
        desk.press("Control+Enter")
        desk.sees(".message", text="验证码")
    assert GuestPass.objects.get().unit == cast.unit
    desk.open("/reception/")
    with budgets.of(desk, FRONT_DESK, "Write a release pass", 6, 60):
        write_paper(desk, register="放行条", button="开放行条", items="旧沙发一套", confirmed_by="周先生")
        desk.press("Control+Enter")
        desk.sees(".message", text="验证码")
    assert ReleasePass.objects.get().unit == cast.unit
    desk.open("/reception/")
    with budgets.of(desk, FRONT_DESK, "Register a decoration", 6, 60):
        plan = {"applicant": "周先生", "contractor": "杭州某某装饰", "scope": "厨房贴砖"}
        write_paper(desk, register="装修", button="装修申请", **plan)
        desk.page.fill("#drawer [name=ends_on]", f"{timezone.localdate() + timedelta(days=30)}")
        desk.press("Control+Enter")
        desk.sees(".message")
    assert FitOut.objects.get().unit == cast.unit
    assert desk.complaints == []
    budgets.judge()


def test_a_steward_s_walk_keeps_its_budgets(matters, cast, open_desk, budgets):
    phone = open_desk(cast.steward, size=PHONE)
    phone.open("/help/")
    with budgets.of(phone, STEWARD, "See my day", 1, 3):
        phone.click(".bottom a:has-text('工作台')")
        phone.sees(".home-my-day")
    with budgets.of(phone, STEWARD, "Watch the orders of my buildings, nudge", 2, 5):
        phone.click("section:has-text('厨房水龙头漏水') button:has-text('催办')")
        phone.sees("#messages", text="催办")
    with budgets.of(phone, STEWARD, "Report a fault with a photo on the walk", 4, 20):
        phone.click(".bottom .bottom-main")
        phone.write("[data-entry-text]", "楼道灯不亮")
        phone.sees(".entry-suggestions .chip", text="楼道灯")
        with phone.page.expect_file_chooser() as camera:
            phone.click(".entry .photo-pick")
        camera.value.set_files({"name": "楼道.jpg", "mimeType": "image/jpeg", "buffer": picture().read()})
        phone.click(".entry .chip:has-text('2 栋')")
        phone.click(".entry-buttons .btn-primary")
        phone.sees(".entry-number .big-number")
    fault = ServiceRequest.objects.latest("pk")
    assert (fault.building, fault.category.code) == (cast.unit.building, "common-lighting-stairs")
    assert [photo.name for photo in Attachment.objects.of(fault)] == ["楼道.jpg"]
    phone.open("/")
    with budgets.of(phone, STEWARD, "Look at the household's file before ringing", 2, 4):
        phone.click("#search")
        phone.type("21301")
        phone.click("#search-results .hit:has-text('2-1-301')")
        phone.sees(".household-head h1", text="2-1-301")
        phone.sees(".matters", text="厨房水龙头漏水")
    with budgets.of(phone, STEWARD, "Note an observation", 3, 20):
        phone.click(".sticky-action a:has-text('走访')")
        phone.write("[data-entry-text]", "老人独居，腿脚不便，每周去看一次")
        phone.click(".entry-buttons .btn-primary")
        phone.sees(".note-good, .message")
    assert Interaction.objects.latest("pk").channel == "home_visit"
    assert phone.complaints == []
    budgets.judge()
