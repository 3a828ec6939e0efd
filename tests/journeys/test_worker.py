"""A worker's job on his phone, from taking it to done, with as many taps as his day allows (personas 4.3, ux.md T9)."""

import pytest

from gongying.servicedesk.models import ServiceCategory, WorkCompletion, WorkOrder
from gongying.servicedesk.operations import dispatch_work, reassign_work, register_request
from tests.journeys.conftest import PHONE
from tests.prices import AGREED

TICKS = 7
WRITTEN = 4  # the result and two materials, for which a line is added
# Within 25 seconds, as everything else in a journey.
BECOMES_KEPT = """async (path) => {
  for (let n = 0; n < 250; n++) {
    if (await (await caches.open("jobs")).match(path)) return true;
    await new Promise((wait) => setTimeout(wait, 100));
  }
  return false;
}"""
# A transaction stays open as long as it is asked for something.
KEEPING_WAITS = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...step) {
    const asked = put.apply(this, step);
    const wait = () => { if (window.keepingWaits) this.count().onsuccess = wait; };
    wait();
    return asked;
  };
}"""
BAR = ".sticky-action:visible"


@pytest.fixture
def job(live_server, cast):
    """Depends on `live_server` first: the people are made for that server's database."""
    request = register_request(
        by=cast.receptionist,
        kind="repair",
        category=ServiceCategory.objects.get(code="home-plumbing-leak"),
        text="厨房水管漏水",
        channel="phone",
        unit=cast.unit,
        party=cast.zhou,
        **AGREED,
    )
    return dispatch_work(request, by=cast.supervisor, doer=cast.worker)


@pytest.fixture
def phone(job, cast, open_desk):
    phone = open_desk(cast.worker, size=PHONE)
    phone.open(f"/jobs/{job.pk}/")
    phone.actions = 0
    return phone


@pytest.fixture
def watched_phone(job, cast, open_desk):
    """Its requests can be held: none goes by way of the service worker, where they are not seen."""
    phone = open_desk(cast.worker, size=PHONE, service_workers="block")
    phone.open(f"/jobs/{job.pk}/")
    return phone


def fill_completion(phone):
    phone.sees("#sheet-complete [name=ticks]")
    for position in range(TICKS):
        phone.page.locator("#sheet-complete [name=ticks]").nth(position).check()
    phone.page.fill("#sheet-complete [name=result]", "更换软管")
    phone.page.locator("#sheet-complete [name=materials_name]").nth(0).fill("软管")
    phone.page.locator("#sheet-complete [data-line-add]").click()
    phone.page.locator("#sheet-complete [name=materials_name]").nth(2).fill("生料带")
    phone.click("#sheet-complete .sheet-foot .btn-primary")


def next_step(phone, words):
    phone.sees(f"{BAR} .btn-primary", text=words)
    phone.click(f"{BAR} .btn-primary")


def holds(phone, address):
    """The requests to there, each held until somebody lets it go on."""
    held = []

    def hold(route):
        held.append(route)

    phone.page.route(address, hold)
    return held


@pytest.mark.requirement("R-210")
def test_a_repair_takes_four_taps_beside_the_seven_ticks(phone, job):
    next_step(phone, "接单")
    next_step(phone, "到场")
    next_step(phone, "完工")
    fill_completion(phone)
    phone.sees("#job .state", text="待验收")
    # What the owner pays is taken at the door.
    phone.sees(f"{BAR} .btn-primary", text="收款")

    assert phone.actions - TICKS - WRITTEN == 4
    done = WorkCompletion.objects.get(work_order=job)
    assert all(done.ticks.values())
    assert [line["name"] for line in done.materials] == ["软管", "生料带"]
    assert phone.complaints == []


def test_the_button_does_not_go_back_while_the_page_is_older_than_the_step(watched_phone, job):
    """In between a second tap would meet the step that was already taken."""
    phone, held = watched_phone, holds(watched_phone, f"**/jobs/{job.pk}/")
    with phone.page.expect_request(f"**/jobs/{job.pk}/"):
        next_step(phone, "接单")
    phone.page.locator("[data-queue-strip]").wait_for(state="hidden")
    assert phone.page.locator(f"{BAR} .btn-primary").all_inner_texts() == ["到场"]
    for route in held:
        route.continue_()
    phone.sees("#job .state", text="已接单")
    assert phone.page.locator(f"{BAR} .btn-primary").all_inner_texts() == ["到场"]


def test_a_step_taken_while_the_answer_to_the_one_before_comes_knows_it(watched_phone):
    """Its version is older than the answer, and it is not yet among the steps that the answer finds waiting."""
    phone, held = watched_phone, holds(watched_phone, "**/accept/")
    phone.page.evaluate(KEEPING_WAITS)
    with phone.page.expect_request("**/accept/"):
        next_step(phone, "接单")
    phone.page.evaluate("window.keepingWaits = true")
    next_step(phone, "到场")
    held[0].continue_()
    phone.page.locator('[data-job-page][data-state="accepted"]').wait_for()
    phone.page.evaluate("window.keepingWaits = false")
    phone.sees("#job .state", text="已到场")
    assert phone.page.locator(".queue-trouble").count() == 0
    assert phone.complaints == []


