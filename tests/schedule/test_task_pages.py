"""The pages of tasks and memos, and the same through the API."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.schedule.models import Memo, Reminder, Task
from gongying.schedule.operations import create_task, ring_reminders, write_memo
from tests.schedule.test_planner_pages import text_of

LIST = reverse("schedule:task-index")


@pytest.mark.requirement("R-241")
def test_one_line_is_a_task_and_can_be_undone(cast, client_of):
    browser = client_of(cast.steward)
    line = "明天 9点 给2-301回电 !"

    shown = text_of(browser.get(reverse("schedule:task-preview"), {"line": line}))
    assert "给2-301回电" in shown
    assert "阳光小区 2-1-301" in shown
    assert "重要" in shown
    answer = browser.post(reverse("schedule:task-enter"), {"line": line}, follow=True)
    task = Task.objects.get()
    assert (task.title, task.unit, task.is_high, task.reminder.rung_at) == ("给2-301回电", cast.unit, True, None)
    assert timezone.localtime(task.due_at).hour == 9
    assert "已记：给2-301回电" in text_of(answer)
    assert reverse("schedule:task-destroy", args=[task.pk]) in answer.content.decode()
    browser.post(reverse("schedule:task-destroy", args=[task.pk]))
    assert not Task.objects.exists()
    assert browser.post(reverse("schedule:task-enter"), {"line": " "}).status_code == 422


def test_lists_count_exactly_their_rows(cast, client_of):
    now = timezone.now()
    create_task(by=cast.steward, title="过期的", due_at=now - timedelta(days=1))
    create_task(by=cast.steward, title="今天的", due_at=now, is_whole_day=True)
    create_task(by=cast.steward, title="以后的", due_at=now + timedelta(days=3))
    create_task(by=cast.steward, title="交办的", assignee=cast.supervisor)
    browser = client_of(cast.steward)

    chips = {name: count for name, _label, count in browser.get(LIST).context["chips"]}
    for name, expected in {"mine": 3, "today": 2, "overdue": 1, "given": 1}.items():
        page = browser.get(LIST, {"list": name}).context["page"]
        assert (len(page), chips[name].number) == (expected, expected), name


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long(cast, client_of, django_assert_num_queries, number):
    for index in range(number):
        due = timezone.now() + timedelta(days=index)
        create_task(by=cast.steward, title=f"回电{index}", unit=cast.unit, customer=cast.zhou, due_at=due)
    browser = client_of(cast.steward)
    browser.get(LIST)

    with django_assert_num_queries(4):
        browser.get(LIST)


def test_a_task_is_changed_moved_and_done_on_its_pages(cast, client_of):
    first, second = (create_task(by=cast.steward, title=title) for title in "甲乙")
    browser = client_of(cast.steward)
    edit = reverse("schedule:task-edit", args=[first.pk])

    form = {"title": "甲甲", "priority": "5", "assignee": cast.steward.pk, "due_on": "2029-06-04", "version": 1}
    assert browser.post(edit, form).status_code == 302
    first.refresh_from_db()
    assert (first.title, first.is_whole_day) == ("甲甲", True)
    assert browser.post(edit, form).status_code == 409
    wrong = {**form, "version": 2, "due_on": "", "due_time": "09:00"}
    assert "请选择哪一天" in text_of(browser.post(edit, wrong))
    move = reverse("schedule:task-move", args=[second.pk])
    assert browser.post(move, {"before": first.pk}).status_code == 302
    assert [task.title for task in browser.get(LIST).context["page"]] == ["乙", "甲甲"]
    assert browser.post(move, {"before": 10**6}).status_code == 422
    done = browser.post(reverse("schedule:task-finish", args=[second.pk]), follow=True)
    assert "已完成：乙" in text_of(done)
    assert browser.post(reverse("schedule:task-finish", args=[second.pk])).status_code == 409
    assert client_of(cast.supervisor).post(reverse("schedule:task-finish", args=[first.pk])).status_code == 403
    assert client_of(cast.outsider).post(reverse("schedule:task-finish", args=[first.pk])).status_code == 404


def test_a_reminder_that_rang_is_put_off_from_the_page(cast, client_of):
    task = create_task(by=cast.steward, title="回电", remind_at=timezone.now() + timedelta(hours=1))
    Reminder.objects.update(at=timezone.now() - timedelta(minutes=1))
    ring_reminders()
    browser, snooze = client_of(cast.steward), reverse("schedule:task-snooze", args=[task.pk])

    assert "10分钟后" in text_of(browser.get(reverse("schedule:task-show", args=[task.pk])))
    assert browser.post(snooze, {"until": "99"}).status_code == 422
    for until in ("10", "60", "tomorrow"):
        assert browser.post(snooze, {"until": until}).status_code == 302
        reminder = Reminder.objects.get()
        assert reminder.rung_at is None
        assert reminder.at > timezone.now()
    assert timezone.localtime(reminder.at).hour == 9
    assert client_of(cast.supervisor).post(snooze, {"until": "10"}).status_code == 403


def test_a_new_task_is_linked_to_where_it_was_made(cast, client_of):
    browser = client_of(cast.steward)
    address = f"{reverse('schedule:task-create')}?unit={cast.unit.pk}"

    page = browser.get(address)
    assert "2-1-301" in text_of(page)
    form = {"title": "量窗", "priority": "5", "assignee": cast.supervisor.pk, "unit": cast.unit.pk}
    saved = browser.post(address, form)
    assert saved["Location"] == reverse("customers:household-show", args=[cast.unit.pk])
    assert Task.objects.get(title="量窗").unit == cast.unit


def test_memos_are_written_found_and_deleted(cast, client_of):
    browser = client_of(cast.steward)
    browser.post(reverse("schedule:memo-create"), {"text": "周先生怕狗"})
    memo = Memo.objects.get()
    edit = reverse("schedule:memo-edit", args=[memo.pk])

    assert "周先生怕狗" in text_of(browser.get(reverse("schedule:memo-index"), {"q": "怕狗"}))
    assert "周先生怕狗" not in text_of(browser.get(reverse("schedule:memo-index"), {"q": "怕猫"}))
    assert browser.get(edit, headers={"HX-Request": "true"}).status_code == 200
    assert browser.post(edit, {"text": "周先生怕猫", "version": 1}).status_code == 302
    assert browser.post(edit, {"text": "又改", "version": 1}).status_code == 409
    assert browser.post(reverse("schedule:memo-snooze", args=[memo.pk]), {"until": "10"}).status_code == 403
    browser.post(reverse("schedule:memo-destroy", args=[memo.pk]))
    assert not Memo.objects.exists()


def test_the_api_does_what_the_pages_do(cast, client_of):
    browser = client_of(cast.steward)

    def send(method, path, body=None):
        return getattr(browser, method)(f"/api/v1{path}", body or {}, content_type="application/json")

    made = send("post", "/task-lines", {"line": "明天9点给2-301回电!"})
    assert made.status_code == 201
    task = made.json()
    assert (task["title"], task["priority"], task["unit_id"]) == ("给2-301回电", 1, cast.unit.pk)
    other = send("post", "/tasks", {"title": "贴通知", "due_at": "2029-06-04T10:00+08:00", "is_whole_day": True}).json()
    assert other["due_at"] == "2029-06-04T15:59:00Z"
    assert send("put", f"/tasks/{other['id']}/position", {"before_id": task["id"]}).status_code == 200
    assert [row["title"] for row in send("get", "/tasks").json()["items"]] == ["贴通知", "给2-301回电"]
    changed = send("patch", f"/tasks/{task['id']}", {"version": 1, "note": "下午在家"}).json()
    assert (changed["note"], changed["remind_at"]) == ("下午在家", task["remind_at"])
    assert send("patch", f"/tasks/{task['id']}", {"version": 1, "note": "x"}).status_code == 409
    assert send("post", "/tasks", {"title": "x", "unit_id": cast.west_unit.pk}).status_code == 422
    assert send("post", "/tasks", {"title": "x", "about": "unit-999999"}).status_code == 422
    assert send("post", f"/tasks/{task['id']}/completion").json()["done_at"]
    assert send("post", f"/tasks/{task['id']}/completion").status_code == 409
    assert send("post", f"/tasks/{task['id']}/reopening").json()["done_at"] is None
    assert send("delete", f"/tasks/{other['id']}").status_code == 204
    memo = write_memo(by=cast.steward, text="带钥匙")
    remind = {"version": 1, "remind_at": "2029-06-04T10:00:00+08:00"}
    assert send("patch", f"/memos/{memo.pk}", remind).json()["remind_at"] == "2029-06-04T02:00:00Z"
    assert send("delete", f"/memos/{memo.pk}").status_code == 204
