"""Where tasks and memos show elsewhere: the rail, timelines, the bell, the search box, what lies with a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common import navigation, search
from gongying.common.navigation import Entry
from gongying.common.search import Hit, Query, Score, Shape
from gongying.common.templatetags.formats import spoken
from gongying.common.word_search import containing, is_searchable
from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.events.subjects import Kind, register_kind
from gongying.organization.matters import Matters, register_matters
from gongying.schedule.models import Memo, Task
from gongying.schedule.operations import pass_on_task

CALENDAR = "schedule:calendar-home"


class TaskSearch:
    """One's own tasks, by any two characters of what is to be done; open ones first."""

    name = "tasks"
    label: str | Promise = _("Tasks")
    icon = "checklist"

    def search(self, user: Any, query: Query, limit: int) -> Sequence[Hit]:
        if Shape.WORDS not in query:
            return []
        own = Q(assignee=user.pk) | Q(created_by=user.pk)
        rows = Task.objects.filter(own, title__icontains=query.text).select_related("assignee")
        found = rows.order_by("done_at", "due_at", "-pk")[:limit]
        return [
            Hit(
                id=task.pk,
                title=task.title,
                subtitle=str(task.assignee),
                badge=spoken(timezone.localtime(task.due_at)) if task.due_at else "",
                url=reverse("schedule:task-show", args=[task.pk]),
                score=Score.WORDS,
            )
            for task in found
        ]


class MemoSearch:
    """One's own memos; nobody finds those of others."""

    name = "memos"
    label: str | Promise = _("Memos")
    icon = "notes"

    def search(self, user: Any, query: Query, limit: int) -> Sequence[Hit]:
        if Shape.WORDS not in query or not is_searchable(query.text):
            return []
        rows: Any = Memo.objects.visible_to(user)
        return [
            Hit(
                id=memo.pk,
                title=str(memo),
                subtitle=spoken(timezone.localtime(memo.changed_at)),
                url=reverse("schedule:memo-edit", args=[memo.pk]),
                score=Score.WORDS,
            )
            for memo in containing(rows, query.text).order_by("-changed_at")[:limit]
        ]


def _due(details: Details) -> list[tuple[Words, Words]]:
    facts: list[tuple[Words, Words]] = []
    if details.get("to_name"):
        facts.append(
            (pgettext_lazy("of a task", "who does it"), f"{details.get('before', '')} \u2192 {details['to_name']}")
        )
    elif details.get("assignee"):
        facts.append((pgettext_lazy("of a task", "who does it"), str(details["assignee"])))
    if details.get("due_at"):
        facts.append((_("due"), spoken(timezone.localtime(datetime.fromisoformat(details["due_at"])))))
    return facts


def _nothing(_details: Details) -> Words:
    return ""


def register() -> None:
    navigation.register(Entry("schedule:task-index", _("Tasks"), "checklist", order=49, under=CALENDAR))
    navigation.register(Entry("schedule:memo-index", _("Memos"), "notes", order=49, under=CALENDAR))
    search.register(TaskSearch())
    search.register(MemoSearch())
    register_kind(Kind(Task, "schedule:task-show", is_short=True))
    register_kind(Kind(Memo, "schedule:memo-edit", is_short=True, is_linked=False))
    register_matters(
        "tasks",
        Matters(
            _("tasks"),
            of=lambda person, seen_by: Task.objects.visible_to(seen_by).of_assignee(person).open(),
            pass_on=pass_on_task,
            url_name="schedule:task-show",
        ),
    )
    register_readings(
        {
            "task.created": Reading(_("Task entered"), "checklist", facts=_due),
            "task.changed": Reading(_("Task changed"), "pencil", facts=_due),
            "task.passed_on": Reading(_("Task passed on"), "arrow-right", facts=_due),
            "task.done": Reading(_("Task done"), "circle-check", facts=_due),
            "task.reopened": Reading(_("Task to do again"), "rotate", facts=_due),
            "task.deleted": Reading(_("Task deleted"), "trash"),
            "reminder.rang": Reading(_("Reminder"), "bell-ringing", _nothing),
        }
    )
