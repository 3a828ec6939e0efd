"""Scenario A-09: a clash is told and saved all the same, the room never; declined, moved, told again; private is only busy."""

import pytest

from gongying.schedule.models import CalendarEvent, Resource, ScheduleConflict
from gongying.schedule.operations import create_task, plan_event
from tests.schedule.test_calendar_events import a_plan, at, visit, visit_privately

DAY = "/calendar/team/?day=2029-06-04"


@pytest.fixture
def planned(live_server, cast):
    """Depends on `live_server` first: the rows are made for that server's database."""
    room = Resource.objects.create(name="二楼会议室")
    visit(cast)
    visit_privately(cast)
    plan_event(a_plan(at(4, 14), at(4, 15), cast.quality, resources=[room], title="培训"), by=cast.quality)


def fill_in(desk, cast, *, start, end):
    form = desk.page.locator("#drawer form.event-form")
    form.locator("[name=title]").fill("班组会")
    form.locator("[name=kind]").select_option("meeting")
    form.locator("[name=starts_at]").fill(start)
    form.locator("[name=ends_at]").fill(end)
    form.locator(f"[name=people][value='{cast.steward.staff.pk}']").check()
    form.get_by_label("二楼会议室").check()


@pytest.mark.requirement("R-243", "R-247", "R-249", "R-250")
def test_a_meeting_over_a_visit_and_two_browsers(planned, cast, push, open_desk):
    supervisor, steward = open_desk(cast.supervisor), open_desk(cast.steward)
    steward.open("/calendar/mine/?since=2029-06-04")
    supervisor.open(DAY)
    own = f"#planner [data-lane='{cast.supervisor.staff.pk}']"
    supervisor.sees("#planner .plan", text="走访 周先生")
    supervisor.page.focus(own)
    for _quarter in range(3):
        supervisor.press("ArrowRight")
    supervisor.sees(f"{own} .plan-ghost", text="09:30–10:30")
    supervisor.press("Enter")
    supervisor.sees("#drawer form.event-form")
    assert supervisor.page.input_value("#drawer [name=starts_at]") == "2029-06-04T09:30"

    fill_in(supervisor, cast, start="2029-06-04T14:30", end="2029-06-04T15:30")
    supervisor.click("#drawer .form-actions button:has-text('保存')")
    supervisor.sees(".message", text="二楼会议室 已被占用")
    supervisor.click("[data-message-close]")
    fill_in(supervisor, cast, start="2029-06-04T10:30", end="2029-06-04T11:30")
    supervisor.click("#drawer .form-actions button:has-text('保存')")
    supervisor.sees("#drawer .event-clash", text="走访 周先生")
    supervisor.sees("#drawer .event-clash", text="11:00")
    supervisor.click("#drawer button:has-text('仍然保存')")

    steward.sees("#agenda", text="班组会")
    steward.sees("#agenda", text="时间冲突")
    steward.click("#agenda a:has-text('班组会')")
    steward.click("button:has-text('不参加')")
    steward.sees(".event-page .state-late", text="不参加")
    event = CalendarEvent.objects.get(title="班组会")
    assert not ScheduleConflict.objects.exists()

    supervisor.open(f"/calendar/events/{event.pk}/")
    supervisor.sees(".event-page", text="不参加")
    supervisor.click(".event-page a.btn:has-text('修改')")
    form = supervisor.page.locator("#drawer form.event-form")
    form.locator("[name=starts_at]").fill("2029-06-05T13:30")
    form.locator("[name=ends_at]").fill("2029-06-05T14:30")
    supervisor.click("#drawer .form-actions button:has-text('保存')")
    steward.open("/calendar/mine/?since=2029-06-05")
    steward.sees("#agenda", text="班组会")
    supervisor.sees(".message", text="已保存")

    supervisor.open("/calendar/team/?day=2029-06-05")
    supervisor.sees("#planner .plan-busy", text="忙")
    assert "体检" not in supervisor.page.content()


