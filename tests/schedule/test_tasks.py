"""Tasks, memos and reminders: what they do, what they refuse, and who sees them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused, Stale
from gongying.events.models import Event, EventSubject
from gongying.notifications.models import Notification
from gongying.notifications.presentation import notices_of
from gongying.organization.matters import open_matters_of
from gongying.schedule.enums import TaskPriority
from gongying.schedule.models import Memo, Reminder, Task
from gongying.schedule.operations import (
    change_task,
    create_task,
    delete_task,
    finish_task,
    move_task,
    pass_on_task,
    reopen_task,
    ring_reminders,
    snooze_reminder,
    write_memo,
)
from tests.race import race

SOON = timedelta(hours=2)


def titles(user):
    return list(Task.objects.of_assignee(user).open().values_list("title", flat=True))


def told(user):
    return [str(notice.title) for notice in notices_of(Notification.objects.filter(user=user), user=user)]


@pytest.mark.requirement("R-241")
def test_a_task_given_to_a_colleague_is_told_done_and_taken_back(cast):
    due = timezone.now() - timedelta(minutes=5)
    task = create_task(by=cast.supervisor, title=" 回电 ", assignee=cast.steward, customer=cast.zhou, due_at=due)

    assert (task.title, titles(cast.steward), told(cast.steward)) == ("回电", ["回电"], ["新任务"])
    assert list(Task.objects.overdue()) == [task]
    assert EventSubject.objects.filter(kind="customer", object_id=cast.zhou.pk, event__verb="task.created").exists()
    finish_task(task, by=cast.steward)
    assert (titles(cast.steward), told(cast.supervisor)) == ([], ["任务已完成"])
    assert list(Task.objects.overdue()) == []
    with pytest.raises(Refused, match="已经完成"):
        finish_task(task, by=cast.supervisor)
    with pytest.raises(Refused, match="已完成"):
        change_task(task, by=cast.steward, title="别的")
    assert reopen_task(task, by=cast.steward).done_by is None
    with pytest.raises(Refused, match="还没有完成"):
        reopen_task(task, by=cast.steward)


def test_important_tasks_come_on_top_and_every_task_can_be_moved(cast):
    first, second, third = (create_task(by=cast.steward, title=title) for title in "甲乙丙")
    create_task(by=cast.steward, title="急", priority=TaskPriority.HIGH)
    create_task(by=cast.worker, title="别人的")

    assert titles(cast.steward) == ["急", "甲", "乙", "丙"]
    move_task(third, before=first, by=cast.steward)
    assert titles(cast.steward) == ["急", "丙", "甲", "乙"]
    move_task(first, before=None, by=cast.steward)
    assert titles(cast.steward) == ["急", "丙", "乙", "甲"]
    change_task(second, by=cast.steward, priority=TaskPriority.HIGH)
    assert titles(cast.steward) == ["乙", "急", "丙", "甲"]
    assert titles(cast.worker) == ["别人的"]


def test_what_cannot_be_asked_of_somebody_is_refused(cast):
    with pytest.raises(Refused, match="陈管家不负责这套房"):
        create_task(by=cast.supervisor, title="回电", assignee=cast.west_steward, unit=cast.unit)
    with pytest.raises(Refused, match="私人任务"):
        create_task(by=cast.supervisor, title="体检", assignee=cast.steward, is_private=True)
    with pytest.raises(Refused, match="要做什么"):
        create_task(by=cast.supervisor, title="  ")
    with pytest.raises(Refused, match="还没到的时间"):
        create_task(by=cast.supervisor, title="回电", remind_at=timezone.now())
    task = create_task(by=cast.supervisor, title="回电", assignee=cast.steward)
    with pytest.raises(Refused, match="李主管"):
        delete_task(task, by=cast.steward)
    with pytest.raises(Stale):
        change_task(task, by=cast.steward, title="别的", seen=7)
    assert Task.objects.count() == 1
    delete_task(task, by=cast.supervisor)
    assert Task.objects.count() == 0


def test_the_database_keeps_what_must_always_hold(cast):
    task = create_task(by=cast.steward, title="回电")
    for wrong in (
        {"done_at": timezone.now()},
        {"is_private": True, "assignee": cast.supervisor},
        {"priority": 2},
        {"is_whole_day": True},
        {"title": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.filter(pk=task.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(at=timezone.now())


def test_who_sees_a_task(cast):
    shared = create_task(by=cast.steward, title="回电", unit=cast.unit)
    private = create_task(by=cast.steward, title="体检", is_private=True)

    def seen(user):
        return set(Task.objects.visible_to(user))

    assert seen(cast.steward) == {shared, private}
    assert seen(cast.supervisor) == {shared}
    assert seen(cast.west_steward) == seen(cast.outsider) == set()  # the unit is out of her reach
    about_private = EventSubject.objects.filter(kind="task", object_id=private.pk).values_list(
        "event__details", flat=True
    )
    assert all("体检" not in str(details) for details in about_private)


def test_tasks_lie_with_a_person_and_can_be_passed_on(cast):
    task = create_task(by=cast.steward, title="回电", unit=cast.unit)
    create_task(by=cast.steward, title="体检", is_private=True)
    (matters,) = [kind for kind in open_matters_of(cast.steward, seen_by=cast.supervisor) if kind.key == "tasks"]

    assert matters.rows == [task]
    pass_on_task(task, to=cast.manager, by=cast.supervisor)
    assert titles(cast.manager) == ["回电"]
    assert told(cast.manager) == ["任务转交"]


@pytest.mark.requirement("R-240")
def test_nobody_else_sees_a_memo_anywhere(cast, client_of):
    memo = write_memo(by=cast.steward, text="周先生的女儿下月结婚")

    for other in (cast.supervisor, cast.manager, cast.quality, cast.administrator):
        assert list(Memo.objects.visible_to(other)) == []
        browser = client_of(other)
        assert browser.get(reverse("schedule:memo-edit", args=[memo.pk])).status_code == 404
        found = browser.get(reverse("workbench:search-index"), {"q": "女儿"})
        assert found.status_code == 200
        assert "下月结婚" not in found.content.decode()
        assert browser.get("/api/v1/memos").json()["items"] == []
        assert browser.get(f"/api/v1/timeline/memo/{memo.pk}").status_code == 404
    browser = client_of(cast.steward)
    # The only hit is opened at once.
    assert browser.get(reverse("workbench:search-index"), {"q": "女儿"}).url.endswith(f"/memos/{memo.pk}/")
    assert [row["text"] for row in browser.get("/api/v1/memos").json()["items"]] == ["周先生的女儿下月结婚"]
    assert not any("女儿" in str(event.details) for event in Event.objects.all())


@pytest.mark.requirement("R-240")
def test_a_reminder_rings_once_and_again_when_snoozed(cast):
    memo = write_memo(by=cast.steward, text="带钥匙", remind_at=timezone.now() + SOON)
    task = create_task(by=cast.supervisor, title="回电", assignee=cast.worker, remind_at=timezone.now() + SOON)
    finished = create_task(by=cast.worker, title="已做", remind_at=timezone.now() + SOON)
    finish_task(finished, by=cast.worker)
    assert ring_reminders() == 0

    Reminder.objects.update(at=timezone.now() - timedelta(seconds=1))
    assert ring_reminders() == 2
    assert ring_reminders() == 0
    (notice,) = notices_of(Notification.objects.filter(user=cast.steward), user=cast.steward)
    assert (str(notice.title), str(notice.thing)) == ("提醒", "带钥匙")
    assert notice.url == reverse("schedule:memo-edit", args=[memo.pk])
    assert told(cast.worker).count("提醒") == 1

    with pytest.raises(Refused, match="还没到的时间"):
        snooze_reminder(task.reminder, until=timezone.now(), by=cast.worker)
    snooze_reminder(task.reminder, until=timezone.now() + SOON, by=cast.worker)
    Reminder.objects.filter(task=task).update(at=timezone.now() - timedelta(seconds=1))
    assert ring_reminders() == 1
    assert told(cast.worker).count("提醒") == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_rings(cast):
    create_task(by=cast.worker, title="回电", remind_at=timezone.now() + SOON)
    Reminder.objects.update(at=timezone.now() - timedelta(seconds=1))

    assert sum(race(*[ring_reminders] * 4)) == 1
    assert Event.objects.filter(verb="reminder.rang").count() == 1
