"""The receptionist's two most frequent tasks, with her own hands, and what a colleague sees of them (ux.md T1, T2, T5)."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from gongying.files.models import Attachment
from gongying.interactions.models import Interaction
from gongying.interactions.operations import log_interaction
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import accept_request, register_request
from tests.journeys.conftest import PHONE


@pytest.fixture
def household(live_server, cast):
    """Depends on `live_server` first: the people are made for that server's database."""
    return cast.unit


def register_repair(cast, text):
    """As a colleague does it meanwhile."""
    return register_request(
        by=cast.steward,
        kind="repair",
        text=text,
        channel="phone",
        unit=cast.unit,
        party=cast.zhou,
        category=ServiceCategory.objects.get(code="home-plumbing-tap"),
    )


def enter_late(cast, text, days):
    happened = timezone.now() - timedelta(days=days)
    log_interaction(
        by=cast.steward,
        project=cast.sunshine,
        unit=cast.unit,
        party=cast.zhou,
        channel="phone",
        text=text,
        occurred_at=happened,
    )


def find_household(desk, typed="21301"):
    """T1: one key to the search box, Enter opens the first hit."""
    desk.press("/")
    desk.type(typed)
    desk.sees("#search-results .hit", text="2-1-301")
    desk.press("Enter")
    desk.page.wait_for_url("**/households/**")


@pytest.mark.requirement("R-185", "R-027")
def test_a_repair_takes_at_most_six_actions_and_the_colleague_sees_it_without_reloading(
    household, cast, push, open_desk
):
    colleague = open_desk(cast.steward)
    colleague.open(f"/households/{household.pk}/")
    colleague.sees(f"#timeline-unit-{household.pk}")
    loaded = colleague.page.evaluate("performance.timeOrigin")
    desk = open_desk(cast.receptionist)

    desk.actions = 0
    find_household(desk)
    desk.press("b")
    desk.sees("[data-entry]")
    desk.type("厨房水龙头漏水")
    desk.sees(".entry-suggestions .chip", text="龙头")
    desk.press("Control+Enter")
    desk.sees(".entry-number .big-number")

    registered = ServiceRequest.objects.get()
    assert desk.actions <= 6
    assert desk.page.locator(".entry-number .big-number").inner_text() == registered.number[-4:]
    assert (registered.unit, registered.category.code, registered.kind) == (household, "home-plumbing-tap", "repair")
    colleague.sees(f"#timeline-unit-{household.pk} li", text="厨房水龙头漏水")
    assert colleague.page.evaluate("performance.timeOrigin") == loaded
    assert desk.complaints + colleague.complaints == []


PASTE_A_PICTURE = """() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    const bytes = Uint8Array.from(atob(canvas.toDataURL("image/png").split(",")[1]), (one) => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "截图.png", { type: "image/png" }));
    document
        .querySelector("[data-entry-text]")
        .dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
}"""


@pytest.mark.parametrize("on_page", [False, True])
def test_photos_survive_an_entry_that_comes_back_with_an_error(household, cast, open_desk, settings, tmp_path, on_page):
    settings.MEDIA_ROOT = tmp_path
    desk = open_desk(cast.receptionist)
    desk.open(f"/entries/new/?unit={household.pk}&kind=repair" if on_page else f"/households/{household.pk}/")
    if not on_page:
        desk.press("b")
    desk.sees("[data-entry]")
    desk.page.fill("[data-entry-text]", "厨房水龙头漏水")
    desk.page.evaluate(PASTE_A_PICTURE)
    desk.sees(".photos[data-chosen] img")
    desk.click("label:has([data-entry-other])")
    desk.page.fill("[name=person_phone]", "12ab")

    desk.press("Control+Enter")
    desk.sees(".form-errors")
    assert desk.page.evaluate("document.querySelectorAll('[data-entry]').length") == 1
    assert desk.page.locator(".photos[data-chosen] img").is_visible()
    desk.page.fill("[name=person_phone]", "13800009999")
    desk.press("Control+Enter")
    desk.sees(".entry-number .big-number")

    registered = ServiceRequest.objects.get()
    assert [photo.name for photo in Attachment.objects.of(registered)] == ["截图.png"]
    assert desk.complaints == []