def test_an_answer_on_the_way_draws_nothing_anew_under_the_hand(planned, cast, open_desk):
    desk = open_desk(cast.supervisor)
    desk.open(DAY)
    own = f"#planner [data-lane='{cast.supervisor.staff.pk}']"
    held = []

    def hold(route):
        held.append((route, route.fetch()))

    desk.page.focus(own)
    desk.page.route("**/calendar/team/**", hold, times=1)
    with desk.page.expect_request("**/calendar/team/**"):
        desk.page.evaluate("document.querySelector('#planner').dispatchEvent(new CustomEvent('live:changed'))")
    desk.press("ArrowRight")
    desk.sees(f"{own} .plan-ghost", text="09:00–10:00")
    plan_event(a_plan(at(4, 16), at(4, 17), cast.supervisor, title="例会"), by=cast.supervisor)
    for _moment in range(500):
        if held:
            break
        desk.page.wait_for_timeout(50)
    route, answer = held[0]
    with desk.page.expect_response("**/calendar/team/**"):
        route.fulfill(response=answer)
    desk.page.wait_for_timeout(300)
    desk.press("ArrowRight")
    desk.sees(f"{own} .plan-ghost", text="09:15–10:15")

    desk.press("Escape")
    desk.sees("#planner .plan", text="例会")
    desk.page.locator(f"{own}:focus").wait_for()


def test_an_answer_to_something_else_takes_neither_the_keys_nor_what_they_hold(planned, cast, open_desk):
    plan_event(a_plan(at(4, 16), at(4, 17), cast.supervisor, title="例会"), by=cast.supervisor)
    desk = open_desk(cast.supervisor)
    desk.open(DAY)
    own = "#planner .plan[data-own]"
    desk.sees(own, text="16:00")
    desk.page.focus(own)
    elsewhere = "() => htmx.ajax('GET', location.href, {target: '#drawer', select: '#drawer', swap: 'outerHTML'})"
    desk.page.evaluate(elsewhere)
    desk.press("Alt+Shift+ArrowRight")
    desk.sees("#planner .plan-ghost", text="16:00–17:15")
    desk.page.evaluate(elsewhere)
    desk.press("Alt+Shift+ArrowRight")
    desk.press("Enter")
    desk.sees(own, text="16:00–17:30")


def test_what_is_dragged_or_moved_by_keys_is_there_at_once_and_can_be_undone(planned, cast, open_desk):
    plan_event(a_plan(at(4, 16), at(4, 17), cast.supervisor, title="例会"), by=cast.supervisor)
    desk = open_desk(cast.supervisor)
    desk.open(DAY)
    own = "#planner .plan[data-own]"
    desk.sees(own, text="16:00")
    box = desk.page.locator(own).first.bounding_box()
    lane = desk.page.locator(f"#planner [data-lane='{cast.supervisor.staff.pk}']").bounding_box()
    hours = int(desk.page.get_attribute("#planner", "data-last")) - int(
        desk.page.get_attribute("#planner", "data-first")
    )
    desk.page.mouse.move(box["x"] + 8, box["y"] + 8)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + 8 + lane["width"] * 2 / hours, box["y"] + 8, steps=6)
    desk.page.mouse.up()
    desk.sees("#messages form button", text="撤销")
    desk.sees(own, text="18:00–19:00")
    assert desk.page.locator("#messages .message").count() == 1
    with desk.page.expect_navigation():
        desk.click("#messages form button:has-text('撤销')")
    desk.sees(own, text="16:00–17:00")

    desk.page.focus(own)
    for _step in range(2):
        desk.press("Alt+Shift+ArrowRight")
    desk.press("Enter")
    desk.sees("#messages form button", text="撤销")
    desk.sees(f"{own}:focus", text="16:00–17:30")
    assert desk.complaints == []


