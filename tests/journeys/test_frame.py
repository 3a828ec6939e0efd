"""What only a browser shows of the frame: keys under a Chinese input method, drafts, messages, the phone."""

import pytest

from tests.journeys.conftest import PHONE

SEARCH = "#search"
IDEOGRAPHIC_COMMA = "\u3001"
# What Chromium sends while an input method composes: the value changes, `isComposing` is true.
COMPOSE = """([typed, done]) => {
    const box = document.getElementById("search");
    box.focus();
    const say = (type, more) => box.dispatchEvent(new InputEvent(type, { bubbles: true, isComposing: true, ...more }));
    box.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    box.value = typed;
    say("input");
    if (done) {
        box.value = done;
        box.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    }
}"""

# At the end of the page nothing lies under the bar at the thumb.
LAST_ABOVE_THE_BAR = """() => {
    window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    const [page, bar] = [".frame", ".bottom"].map((name) => document.querySelector(name).getBoundingClientRect());
    return page.bottom <= bar.top + 1;
}"""


@pytest.fixture
def desk(live_server, cast, open_desk):
    """The receptionist on a page that needs nothing else."""
    desk = open_desk(cast.receptionist)
    desk.open("/help/")
    desk.page.wait_for_function("window.htmx !== undefined")
    return desk


def focused(desk):
    return desk.page.evaluate("document.activeElement.id")


def asked(desk):
    """What the answer under the search box belongs to; empty before there is one."""
    return desk.page.evaluate("document.querySelector('#search-results [data-query]')?.dataset.query ?? ''")


def test_one_logs_in_with_name_and_password(desk, cast):
    desk.page.context.clear_cookies()
    desk.log_in(cast.receptionist)

    desk.sees("#search")
    assert desk.complaints == []


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_keys_lead_to_the_search_box(desk, keys):
    desk.press(keys)

    assert focused(desk) == "search"
    assert desk.complaints == []


def test_slash_typed_under_a_chinese_input_method_leads_to_the_search_box(desk):
    desk.page.evaluate(
        "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code: 'Backslash', bubbles: true}))",
        IDEOGRAPHIC_COMMA,
    )

    assert focused(desk) == "search"


def test_keys_are_dead_while_composing(desk):
    desk.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: '/', code: 'Slash', bubbles: true, isComposing: true}))"
    )

    assert focused(desk) != "search"


def test_search_waits_for_the_end_of_a_composition_of_characters(desk):
    desk.page.evaluate(COMPOSE, ["周", ""])
    desk.page.wait_for_timeout(400)
    assert asked(desk) == ""

    desk.page.evaluate(COMPOSE, ["周", "周先生"])
    desk.sees("#search-results .hit", text="周先生")


def test_search_asks_at_once_for_latin_letters_of_a_composition(desk):
    desk.page.evaluate(COMPOSE, ["zxs", ""])

    desk.sees("#search-results .hit", text="周先生")


def test_enter_opens_the_first_hit_even_before_the_answer_is_there(desk, cast):
    desk.press("/")
    desk.type("21301")
    desk.press("Enter")

    desk.page.wait_for_url(f"**/households/{cast.unit.pk}/")


def test_what_is_asked_while_one_types_takes_no_message_of_the_page_that_comes(desk):
    with desk.page.expect_request("**/search/?**") as asked:
        desk.press("/")
        desk.type("21301")

    assert asked.value.headers["asked-by-itself"] == "true"


def test_nothing_found_leads_to_an_entry_with_the_number(desk):
    desk.press("/")
    desk.type("13711112222")
    desk.sees("#search-results .hit-none")
    desk.press("Enter")

    desk.sees("#drawer [data-entry]")
    assert desk.page.locator("#drawer [name=person_phone]").input_value() == "13711112222"