def test_turning_a_contact_into_a_request_unfolds_first_and_saves_then(household, cast, open_desk):
    desk = open_desk(cast.receptionist)
    desk.open(f"/households/{household.pk}/")
    desk.press("n")
    desk.sees("[data-entry]")
    desk.type("楼道灯不亮")
    desk.sees(".entry-suggestions .chip", text="楼道灯")

    desk.press("Control+Shift+Enter")
    desk.sees("[data-entry-panel=request][open]")
    assert ServiceRequest.objects.count() == 0
    desk.press("Control+Shift+Enter")
    desk.sees(".entry-number .big-number")

    assert ServiceRequest.objects.get().category.code == "common-lighting-stairs"


def test_an_unfinished_composition_neither_asks_nor_saves(household, cast, open_desk):
    desk = open_desk(cast.receptionist)
    desk.open(f"/entries/new/?unit={household.pk}")
    asked = []
    desk.page.on("request", lambda request: asked.append(request.url) if "/suggestions/" in request.url else None)

    desk.page.evaluate(
        """() => {
            const text = document.querySelector("[data-entry-text]");
            text.value = "shui'long'tou";
            text.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
            text.dispatchEvent(new KeyboardEvent("keydown", { code: "Enter", ctrlKey: true, bubbles: true, isComposing: true }));
        }"""
    )
    desk.page.wait_for_timeout(600)
    assert asked == []
    assert Interaction.objects.count() == 0

    desk.page.evaluate(
        """() => {
            const text = document.querySelector("[data-entry-text]");
            text.value = "水龙头漏水";
            text.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
        }"""
    )
    desk.sees(".entry-suggestions .chip", text="龙头")


def test_on_a_phone_the_entry_is_a_full_page_and_nothing_scrolls_sideways(household, cast, open_desk):
    desk = open_desk(cast.steward, size=PHONE)
    desk.open(f"/entries/new/?unit={household.pk}&channel=home_visit")
    desk.page.fill("[data-entry-text]", "窗户关不上")
    desk.sees(".entry-suggestions .chip", text="窗")

    assert desk.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for selector in ("[data-entry-text]", ".entry-suggestions .chip", "button[value=answer]"):
        box = desk.page.locator(selector).first.bounding_box()
        assert box
        assert box["y"] + box["height"] < PHONE["height"] - 300  # above the keyboard
    desk.click("button[value=answer]")
    desk.page.wait_for_load_state()
    desk.sees(".note-good, .message")
    assert Interaction.objects.get().channel == "home_visit"


def test_it_works_without_javascript(household, cast, chromium, live_server):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server}/accounts/login/")
    page.fill("[name=login]", cast.receptionist.username)
    page.fill("[name=password]", "gongying-2026")
    page.locator("[name=password]").press("Enter")
    page.goto(f"{live_server}/entries/new/?unit={household.pk}&kind=repair")
    page.fill("[name=text]", "马桶堵了")
    page.click("button[value=request]")

    assert page.locator(".big-number").inner_text() == ServiceRequest.objects.get().number[-4:]
    context.close()


def test_two_entries_of_one_millisecond_do_not_freeze_the_timeline(household, cast, open_desk):
    """A touch and the request made of it are recorded microseconds apart, in either order."""
    desk = open_desk(cast.steward)
    desk.open(f"/households/{household.pk}/")
    desk.sees(f"#timeline-unit-{household.pk}-entries")

    arrived = [(2, "2026-09-01T10:00:00.000900+08:00"), (3, "2026-09-01T10:00:00.000100+08:00")]
    for order, at in arrived:
        desk.page.evaluate(
            """([list, order, at]) => document.getElementById(list).insertAdjacentHTML("afterbegin",
                `<li id="event-${order}" data-at="${at}" data-order="${order}">${order}</li>`)""",
            [f"timeline-unit-{household.pk}-entries", order, at],
        )

    desk.sees("#event-2 ~ #event-3")


