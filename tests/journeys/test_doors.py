"""At doors and at the key board: visits and a hand-over on the phone, keys and the order of tasks at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.custody.models import KeyLoan
from gongying.custody.operations import register_key
from gongying.estates.models import Unit
from gongying.handover.models import OutstandingDefect, UnitHandover
from gongying.handover.operations import open_batch
from gongying.schedule.models import Task
from gongying.schedule.operations import create_task
from gongying.visits.models import HomeVisit
from tests.journeys.conftest import PHONE

NOTICE, LAMP, METER = "贴停水通知", "量走廊灯", "抄总表"


def at_three(days):
    """A day and hour as a field of a form takes it: still to come, whatever the hour is now."""
    return f"{timezone.localdate() + timedelta(days=days):%Y-%m-%d}T15:00"


@pytest.fixture
def household(live_server, cast):
    """Depends on `live_server` first: the rows are made for that server's database."""
    return cast.unit


@pytest.mark.requirement("R-094")
def test_a_visit_from_the_plan_over_a_closed_door_to_a_need(household, cast, open_desk, budgets):
    phone = open_desk(cast.steward, size=PHONE)
    phone.open(f"/households/{household.pk}/")
    phone.click("a:has-text('安排走访')")
    phone.page.fill("#drawer [name=planned_for]", at_three(1))
    phone.click("#drawer .form-actions .btn-primary")
    phone.click("main button:has-text('已约好')")
    phone.sees(".facts .state", text="已约好")
    visit = HomeVisit.objects.get()

    phone.open(f"/visits/route/?day={at_three(1)[:10]}")
    phone.click(f"#visit-{visit.pk} button:has-text('没人在家')")
    phone.sees(".message")
    phone.open(f"/visits/{visit.pk}/")
    phone.click("main a:has-text('另约时间')")
    phone.page.fill("#drawer [name=planned_for]", at_three(2))
    phone.click("#drawer .form-actions .btn-primary")
    phone.sees(".facts dd", text="另约 1 次")

    phone.open(f"/visits/route/?day={at_three(2)[:10]}")
    with budgets.of(phone, "steward", "Log a visit with a need", 5, 45):
        phone.click(f"#visit-{visit.pk} button:has-text('见到了')")
        phone.write("[name=matter]", "问新门禁好不好用")
        phone.write("[name=result]", "满意")
        phone.write("[name=need]", "厨房水龙头漏水")
        phone.click(".sticky-action .btn-primary")
        phone.sees(".row-line a[href^='/requests/']")  # what was needed is a request already
    visit.refresh_from_db()
    assert visit.needs.get().service_request.category.code == "home-plumbing-tap"
    assert visit.missed_calls.count() == visit.replans == 1
    assert visit.interaction.party == cast.zhou
    assert phone.complaints == []
    budgets.judge()


@pytest.mark.requirement("R-246")
def test_the_order_of_tasks_is_that_of_quick_keys(household, cast, push, open_desk):
    for title in (NOTICE, LAMP, METER):
        create_task(by=cast.steward, title=title)
    desk = open_desk(cast.steward)
    desk.open("/tasks/")
    before = desk.page.locator("[data-move-key] b").all_inner_texts()
    desk.page.locator("[data-move-key]").last.focus()
    for _place in before[1:]:
        desk.press("Alt+ArrowUp")
    expected = [before[-1], *before[:-1]]

    for _moment in range(200):
        if list(Task.objects.order_by("position").values_list("title", flat=True)) == expected:
            break
        desk.page.wait_for_timeout(50)
    desk.sees("[data-tasks] li:first-child [data-move-key]:focus", text=expected[0])
    assert desk.page.locator("[data-move-key] b").all_inner_texts() == expected
    desk.open("/tasks/")
    assert desk.page.locator("[data-move-key] b").all_inner_texts() == expected
    assert desk.complaints == []


@pytest.mark.requirement("E-041")
def test_a_key_is_lent_at_the_board_and_comes_back(household, cast, open_desk):
    register_key(by=cast.receptionist, project=cast.sunshine, kind="entrusted", tag="A-12", unit=household)
    desk = open_desk(cast.receptionist)
    desk.open("/keys/")
    desk.click("tr:has-text('A-12') a:has-text('借出')")
    desk.page.select_option("#drawer [name=borrower]", label="老张")
    desk.write("#drawer [name=reason]", "修龙头")
    desk.press("Control+Enter")
    desk.sees(".head-line strong", text="老张")
    desk.open("/keys/?list=lent")
    desk.click("tr:has-text('A-12') button:has-text('归还')")
    desk.sees(".message")
    assert KeyLoan.objects.get().returned_to == cast.receptionist
    assert desk.complaints == []


@pytest.mark.requirement("R-037", "R-038")
def test_a_home_is_inspected_and_handed_over_on_the_phone(household, cast, open_desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Unit.objects.filter(pk=household.pk).update(state="sold")
    today = timezone.localdate()
    open_batch(
        by=cast.manager,
        project=cast.sunshine,
        name="二期入伙",
        starts_on=today,
        ends_on=today + timedelta(days=10),
        completed_on=today - timedelta(days=100),
        buildings=[household.building],
        documents=["住宅质量保证书"],
    )
    handover = UnitHandover.objects.get()
    phone = open_desk(cast.steward, size=PHONE)
    phone.open(f"/handovers/units/{handover.pk}/")
    phone.click("main button:has-text('开始')")
    fine = phone.page.locator(".check-item .check-fine")
    fine.first.wait_for()
    for item in fine.all()[1:]:
        item.click()
    phone.click(".check-item .check-failed")
    phone.write(".check-item .check-word :is(input, textarea)", "入户门划痕")
    phone.click(".sticky-action .btn-primary")
    phone.sees(".list .state-late")
    phone.open(f"/handovers/units/{handover.pk}/")
    phone.sees(".list-links li", text="入户门划痕")
    phone.click("main .row-line a:has-text('交付签收')")
    phone.write("#drawer [name=signed_name]", "周先生")
    phone.click("#drawer .form-actions .btn-primary")
    phone.sees(".facts dd", text="周先生")
    handover.refresh_from_db()
    assert handover.state == "handed_over"
    assert "入户门划痕" in OutstandingDefect.objects.get().text
    assert phone.complaints == []
