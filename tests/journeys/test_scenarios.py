"""Scenarios A-02 and A-04 with the hands of those who take part, at their own hours and with their exact numbers.

Without the incoming call, the text message and the resident's portal, which come later.
"""

from contextlib import ExitStack
from decimal import Decimal

import pytest

from gongying.common.clock import clock_at
from gongying.servicedesk.models import (
    ClockPause,
    DoorRating,
    ServiceCategory,
    ServiceItem,
    ServiceRequest,
    WorkCompletion,
    WorkOrder,
)
from gongying.servicedesk.operations import save_item, set_price
from gongying.servicedesk.operations.sweep import sweep
from tests.journeys.conftest import PHONE
from tests.servicedesk.moments import shanghai

BAR = ".sticky-action:visible"
SHEET = "#sheet-complete"


@pytest.fixture
def at():
    """Sets everybody's clock to a moment; between two of them the true time never shows."""
    with ExitStack() as clocks:
        yield lambda moment: clocks.enter_context(clock_at(shanghai(moment)))


@pytest.fixture
def household(live_server, cast, settings):
    """Depends on `live_server` first: the people are made for that server's database."""
    settings.SESSION_COOKIE_AGE = 30 * 24 * 3600  # nobody logs in anew for the next day of a story
    return cast.unit


def find(desk, household):
    """Two actions: the key to the search box, and Enter."""
    desk.press("/")
    desk.type("21301")
    desk.sees("#search-results .hit", text="2-1-301")
    desk.press("Enter")
    desk.page.wait_for_url(f"**/households/{household.pk}/")


def register(desk, key, words, *, about):
    """Opened by its key; the category is read from the words."""
    desk.press(key)
    desk.sees("[data-entry]")
    desk.type(words)
    desk.sees(".entry-suggestions .chip", text=about)


def save(desk):
    desk.press("Control+Enter")
    desk.sees(".entry-number .big-number")


def take(desk, path, step):
    desk.click(f'form[action$="{path}steps/{step}/"] button')


@pytest.mark.requirement("R-206", "R-188")
def test_a_complaint_over_the_holidays_is_due_on_the_third_working_day(household, cast, at, open_desk):
    at("2026-09-30 16:00")
    desk = open_desk(cast.supervisor)
    find(desk, household)
    register(desk, "t", "保安态度恶劣", about="保安态度")
    save(desk)
    here = f"/requests/{ServiceRequest.objects.get().pk}/"
    desk.open(here)
    desk.sees(".head", text="到期 今天 18:00：营业时间 2 小时，最长 24 小时")
    take(desk, here, "acknowledge")
    desk.sees(".head", text="到期 10-10 16:00：3 个工作日")
    take(desk, here, "verify")
    desk.sees(f'[href*="{here}steps/establish/"]')

    at("2026-10-08 10:00")
    desk.open(f"{here}steps/pause_clock/")
    desk.click("main form .btn-primary")
    assert desk.page.locator("main [name=reason]").first.evaluate("field => field.validity.valueMissing")
    assert not ClockPause.objects.exists()
    desk.page.locator("main [name=reason][value=customer]").check()
    desk.click("main form .btn-primary")
    desk.page.wait_for_url(f"**{here}")
    at("2026-10-09 10:00")
    desk.open(here)
    desk.click("summary:has-text('更多')")
    desk.click(f'a[href="{here}steps/estimate/"]')
    desk.sees(f'#drawer form[action="{here}steps/estimate/"]')
    assert not desk.page.locator("details[data-menu][open]").count(), "the menu lies over the drawer it opened"
    desk.press("Escape")
    desk.click("summary:has-text('更多')")
    take(desk, here, "resume_clock")
    desk.sees(".head", text="到期 10-12 16:00：3 个工作日 + 暂停 1 个工作日")
    desk.click(f'a[href="{here}clocks/"]')
    response = desk.page.locator("#drawer .box", has_text="首次响应")
    response.wait_for()
    assert "暂停" not in response.locator("dt").all_inner_texts()

    for moment in ("2026-10-12 01:35", "2026-10-12 01:36", "2026-10-12 16:00", "2026-10-14 04:00"):
        at(moment)
        sweep()
        sweep()
    chief = open_desk(cast.manager)
    for person, told in (desk, ["100 %", "80 %"]), (chief, ["150 %"]):
        person.open("/notifications/")
        lines = person.page.locator(".notice-list > li").all_inner_texts()
        assert [next(percent for percent in told if percent in line) for line in lines] == told
        assert person.complaints == []