@pytest.mark.requirement("R-241", "R-249")
def test_a_task_is_dragged_into_the_day_and_out_again_and_put_there_by_keys(planned, cast, open_desk):
    task = create_task(by=cast.supervisor, title="写小结", due_at=at(4, 18))
    create_task(by=cast.supervisor, title="核对名单", due_at=at(4, 20))
    desk = open_desk(cast.supervisor)
    desk.open(DAY)
    own = f"#planner [data-lane='{cast.supervisor.staff.pk}']"

    def drop(title, lane, hour):
        box = desk.page.locator(f"#planner .planner-task:has-text('{title}') > a").bounding_box()
        there = desk.page.locator(lane).bounding_box()
        first, last = (int(desk.page.get_attribute("#planner", f"data-{end}")) for end in ("first", "last"))
        desk.page.mouse.move(box["x"] + 8, box["y"] + 8)
        desk.page.mouse.down()
        x = there["x"] + there["width"] * (hour - first) / (last - first)
        desk.page.mouse.move(x + 2, there["y"] + 12, steps=6)
        desk.sees(f"{lane} .plan-ghost", text=f"{hour}:00–{hour}:30")
        desk.sees(".planner-carried", text=f"{hour}:00–{hour}:30 {title}")
        desk.page.mouse.up()

    drop("写小结", own, 15)
    desk.sees(f"{own} .plan[data-own]", text="写小结")
    desk.page.locator("#planner .planner-task", has_text="写小结").wait_for(state="detached")
    assert CalendarEvent.objects.get(title="写小结").starts_at == at(4, 15)
    with desk.page.expect_navigation():
        desk.click("#messages form button:has-text('撤销')")
    desk.sees("#planner .planner-task", text="写小结")

    drop("写小结", f"#planner [data-lane='{cast.receptionist.staff.pk}']", 16)
    desk.sees(f"#planner [data-lane='{cast.receptionist.staff.pk}'] .plan", text="写小结")
    task.refresh_from_db()
    assert task.assignee == cast.receptionist

    desk.page.focus("#planner .planner-task button")
    desk.press("Enter")
    desk.sees(f"{own} .plan[data-own]", text="核对名单")
    desk.sees(".planner-tasks", text="都排好时间了")
    assert desk.complaints == []


@pytest.mark.parametrize("width", [390, 360])
def test_the_month_of_the_team_fits_on_a_phone_and_its_days_stand_below_their_weekday(planned, cast, open_desk, width):
    phone = open_desk(cast.supervisor)
    phone.page.set_viewport_size({"width": width, "height": 780})
    phone.open("/calendar/team/month/?day=2029-06-01")
    row = phone.page.locator(f"[data-month-row='{cast.steward.staff.pk}']")
    fourth, monday = row.locator("[data-day='4']"), phone.page.locator(".month-weekdays span").first
    assert fourth.inner_text().split() == ["1"]
    assert abs(fourth.bounding_box()["x"] - monday.bounding_box()["x"]) < 2
    widths = "e => [e.scrollWidth, e.clientWidth]"
    for part in ("html", "#month-board"):
        wanted, given = phone.page.locator(part).evaluate(widths)
        assert wanted <= given
    fourth.locator("a").click()
    phone.sees("#planner", text="走访 周先生")


def test_the_words_of_a_short_event_are_read_beside_it(planned, cast, open_desk):
    plan_event(a_plan(at(4, 16), at(4, 16, 15), cast.supervisor, title="给物业协会回电话"), by=cast.supervisor)
    desk = open_desk(cast.supervisor)
    desk.open(DAY)
    desk.sees("#planner .plan-narrow", text="给物业协会回电话")
    slot = desk.page.locator("#planner .plan-narrow", has_text="给物业协会回电话")
    words = slot.locator(".plan-words")
    box, beside = slot.bounding_box(), words.bounding_box()
    assert beside["x"] >= box["x"] + box["width"] - 1
    assert words.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    read = "e => { const {x, y, width, height} = e.getBoundingClientRect(); return e.contains(document.elementFromPoint(x + width - 4, y + height / 4)); }"
    assert words.evaluate(read)