def test_closed_entry_is_kept_as_a_draft_and_offered_again(desk):
    desk.click(".top-end a.btn")
    desk.sees("#drawer [data-entry]")
    desk.type("垃圾清运时间")
    desk.page.wait_for_timeout(600)
    desk.press("Escape")
    assert desk.page.locator("#drawer").is_hidden()

    desk.click(".top-end a.btn")
    desk.sees("#drawer .draft-strip")
    desk.click("#drawer .draft-strip button")

    assert desk.page.locator("#drawer textarea").first.input_value() == "垃圾清运时间"
    assert desk.complaints == []


def test_discarded_draft_is_not_offered_again(desk):
    desk.click(".top-end a.btn")
    desk.sees("#drawer [data-entry]")
    desk.type("说错了")
    desk.page.wait_for_timeout(600)
    desk.press("Escape")
    desk.click(".top-end a.btn")
    desk.sees("#drawer .draft-strip")
    desk.page.locator("#drawer .draft-strip button").nth(1).click()
    desk.press("Escape")

    desk.click(".top-end a.btn")
    desk.sees("#drawer [data-entry]")

    assert desk.page.locator("#drawer .draft-strip").count() == 0


def test_fragment_that_fails_says_so_and_leaves_the_page(desk):
    desk.page.evaluate("htmx.ajax('GET', '/nowhere/', {target: '#content'})")

    desk.sees("#messages .message-error")
    assert desk.page.locator("#content h1").is_visible()


def test_lost_network_says_so_and_leaves_the_page(desk):
    desk.page.context.set_offline(True)
    desk.press("/")
    desk.type("21301")

    desk.sees("#messages .message")
    assert desk.page.locator(SEARCH).input_value() == "21301"


def test_paste_puts_a_screenshot_into_the_photos(desk):
    desk.click(".top-end a.btn")
    desk.sees("#drawer [data-entry]")
    desk.page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array([137, 80, 78, 71])], "截图.png", { type: "image/png" }));
            const paste = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data });
            document.querySelector("#drawer textarea").dispatchEvent(paste);
        }"""
    )

    names = "[...document.querySelector('#drawer input[data-paste]').files].map(file => file.name)"
    assert desk.page.evaluate(names) == ["截图.png"]


@pytest.mark.parametrize("path", ["/", "/help/", "/households/", "/requests/", "/entries/new/"])
def test_page_fits_a_phone_without_scrolling_sideways(live_server, cast, open_desk, path):
    phone = open_desk(cast.receptionist, size=PHONE)
    phone.open(path)

    assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert phone.page.locator(".bottom .bottom-main").is_visible()
    assert phone.page.evaluate(LAST_ABOVE_THE_BAR)
    assert phone.complaints == []


def test_the_api_is_tried_out_in_its_own_docs_under_the_strict_policy(live_server, cast, open_desk):
    """Reading and writing as the person who is logged in; nothing inline, nothing refused by the policy."""
    desk = open_desk(cast.administrator)
    desk.open("/api/v1/docs")
    desk.click("#operations-tag-me")
    desk.click("#operations-me-gongying_organization_api_me_show_me .opblock-summary-control")
    desk.click(".try-out__btn")
    desk.click(".execute")
    desk.sees(".live-responses-table .response-col_status", text="200")
    desk.sees(".live-responses-table", text='"username": "admin"')
    assert desk.complaints == []


def test_the_way_to_the_search_box_is_no_part_of_a_question_once_one_is_there(live_server, cast, open_desk):
    desk = open_desk(cast.receptionist)
    desk.sees("#search:focus")
    desk.press("/")
    desk.type("21301")
    desk.press("Enter")

    desk.page.wait_for_url(f"**/households/{cast.unit.pk}/")


def test_on_a_phone_the_timeline_of_a_household_waits_behind_its_tab(live_server, cast, open_desk):
    phone = open_desk(cast.steward, size=PHONE)
    asked = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.open(f"/households/{cast.unit.pk}/")
    # Even what comes last is there, and nobody has asked for what stands behind a tab.
    phone.sees("[data-tab-panel='open'] .box:last-child", text="值班")
    assert not any("/timeline/" in url for url in asked)
    phone.click("[data-tab='timeline']")
    phone.sees("[data-tab-panel='timeline'] .timeline")