@pytest.mark.requirement("R-185", "R-186", "R-210", "R-221")
def test_a_repair_from_the_call_to_the_rating_at_the_door(household, cast, at, open_desk, chromium):
    at("2026-11-18 10:00")
    switch = ServiceItem(
        code="switch", name="更换开关", category=ServiceCategory.objects.get(code="home-electric-switch"), measure="个"
    )
    set_price(save_item(switch, by=cast.manager), project=None, amount=Decimal(45), by=cast.manager)
    desk, boss = open_desk(cast.receptionist), open_desk(cast.supervisor)
    desk.actions = 0
    find(desk, household)
    register(desk, "b", "客厅开关打火", about="开关插座")
    desk.sees("[data-entry-line]", text="更换开关 ¥45.00/个")
    desk.click(".entry-window .chip:has-text('今天 14–16')")
    desk.click("[name=price_agreed]")
    save(desk)
    request = ServiceRequest.objects.get()
    assert desk.actions <= 6
    assert (request.category.code, request.urgency) == ("home-electric-switch", "normal")
    assert (request.agreed_amount, request.quotes.get().name) == (45, "更换开关")
    assert desk.page.locator(".entry-number .big-number").inner_text() == request.number[-4:]

    boss.open(f"/requests/{request.pk}/")
    boss.sees(".head", text="到期 今天 10:30")
    take(boss, f"/requests/{request.pk}/", "accept")
    boss.sees(".state", text="已受理")
    boss.open("/dispatch/")
    boss.press("d")
    boss.sees("#drawer .candidate", text="老张")
    # 老刘 is a mechanic.
    assert boss.page.locator("#drawer .candidate").count() == 1
    boss.sees("#drawer .candidate", text="电工 ✓")
    boss.sees("#drawer .candidate", text="今天 14:00–16:00 空")
    boss.press("1")
    boss.sees("#messages form button", text="撤销")
    job = WorkOrder.objects.get()
    assert (job.doer, job.state) == (cast.worker, "assigned")

    at("2026-11-18 14:05")
    phone = open_desk(cast.worker, size=PHONE)
    repair(phone, job, at)
    door = chromium.new_page(viewport=PHONE, locale="zh-CN")
    door.goto(phone.page.locator("[data-rating-link]").get_attribute("href"))
    door.locator("[name=score][value='5']").check()
    door.locator("button.btn-primary").click()
    door.locator("[data-rated]").wait_for()
    door.close()
    rating = DoorRating.objects.get()
    assert (rating.work_order, rating.doer, rating.score) == (job, cast.worker, 5)

    at("2026-11-19 09:00")
    desk.open(f"/households/{household.pk}/")
    register(desk, "t", "昨天修的开关又打火", about="开关插座")
    desk.page.locator("#drawer [name=about]").select_option(label=str(job))
    save(desk)
    boss.open("/reports/?since=2026-11-01&until=2026-11-30")
    counted = boss.page.locator("thead th", has_text="修好仍投诉").evaluate("head => head.cellIndex")
    assert boss.page.locator("tbody tr").first.locator("th, td").nth(counted).inner_text() == "100.0 % 1/1"
    assert desk.complaints + boss.complaints + phone.complaints == []


def repair(phone, job, at):
    """Taken, reached, and complete only with the seven ticks; what was filled in stays until then."""
    phone.open(f"/jobs/{job.pk}/")
    for words in ("接单", "到场"):
        phone.sees(f"{BAR} .btn-primary", text=words)
        phone.click(f"{BAR} .btn-primary")
    phone.sees("#job .state", text="已到场")
    at("2026-11-18 14:35")
    phone.open(f"/jobs/{job.pk}/")
    phone.click(f"{BAR} .btn-primary")
    phone.page.fill(f"{SHEET} [name=result]", "更换开关")
    phone.page.locator(f"{SHEET} [name=materials_name]").first.fill("五孔开关")
    phone.page.locator(f"{SHEET} [name=materials_quantity]").first.fill("1 个")
    ticks = phone.page.locator(f"{SHEET} [name=ticks]")
    for position in range(6):
        ticks.nth(position).check()
    phone.click(f"{SHEET} .sheet-foot .btn-primary")
    phone.sees(f"{SHEET} [data-sheet-errors]", text="七项没有全部勾选")
    assert not WorkCompletion.objects.exists()
    ticks.nth(6).check()
    phone.click(f"{SHEET} .sheet-foot .btn-primary")
    phone.sees("#job .state", text="待验收")
    phone.sees("[data-rating-link]")
    done = WorkCompletion.objects.get(work_order=job)
    assert all(done.ticks.values())
    assert (done.minutes, done.result) == (30, "更换开关")
    assert done.materials == [{"name": "五孔开关", "quantity": "1 个"}]
