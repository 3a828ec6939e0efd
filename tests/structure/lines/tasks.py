from datetime import timedelta

from django.utils import timezone

from gongying.schedule.models import Memo, Task
from gongying.schedule.operations import create_task, ring_reminders, write_memo
from tests.structure.url_matrix import Sample, action, api, page


def a_task(sample: Sample) -> Task:
    """With a reminder that has rung."""
    soon = timezone.now() + timedelta(hours=1)
    task = create_task(by=sample.user, title=f"给{sample.unit}回电", unit=sample.unit, remind_at=soon)
    task.reminder.at = timezone.now() - timedelta(minutes=1)
    task.reminder.save()
    ring_reminders()
    return task


def a_memo(sample: Sample) -> Memo:
    return write_memo(by=sample.user, text="买菜")


OBJECTS = {"task": a_task, "memo": a_memo}
EVERYBODY = {"reason": "everybody has things to do"}
SEE = "schedule.view_plans"
TASK, MEMO = {"task_id": "task"}, {"memo_id": "memo"}
# Only who does it or has given it changes a task, and nobody of the matrix has.
NOT_HERS = {"seen_with": SEE, "allowed": (403,)}
# Nobody but its writer, and she is none of the matrix.
NOBODY = {"place": False, "allowed": (404,), "reason": "a memo is its writer's own"}

LINES = [
    page("schedule:task-index", **EVERYBODY),
    action("schedule:task-enter", data={"line": "明天9点回电"}, allowed=(302,), **EVERYBODY),
    page("schedule:task-preview", data={"line": "明天9点回电"}, allowed=(200,), **EVERYBODY),
    page("schedule:task-create", **EVERYBODY),
    action("schedule:task-create", **EVERYBODY),
    page("schedule:task-show", seen_with=SEE, **TASK),
    page("schedule:task-edit", **NOT_HERS, **TASK),
    action("schedule:task-edit", **NOT_HERS, **TASK),
    action("schedule:task-finish", **NOT_HERS, **TASK),
    action("schedule:task-reopen", **NOT_HERS, **TASK),
    page("schedule:task-plan", **NOT_HERS, **TASK),
    action("schedule:task-plan", **NOT_HERS, **TASK),
    action("schedule:task-move", **NOT_HERS, **TASK),
    action("schedule:task-snooze", data={"until": "10"}, **NOT_HERS, **TASK),
    action("schedule:task-destroy", **NOT_HERS, **TASK),
    page("schedule:memo-index", **EVERYBODY),
    page("schedule:memo-create", **EVERYBODY),
    action("schedule:memo-create", data={"text": "买菜"}, allowed=(302,), **EVERYBODY),
    page("schedule:memo-edit", **NOBODY, **MEMO),
    action("schedule:memo-edit", data={"text": "买菜"}, **NOBODY, **MEMO),
    action("schedule:memo-snooze", data={"until": "10"}, **NOBODY, **MEMO),
    action("schedule:memo-destroy", **NOBODY, **MEMO),
    api("GET /tasks", **EVERYBODY),
    api("POST /tasks", data={"title": "回电"}, allowed=(201,), **EVERYBODY),
    api("POST /task-lines", data={"line": "明天9点回电"}, allowed=(201,), **EVERYBODY),
    api("GET /tasks/{task_id}", seen_with=SEE, **TASK),
    api("PATCH /tasks/{task_id}", data={"version": 1}, **NOT_HERS, **TASK),
    api("DELETE /tasks/{task_id}", data={}, **NOT_HERS, **TASK),
    api("POST /tasks/{task_id}/completion", **NOT_HERS, **TASK),
    api("POST /tasks/{task_id}/reopening", **NOT_HERS, **TASK),
    api("PUT /tasks/{task_id}/position", data={}, **NOT_HERS, **TASK),
    api("GET /memos", **EVERYBODY),
    api("POST /memos", data={"text": "买菜"}, allowed=(201,), **EVERYBODY),
    api("GET /memos/{memo_id}", **NOBODY, **MEMO),
    api("PATCH /memos/{memo_id}", data={"version": 1}, **NOBODY, **MEMO),
    api("DELETE /memos/{memo_id}", data={}, **NOBODY, **MEMO),
]
