"""The supervisor gives out work on the board: by one drag, and by two keys (ux.md 2.5, personas 4.4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import accept_request, register_request

DAY = timezone.localdate() + timedelta(days=1)


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
    )
    return accept_request(request, by=cast.receptionist).work_orders.get()


@pytest.fixture
def desk(job, cast, open_desk):
    desk = open_desk(cast.supervisor)
    desk.open(f"/dispatch/?day={DAY.isoformat()}")
    desk.sees("[data-job]", text="厨房水管漏水")
    desk.actions = 0
    return desk


def drag(desk, source, lane, hour):
    row = desk.page.locator(lane).bounding_box()
    mouse = desk.page.mouse
    desk.page.locator(source).first.hover(position={"x": 5, "y": 10})  # waits until it stands still
    mouse.down()
    mouse.move(row["x"] + row["width"] * (hour - 8) / 12 + 1, row["y"] + 20, steps=6)
    desk.sees(".slot-ghost", text=f"{hour:02d}:00")
    mouse.up()


@pytest.mark.requirement("R-186", "R-187")
def test_a_drag_assigns_and_another_one_moves(desk, job, cast):
    lane = f'[data-lane="staff-{cast.worker.staff.pk}"]'
    drag(desk, f'li[data-job="{job.pk}"]', lane, 14)
    desk.sees("#messages form button", text="撤销")  # the board was loaded anew
    desk.sees(f"{lane} .slot", text="14:00–15:00")
    drag(desk, f"{lane} .slot", lane, 9)
    desk.sees(f"{lane} .slot", text="09:00–10:00")

    job.refresh_from_db()
    assert (job.state, job.doer) == ("assigned", cast.worker)
    assert timezone.localtime(job.planned_from).strftime("%H:%M") == "09:00"
    assert desk.complaints == []


SLOW_TIMERS = (
    "const real = window.setTimeout; window.setTimeout = (run, wait, ...rest) => real(run, wait ?? 2000, ...rest);"
)


def test_a_key_pressed_before_the_timers_run_opens_the_panel_beside_the_board(desk, job):
    """A browser under load serves keys before timers, and htmx begins by one."""
    desk.page.add_init_script(SLOW_TIMERS)
    desk.page.reload()
    desk.press("d")
    desk.sees("#drawer .candidate", text="老张")
    assert "/dispatch/?day=" in desk.page.url
    assert desk.complaints == []


# The bell fetches itself while the answer to what was done, which leads to the next page, is still on its way.
BELL_BETWEEN = """(() => { const ask = window.fetch; window.fetch = async (address, sent) => {
    const answer = await ask(address, sent);
    if (sent?.method === "POST") {
      document.querySelector("#bell").dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
      await new Promise((go) => setTimeout(go, 500));
    }
    return answer;
}; })()"""


def test_what_was_done_is_said_by_the_next_page_though_the_bell_rings_between(desk, job):
    desk.page.add_init_script(BELL_BETWEEN)
    desk.page.reload()
    desk.press("d")
    desk.sees("#drawer .candidate", text="老张")
    desk.press("1")
    desk.page.wait_for_url("**/dispatch/?project=*")
    desk.sees("#messages form button", text="撤销")
    assert desk.complaints == []


def test_two_keys_assign_the_first_candidate(desk, job, cast):
    desk.press("d")
    desk.sees("#drawer .candidate", text="老张")
    desk.press("1")
    desk.sees("#messages form button", text="撤销")

    job.refresh_from_db()
    assert (job.state, job.doer) == ("assigned", cast.worker)
    assert desk.actions == 2
    assert desk.complaints == []
