"""What somebody types for a task, a memo, a reminder."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import DayField
from gongying.common.selects import Select
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.schedule.enums import TaskPriority
from gongying.schedule.models import Memo, Task, team_of
from gongying.schedule.models.tasks import LONGEST_MEMO, LONGEST_NOTE, LONGEST_TITLE
from gongying.schedule.operations import end_of_day
from gongying.schedule.plan_forms import MomentField
from gongying.schedule.task_lines import LONGEST_LINE

MORNING = time(9)


class LineForm(forms.Form):
    """One line; whom and what it is linked to comes along unseen."""

    line = forms.CharField(
        label=gettext_lazy("New task"), max_length=LONGEST_LINE, widget=forms.TextInput({"autocomplete": "off"})
    )


class TaskForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("what is to be done"), max_length=LONGEST_TITLE)
    due_on = DayField(label=gettext_lazy("due on"), required=False)
    due_time = forms.TimeField(
        label=pgettext_lazy("of a task", "at"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Empty: any time of the day."),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("priority"), choices=TaskPriority.choices, coerce=int, initial=TaskPriority.NORMAL
    )
    assignee = forms.ModelChoiceField(
        User.objects.none(), label=pgettext_lazy("of a task", "who does it"), widget=Select, empty_label=None
    )
    remind_at = MomentField(label=gettext_lazy("remind at"), required=False)
    note = forms.CharField(
        label=gettext_lazy("note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea({"rows": 3})
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("private"),
        required=False,
        help_text=gettext_lazy("Colleagues do not see it. Only for tasks of your own."),
    )
    customer = forms.ModelChoiceField(Party.objects.none(), required=False, widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(Unit.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, task: Task | None = None, **options: Any) -> None:
        self.task, self.user = task, user
        options["initial"] = {**_as_typed(task, user), **options.get("initial", {})}
        super().__init__(data, **options)
        offered = User.objects.filter(staff__in=team_of(user)) | User.objects.filter(pk=user.pk)
        if task is not None:
            offered |= User.objects.filter(pk=task.assignee_id)
        self._offer("assignee", offered.distinct().order_by("name", "pk"))
        self._offer("customer", _rows(Party, user, task.customer_id if task else None))
        self._offer("unit", _rows(Unit, user, task.unit_id if task else None))

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("due_time") and not given.get("due_on") and "due_on" in given:
            self.add_error("due_on", _("Say on which day."))
        remind_at = given.get("remind_at")
        if remind_at and remind_at <= timezone.now() and remind_at != (self.task and self.task.remind_at):
            self.add_error("remind_at", _("A reminder needs a time that is still to come."))
        if given.get("is_private") and given.get("assignee") not in (None, self._enterer):
            self.add_error("is_private", _("A private task is one's own: it cannot be given to somebody else."))
        return given

    @property
    def _enterer(self) -> User:
        return self.task.created_by if self.task else self.user

    def facts(self) -> dict[str, Any]:
        """What the operations take."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("due_on", "due_time")}
        due_at, is_whole_day = moment_of(self.cleaned_data["due_on"], self.cleaned_data["due_time"])
        return {**given, "due_at": due_at, "is_whole_day": is_whole_day}

    @property
    def links(self) -> str:
        """Whom and what it is linked to, in words."""
        linked = (self._linked(name) for name in ("customer", "unit"))
        return " \u00b7 ".join(str(row) for row in linked if row is not None)

    def _linked(self, name: str) -> Party | Unit | None:
        try:
            row: Party | Unit | None = self.fields[name].clean(self[name].value())
        except ValidationError:
            return None
        return row


class MemoForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("note"), max_length=LONGEST_MEMO, widget=forms.Textarea({"rows": 6, "autofocus": True})
    )
    is_pinned = forms.BooleanField(label=gettext_lazy("on top"), required=False)
    remind_at = MomentField(label=gettext_lazy("remind at"), required=False)

    def __init__(self, data: Any = None, *, memo: Memo | None = None, **options: Any) -> None:
        self.memo = memo
        if memo is not None:
            first = {"text": memo.text, "is_pinned": memo.is_pinned, "remind_at": memo.remind_at}
            options["initial"] = {**first, **options.get("initial", {})}
        super().__init__(data, **options)

    def clean_remind_at(self) -> datetime | None:
        remind_at: datetime | None = self.cleaned_data["remind_at"]
        if remind_at and remind_at <= timezone.now() and remind_at != (self.memo and self.memo.remind_at):
            raise ValidationError(_("A reminder needs a time that is still to come."), code="past")
        return remind_at


class SnoozeForm(forms.Form):
    """Ring again: in some minutes, or tomorrow morning."""

    until = forms.ChoiceField(
        choices=[
            ("10", gettext_lazy("in 10 minutes")),
            ("60", gettext_lazy("in an hour")),
            ("tomorrow", gettext_lazy("tomorrow at nine")),
        ]
    )

    def moment(self) -> datetime:
        until = self.cleaned_data["until"]
        now = timezone.localtime().replace(second=0, microsecond=0)
        if until == "tomorrow":
            return timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), MORNING))
        return now + timedelta(minutes=int(until))


class MoveForm(forms.Form):
    """Before which other task; empty: to the end."""

    before = forms.ModelChoiceField(Task.objects.none(), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["before"].queryset = Task.objects.visible_to(user).open()  # type: ignore[attr-defined]


def moment_of(day: Any, clock: time | None) -> tuple[datetime | None, bool]:
    """When it is due, and whether any time of that day will do."""
    if day is None:
        return None, False
    moment = timezone.make_aware(datetime.combine(day, clock or time(0)))
    return (moment, False) if clock else (end_of_day(moment), True)


def _rows(model: Any, user: User, present: int | None) -> Any:
    """What she sees, and what it is linked to already."""
    visible = model.objects.visible_to(user)
    return model.objects.filter(pk__in=visible.values("pk")) | model.objects.filter(pk=present)


def _as_typed(task: Task | None, user: User) -> dict[str, Any]:
    if task is None:
        return {"assignee": user.pk}
    due = timezone.localtime(task.due_at) if task.due_at else None
    return {
        "title": task.title,
        "due_on": due and due.date(),
        "due_time": due.time() if due and not task.is_whole_day else None,
        "priority": task.priority,
        "assignee": task.assignee_id,
        "remind_at": task.remind_at,
        "note": task.note,
        "is_private": task.is_private,
        "customer": task.customer_id,
        "unit": task.unit_id,
    }