def test_the_price_comes_before_the_door_also_without_network(job, cast, open_desk):
    unpriced = register_request(
        by=cast.receptionist,
        kind="repair",
        category=ServiceCategory.objects.get(code="home-electric-switch"),
        text="开关打火",
        channel="phone",
        unit=cast.unit,
        party=cast.zhou,
    )
    work = dispatch_work(unpriced, by=cast.supervisor, doer=cast.worker)
    phone = open_desk(cast.worker, size=PHONE)
    phone.open(f"/jobs/{work.pk}/")
    phone.page.context.set_offline(True)
    next_step(phone, "接单")
    next_step(phone, "价格确认")
    phone.page.locator("#sheet-price [name=agreed]").check()
    phone.page.fill("#sheet-price [name=agreed_amount]", "80")
    phone.click("#sheet-price .sheet-foot .btn-primary")
    next_step(phone, "到场")
    phone.sees("[data-queue-strip]", text="无网络，已存 3 步")
    phone.page.context.set_offline(False)
    phone.sees("#job .state", text="已到场")
    unpriced.refresh_from_db()
    assert (unpriced.price_agreed, unpriced.agreed_amount) == (True, 80)
    assert phone.complaints == []


def test_a_pause_is_taken_back_from_its_message(phone, job):
    next_step(phone, "接单")
    phone.sees(f"{BAR} .btn-primary", text="到场")
    phone.click(f"{BAR} a:has-text('暂停')")
    phone.page.locator("#sheet-pause [name=reason]").first.check()
    phone.click("#sheet-pause .chip:has-text('明天上午')")
    phone.click("#sheet-pause .sheet-foot .btn-primary")
    phone.sees("#job .state", text="暂停")
    phone.sees("#messages form button", text="撤销")
    phone.click("#messages form button")
    phone.sees("#job .state", text="已接单")
    phone.sees(f"{BAR} .btn-primary", text="到场")

    job.refresh_from_db()
    assert job.state == "accepted"
    assert job.workpauses.get().until is not None
    assert phone.complaints == []


def test_a_basement_without_network_loses_nothing(phone, job):
    """Taken, reached and finished without network; each sent once, in order, when there is one again."""
    phone.page.context.set_offline(True)
    next_step(phone, "接单")
    next_step(phone, "到场")
    phone.sees("[data-queue-strip]", text="无网络，已存 2 步，联网自动上传")
    next_step(phone, "完工")
    fill_completion(phone)
    phone.sees("[data-queue-strip]", text="无网络，已存 3 步")
    job.refresh_from_db()
    assert job.state == "assigned"

    phone.page.context.set_offline(False)
    phone.sees("#job .state", text="待验收")
    phone.page.locator("[data-queue-strip]").wait_for(state="hidden")
    job.refresh_from_db()
    assert job.state == "done"
    stages = list(job.stages.order_by("pk"))
    assert [stage.stage for stage in stages] == ["open", "assigned", "accepted", "on_site", "done"]
    taken = stages[2]
    assert taken.received_at is not None
    assert taken.received_at > taken.entered_at
    assert phone.complaints == []


def test_what_a_colleague_was_given_meanwhile_is_shown_beside_the_step(phone, job, cast):
    phone.page.context.set_offline(True)
    next_step(phone, "接单")
    phone.sees("[data-queue-strip]", text="已存 1 步")
    reassign_work(job, by=cast.supervisor, doer=cast.second_worker, reason="overload", trade_reason="会修水管")
    phone.page.context.set_offline(False)

    phone.sees(".queue-trouble", text="这张派工单已不在你名下")
    job.refresh_from_db()
    assert (job.state, job.doer) == ("assigned", cast.second_worker)
    # Not lost until he says so, with a second tap.
    phone.click(".queue-trouble button:has-text('丢弃')")
    phone.click(".queue-trouble button:has-text('确定丢弃')")
    phone.page.locator(".queue-trouble").wait_for(state="detached")


def test_a_step_on_a_changed_job_is_sent_again_only_when_he_says_so(phone, job, cast):
    phone.page.context.set_offline(True)
    next_step(phone, "接单")
    reassign_work(job, by=cast.supervisor, doer=cast.second_worker, reason="overload", trade_reason="会修水管")
    reassign_work(WorkOrder.objects.get(pk=job.pk), by=cast.supervisor, doer=cast.worker, reason="skill")
    phone.page.context.set_offline(False)

    phone.sees(".queue-trouble", text="系统现状：待接单，老张")
    phone.click(".queue-trouble button:has-text('再次上传')")
    phone.sees("#job .state", text="已接单")
    job.refresh_from_db()
    assert (job.state, job.doer) == ("accepted", cast.worker)


def test_jobs_open_without_network(phone, job, open_desk):
    phone.open("/jobs/")
    assert phone.page.evaluate(BECOMES_KEPT, f"/jobs/{job.pk}/")
    phone.page.context.set_offline(True)
    phone.open(f"/jobs/{job.pk}/")
    phone.sees("#job", text="厨房水管漏水")
    next_step(phone, "接单")
    phone.sees("[data-queue-strip]", text="已存 1 步")


@pytest.mark.parametrize("width", [390, 360])
def test_the_job_page_needs_no_scrolling(phone, job, width):
    phone.page.set_viewport_size({"width": width, "height": 844 if width == 390 else 780})
    phone.open(f"/jobs/{job.pk}/")
    page = "document.documentElement"
    assert phone.page.evaluate(f"{page}.scrollWidth <= {page}.clientWidth")
    box = phone.page.locator(f"{BAR} .btn-primary").bounding_box()
    assert box is not None
    assert box["height"] >= 56
    text = phone.page.locator(".job-text").bounding_box()
    assert text is not None
    assert text["y"] + text["height"] < box["y"]
