"""What the browser makes of a stream of changes, with streams that are broken on purpose; and pages one goes back to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from gongying.servicedesk.operations import accept_request
from tests.conftest import Cast
from tests.journeys.conftest import Desk
from tests.journeys.test_push import a_leak

# Streams that do what a test says.
FAKE = """
  window.streams = [];
  window.EventSource = class extends EventTarget {
    static CONNECTING = 0; static OPEN = 1; static CLOSED = 2;
    readyState = 0;
    constructor(url) { super(); this.subjects = url.searchParams.get("subjects"); window.streams.push(this); }
    close() { this.readyState = 2; }
    say(name, data = {}) {
      if (this.readyState === 2) return;
      this.readyState = 1;
      this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data) }));
    }
    welcome(changed = []) { this.say("welcome", { reaches: 60000, changed }); }
    fail(readyState) { this.readyState = readyState; this.dispatchEvent(new Event("error")); }
  };
  window.last = () => window.streams.at(-1);
"""
SOURCE = """async () => {
  const { LiveSource } = await import("/static/gongying/js/live-source.js");
  window.told = [];
  window.lines = [];
  window.source = new LiveSource((subjects) => window.told.push(subjects.join(" ")), (runs) => window.lines.push(runs));
  window.watch = (subjects, age = 0) => window.source.watch("http://push/", subjects.split(" "), age);
}"""
OPEN = "window.streams.filter((stream) => stream.readyState !== 2).map((stream) => stream.subjects)"


class Streams:
    def __init__(self, page: Page) -> None:
        self._page = page

    def do(self, *steps: str) -> list[str]:
        """What is told in these steps."""
        told: list[str] = self._page.evaluate(f"() => {{ told.length = 0; {'; '.join(steps)}; return told; }}")
        return told

    def wait(self, seconds: int) -> None:
        self._page.clock.fast_forward(seconds * 1000)

    @property
    def open(self) -> list[str]:
        found: list[str] = self._page.evaluate(OPEN)
        return found


@pytest.fixture
def streams(chromium: Browser, live_server: Any) -> Iterator[Streams]:
    context = chromium.new_context()
    page = context.new_page()
    page.clock.install(time=0)
    page.add_init_script(FAKE)
    page.goto(f"{live_server}/accounts/login/")
    page.clock.pause_at(60 * 60)
    page.evaluate(SOURCE)
    yield Streams(page)
    context.close()


def test_a_page_that_came_while_the_stream_was_opened_is_told_what_changed_before(streams: Streams) -> None:
    streams.do("watch('unit-1', 5000)", "watch('unit-1 unit-2', 100)")
    assert streams.open == ["unit-1,unit-2"]
    assert streams.do("last().welcome([{ago: 3000, subjects: ['unit-1']}, {ago: 6000, subjects: ['unit-2']}])") == [
        "unit-1"
    ]


def test_the_older_stream_tells_until_the_newer_one_has_welcomed_us(streams: Streams) -> None:
    streams.do("watch('unit-1')", "last().welcome()", "watch('unit-1 unit-2')", "watch('unit-1 unit-2 unit-3')")
    assert streams.open == ["unit-1", "unit-1,unit-2,unit-3"]
    streams.do("last().readyState = 1", "last().dispatchEvent(new Event('open'))")
    assert streams.do("streams[0].say('changed', {subjects: ['unit-1']})", "last().welcome()") == ["unit-1"]
    assert streams.open == ["unit-1,unit-2,unit-3"]


def test_after_an_interruption_anything_may_have_changed_once(streams: Streams) -> None:
    streams.do("watch('unit-1')", "last().welcome()", "last().fail(0)")
    told = streams.do("last().welcome([{ago: 10, subjects: ['*']}])", "last().say('changed', {subjects: ['unit-1']})")
    assert told == ["*", "unit-1"]


def test_a_page_that_comes_while_the_browser_asks_again_takes_nothing_from_the_others(streams: Streams) -> None:
    streams.do("watch('unit-1')", "last().welcome()", "last().fail(0)", "watch('unit-1 unit-2')")
    assert streams.do("last().welcome()") == ["*"]


def test_a_stream_that_was_refused_is_asked_for_again_and_at_once_by_a_new_page(streams: Streams) -> None:
    streams.do("watch('unit-1 unit-2')", "last().welcome()", "last().fail(2)")
    assert streams.open == []
    streams.wait(2)
    assert streams.open == ["unit-1,unit-2"]
    streams.do("last().fail(2)", "watch('unit-1')")
    assert streams.open == ["unit-1"]
    assert streams.do("last().welcome()") == ["*"]


def test_who_signs_in_again_in_one_tab_is_told_again(streams: Streams) -> None:
    streams.do("watch('user-1 unit-1')", "last().welcome()", "last().say('signed-out')")
    streams.wait(300)
    assert streams.open == []
    streams.do("watch('user-1')")
    assert streams.open == ["user-1"]
    assert streams.do("last().welcome()") == ["*"]


def test_a_line_that_broke_in_silence_is_noticed(streams: Streams) -> None:
    streams.do("watch('unit-1')", "last().welcome()")
    for _ in range(4):
        streams.wait(15)
        streams.do("last().say('here')")
    assert streams.open == ["unit-1"]
    streams.wait(40)
    assert streams.open == []
    streams.wait(2)
    assert streams.open == ["unit-1"]
    assert streams.do("last().welcome()") == ["*"]


def test_whether_the_stream_runs_is_said(streams: Streams) -> None:
    assert streams.do("watch('unit-1')", "last().welcome()", "told.push(lines.join())") == ["true"]
    assert streams.do("last().fail(2)", "told.push(lines.join())") == ["true,false"]
    streams.wait(2)
    assert streams.do("last().welcome()", "told.push(lines.join())") == ["*", "true,false,true"]


def test_the_last_tab_leaves_nothing_behind(streams: Streams) -> None:
    streams.do("watch('unit-1', 50000)", "last().fail(2)", "source.close()")
    streams.wait(300)
    assert streams.open == []
    streams.do("watch('unit-1')")
    assert streams.do("last().welcome([{ago: 30000, subjects: ['unit-1']}])") == []


def test_where_anything_may_have_changed_not_all_screens_ask_at_once(
    cast: Cast, open_desk: Callable[..., Desk]
) -> None:
    """Two hundred of them hear it in the same moment, when the push process comes back or a sweep touches very much."""
    page = open_desk(cast.receptionist).page
    page.add_init_script(f"delete window.SharedWorker; Math.random = () => 0.9; {FAKE}")
    page.reload()
    page.wait_for_function("window.streams.length")
    page.locator("#bell summary").wait_for()
    rings: list[str] = []
    page.on("request", lambda request: "bell" in request.url and rings.append(request.url))
    page.evaluate("last().welcome(); for (let n = 0; n < 3; n++) last().say('changed', { subjects: ['*'] })")
    page.wait_for_timeout(1_000)
    assert rings == []
    with page.expect_request(lambda request: "bell" in request.url):
        pass
    page.wait_for_timeout(1_000)
    assert len(rings) == 1


def test_who_goes_back_sees_the_page_as_it_is_now_and_after_the_log_out_none(
    cast: Cast, open_desk: Callable[..., Desk]
) -> None:
    repair = a_leak(cast)
    desk = open_desk(repair.owner)
    desk.open(reverse("servicedesk:request-index"))
    desk.sees("#request-rows", text="待受理")
    desk.open(reverse("servicedesk:request-show", args=[repair.pk]))
    desk.sees("#request-head", text="待受理")
    desk.open("/")
    accept_request(repair, by=repair.owner)
    desk.page.go_back()
    desk.sees("#request-head", text="已受理")
    desk.page.go_back()
    desk.sees("#request-rows", text="已受理")

    desk.page.context.clear_cookies()
    desk.page.go_back()
    desk.page.go_forward()
    desk.sees("[name=login]")


def test_a_page_to_which_nothing_is_told_any_more_says_so_until_it_is_told_again(
    push: str, cast: Cast, open_desk: Callable[..., Desk]
) -> None:
    desk = open_desk(cast.receptionist)
    desk.page.add_init_script("delete window.SharedWorker")  # what a worker asks for cannot be cut off here
    desk.page.route("**/push/**", lambda route: route.abort())
    desk.open("/")
    desk.sees("#not-live", text="实时更新中断")
    desk.page.unroute("**/push/**")
    desk.page.locator("#not-live").wait_for(state="detached")