def test_a_household_s_page_keeps_its_order_and_its_open_matters_while_things_are_entered(
    household, cast, push, open_desk
):
    register_repair(cast, "洗手盆龙头松了")
    desk = open_desk(cast.receptionist)
    find_household(desk)
    desk.sees("#panel-open-matters li", text="洗手盆龙头松了")
    desk.press("n")
    desk.sees("[data-entry]")
    desk.type("昨天问过垃圾清运时间")
    desk.sees(".entry-suggestions .chip", text="垃圾清运")
    with transaction.atomic():  # all arrive at once
        for days in (2, 1):
            enter_late(cast, f"{days} 天前的来电", days)
        register_repair(cast, "厨房灯不亮")
    desk.press("Control+Enter")
    desk.sees(f"#timeline-unit-{household.pk} li", text="昨天问过垃圾清运时间")
    desk.sees(f"#timeline-unit-{household.pk} li", text="2 天前的来电")
    desk.sees("#panel-open-matters li", text="厨房灯不亮")

    entries = desk.page.locator(f"#timeline-unit-{household.pk}-entries > li[data-at]")
    times = [entry.get_attribute("data-at") for entry in entries.all()]
    assert times == sorted(times, reverse=True)
    assert "2 天前的来电" in entries.last.inner_text()


def test_what_happens_while_the_answer_is_on_the_way_is_not_lost(household, cast, push, open_desk):
    desk = open_desk(cast.receptionist)
    late = iter(["路灯不亮"])

    def hold_up(route):
        """The server has read the timeline; before the browser has it, somebody enters another call."""
        answer = route.fetch()
        for text in late:
            enter_late(cast, text, 2)
            time.sleep(1)  # told to the page, which cannot ask yet
        route.fulfill(response=answer)

    desk.open(f"/households/{household.pk}/")
    desk.sees(f"#timeline-unit-{household.pk}-entries")
    desk.page.route(lambda url: "timeline" in url, hold_up)
    enter_late(cast, "门禁卡失灵", 1)

    desk.sees(f"#timeline-unit-{household.pk} li", text="门禁卡失灵")
    desk.sees(f"#timeline-unit-{household.pk} li", text="路灯不亮")


def test_what_happens_before_a_part_of_the_page_is_there_is_not_lost(cast, push, open_desk):
    service_request = register_repair(cast, "厨房灯不亮")
    desk = open_desk(cast.receptionist)

    def hold_up(route):
        """The server has read the thread; before it stands in the page, a colleague takes the next step."""
        answer = route.fetch()
        accept_request(service_request, by=cast.steward)
        time.sleep(1)
        route.fulfill(response=answer)

    desk.page.route(lambda url: "timeline" in url, hold_up, times=1)
    desk.open(f"/requests/{service_request.pk}/")

    desk.sees(".timeline-list li", text="开派工单")


def test_a_note_or_a_colleague_s_step_leaves_no_button_that_can_only_be_refused(household, cast, push, open_desk):
    service_request = register_repair(cast, "厨房灯不亮")
    desk = open_desk(cast.receptionist)
    desk.open(f"/requests/{service_request.pk}/")
    desk.sees("#request-actions button", text="受理")
    desk.page.locator("#note-box textarea").fill("灯管型号 T5")
    desk.page.locator("#note-box button").click()
    desk.sees(".timeline-list li", text="灯管型号 T5")
    service_request.refresh_from_db()
    versions = desk.page.locator("#request-actions input[name=version]")
    desk.page.locator(f'#request-actions input[name=version][value="{service_request.version}"]').first.wait_for(
        state="attached"
    )
    assert {field.get_attribute("value") for field in versions.all()} == {str(service_request.version)}

    accept_request(service_request, by=cast.steward)

    desk.sees("#request-head [aria-current=step]", text="核实")


def test_a_picked_reason_comes_back_with_the_draft(household, cast, open_desk):
    desk = open_desk(cast.receptionist)
    desk.open(f"/households/{household.pk}/")

    def begin():
        desk.press("n")
        desk.sees("#drawer [data-entry]")

    begin()
    desk.type("厨房水龙头漏水")
    desk.sees("#drawer .entry-reasons .is-derived")
    other = desk.page.locator("#drawer .entry-reasons label:not(.is-derived) input[name=reason]").last
    picked = other.get_attribute("value")
    other.check(force=True)
    desk.page.wait_for_timeout(600)
    desk.press("Escape")

    begin()
    desk.sees("#drawer .draft-strip")
    desk.click("#drawer .draft-strip button")
    desk.page.locator(f"#drawer .entry-reasons input[value='{picked}']:checked").wait_for(state="attached")
    assert desk.page.locator("#drawer [data-entry-reason]").input_value() == picked
    desk.press("Control+Enter")
    desk.page.locator("#drawer [data-entry]").wait_for(state="hidden")
    assert str(Interaction.objects.get().reason_code_id) == picked
    assert desk.complaints == []
