"""What somebody has to do, what somebody notes for herself, and what rings in time for either."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.common.places import Place
from gongying.common.text import bigram_field
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.schedule.enums import TaskPriority
from gongying.schedule.models.about import ABOUT_WHOLE, AboutSomething, in_reach_of, seen_links
from gongying.schedule.models.calendar_events import CalendarEvent
from gongying.schedule.models.team import team_of

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_TITLE = 200
LONGEST_NOTE = 4_000
LONGEST_MEMO = 10_000
SHOWN_OF_MEMO = 40


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Her own and those that she gave; of the team's what is not private and names nothing out of her reach."""
        own = Q(assignee=user.pk) | Q(created_by=user.pk)
        if not may(user, "schedule.view_plans"):
            return self.filter(own)
        of_team = Q(assignee__in=team_of(user).values("user"), is_private=False)
        return self.filter(own | (of_team & in_reach_of(user)))

    def changeable_by(self, user: "AnyUser") -> Self:
        """Who does it, or who wanted it."""
        return self.filter(Q(assignee=user.pk) | Q(created_by=user.pk))

    def of_assignee(self, user: "AnyUser") -> Self:
        return self.filter(assignee=user.pk)

    def given_by(self, user: "AnyUser") -> Self:
        """To somebody else."""
        return self.filter(created_by=user.pk).exclude(assignee=user.pk)

    def open(self) -> Self:
        return self.filter(done_at=None)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)

    def overdue(self, *, at: datetime | None = None) -> Self:
        return self.open().filter(due_at__lt=at or timezone.now())

    def due_before(self, moment: datetime) -> Self:
        return self.open().filter(due_at__lt=moment)

    def unplanned(self) -> Self:
        """For which no time is kept any more, or none yet."""
        return self.open().filter(~models.Exists(CalendarEvent.objects.to_come().filter(task=models.OuterRef("pk"))))

    def for_list(self, user: "AnyUser") -> Self:
        """What a line of it shows to this reader."""
        rows = self.select_related("assignee", "created_by", "customer", "unit", "reminder")
        return rows.annotate(**seen_links(user))


class Task(AboutSomething, Versioned):
    """Something to be done, by one person; in her list it stands where she put it (`position`)."""

    event_kind = "task"

    title = models.CharField(_("what is to be done"), max_length=LONGEST_TITLE)
    note = models.TextField(_("note"), max_length=LONGEST_NOTE, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=TaskPriority.choices, default=TaskPriority.NORMAL
    )
    position = models.IntegerField(editable=False)
    # Of a task for the whole day the last minute of it.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    is_whole_day = models.BooleanField(_("whole day"), default=False)
    is_private = models.BooleanField(
        _("private"), default=False, help_text=_("Colleagues do not see it. Only for tasks of your own.")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="tasks",
        verbose_name=pgettext_lazy("of a task", "who does it"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="given_tasks", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("entered at"), default=timezone.now)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("done by")
    )
    done_at = models.DateTimeField(_("done at"), null=True)
    customer = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("customer")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("unit"))

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("to be done", "task")
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["assignee", "position", "id"], name="task_open", condition=Q(done_at=None)),
            models.Index(fields=["assignee", "-done_at", "-id"], name="task_done", condition=Q(done_at__isnull=False)),
            models.Index(fields=["created_by", "position", "id"], name="task_given"),
            models.Index(fields=["about_kind", "about_id"], name="task_about", condition=~Q(about_kind="")),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="task_has_title"),
            models.CheckConstraint(condition=Q(priority__in=TaskPriority.values), name="task_priority_known"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(assignee=F("created_by")), name="task_private_is_own"
            ),
            models.CheckConstraint(
                condition=Q(is_whole_day=False) | Q(due_at__isnull=False), name="task_whole_day_has_day"
            ),
            models.CheckConstraint(condition=ABOUT_WHOLE, name="task_about_whole"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> Place:
        return self.unit.place if self.unit else Place()

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_at is not None and self.due_at < timezone.now()

    @property
    def is_high(self) -> bool:
        return self.priority == TaskPriority.HIGH

    @property
    def remind_at(self) -> datetime | None:
        reminder = getattr(self, "reminder", None)
        return reminder.at if reminder else None

    @property
    def planned_time(self) -> CalendarEvent | None:
        """When it is to be done, where a time is kept for it."""
        return CalendarEvent.objects.to_come().filter(task=self).order_by("during", "pk").first()

    def is_of(self, user: "AnyUser") -> bool:
        """Who does it, or who wanted it: both may change it."""
        return user.pk in (self.assignee_id, self.created_by_id)


class MemoQuerySet(models.QuerySet["Memo"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Nobody but who wrote it, whatever her role."""
        return self.filter(writer=user.pk)


class Memo(Versioned):
    """What somebody notes for herself (R-240). No journal keeps it: what she deletes is gone."""

    event_kind = "memo"

    writer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memos", editable=False)
    text = models.TextField(_("note"), max_length=LONGEST_MEMO)
    is_pinned = models.BooleanField(_("on top"), default=False)
    written_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    search = bigram_field("text")

    objects = MemoQuerySet.as_manager()

    class Meta:
        verbose_name = _("memo")
        ordering = ["-is_pinned", "-changed_at", "-id"]
        indexes = [
            models.Index(fields=["writer", "-is_pinned", "-changed_at", "-id"], name="memo_of_writer"),
            GinIndex(fields=["search"], name="memo_search"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="memo_has_text")]

    def __str__(self) -> str:
        first = self.text.strip().splitlines()[0] if self.text.strip() else ""
        return first if len(first) <= SHOWN_OF_MEMO else f"{first[:SHOWN_OF_MEMO]}…"

    @property
    def remind_at(self) -> datetime | None:
        reminder = getattr(self, "reminder", None)
        return reminder.at if reminder else None


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(Q(task__assignee=user.pk) | Q(memo__writer=user.pk))

    def waiting(self, *, at: datetime) -> Self:
        """Whose time has come and that have not rung; what is done needs none."""
        return self.filter(rung_at=None, at__lte=at).exclude(task__done_at__isnull=False)


class Reminder(models.Model):
    """Rings once, at its time, for who does the task or wrote the memo."""

    task = models.OneToOneField(
        Task, models.CASCADE, null=True, related_name="reminder", verbose_name=pgettext_lazy("to be done", "task")
    )
    memo = models.OneToOneField(Memo, models.CASCADE, null=True, related_name="reminder", verbose_name=_("memo"))
    at = models.DateTimeField(_("remind at"))
    rung_at = models.DateTimeField(_("rung at"), null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["at", "id"], name="reminder_waiting", condition=Q(rung_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False, memo=None) | Q(task=None, memo__isnull=False),
                name="reminder_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(rung_at=None) | Q(rung_at__gte=F("at")), name="reminder_rung_in_time"),
        ]

    def __str__(self) -> str:
        return str(self.task or self.memo)
