"""What other departments do at the same time for one request, each in a task of its own (R-218)."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import ends_once, keep_rows
from gongying.common.models import Versioned
from gongying.common.statements import Statement
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.access import staff_of
from gongying.organization.models import Department
from gongying.servicedesk.enums import Recipient
from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.clocks import LadderStep
from gongying.servicedesk.models.policies import EscalationLadder
from gongying.servicedesk.models.requests import ServiceRequest
from gongying.servicedesk.models.work import WorkOrder

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

STANDING = Q(done_at=None, withdrawn_at=None)
ENDING = ["done_by_id", "result", "withdrawn_by_id", "withdrawn_reason", "version"]
CLIMBING = ["level", "next_step_at", "breached_at"]
WHILE_HANDLED = refuse_when(
    "EXISTS (SELECT FROM servicedesk_supporttask task JOIN servicedesk_servicerequest request"
    " ON request.id = task.service_request_id WHERE task.id = NEW.id AND task.done_at IS NULL"
    " AND task.withdrawn_at IS NULL AND request.state NOT IN ('accepted', 'in_progress', 'verifying', 'handling'))",
    "supporttask: support is given only while the request is handled",
)


class SupportTaskQuerySet(models.QuerySet["SupportTask"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Whoever sees the request sees the tasks in it."""
        return self.filter(service_request__in=ServiceRequest.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(STANDING)

    def of_my_department(self, user: "AnyUser") -> Self:
        staff = staff_of(user) if isinstance(user, User) else None
        return self.filter(department=staff.department_id) if staff else self.none()

    def for_list(self) -> Self:
        rows = self.select_related("department", "opened_by", "done_by", "withdrawn_by", "work_order")
        request = "service_request"
        return rows.select_related(f"{request}__unit", f"{request}__project", f"{request}__owner").defer(
            f"{request}__search"
        )


class SupportTask(Versioned):
    """One department's part. It ends it itself, or whoever asked takes it back, with a reason."""

    event_kind = "supporttask"

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="support_tasks", verbose_name=_("request")
    )
    # Where one job of the request is supported; else the request as a whole.
    work_order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, related_name="support_tasks", verbose_name=_("work order")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="support_tasks", verbose_name=_("supporting department")
    )
    task = models.TextField(_("task"), max_length=LONGEST_TEXT)
    due_at = models.DateTimeField(_("due at"), null=True)
    # The ladder of the day on which it was asked for, and when each of its steps comes; none without a due time.
    ladder = models.ForeignKey(
        EscalationLadder,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("escalation ladder"),
        db_index=False,
    )
    steps_at = ArrayField(models.DateTimeField(), default=list, verbose_name=_("steps at"))
    next_step_at = models.DateTimeField(_("next step at"), null=True)
    level = models.PositiveSmallIntegerField(_("per cent reached"), default=0)
    breached_at = models.DateTimeField(_("breached at"), null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    opened_at = models.DateTimeField(_("asked at"))
    done_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("done by")
    )
    done_at = models.DateTimeField(_("done at"), null=True)
    result = models.TextField(_("what was done"), max_length=LONGEST_TEXT, blank=True)
    withdrawn_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_reason = models.TextField(_("why it was withdrawn"), max_length=LONGEST_TEXT, blank=True)

    objects = SupportTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("support task")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["department", "id"], name="support_task_open", condition=STANDING),
            models.Index(fields=["department", "service_request"], name="support_task_of_department"),
            models.Index(
                fields=["next_step_at", "id"], name="support_task_next_step", condition=Q(next_step_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(task=""), name="support_task_has_text"),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(due_at__gt=models.F("opened_at")), name="support_task_due_after_asked"
            ),
            models.CheckConstraint(
                condition=Q(next_step_at=None) | (STANDING & Q(ladder__isnull=False)),
                name="support_task_steps_only_while_open",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, result="")
                | (Q(done_at__isnull=False, done_by__isnull=False, withdrawn_at=None) & ~Q(result="")),
                name="support_task_done_with_result",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="support_task_withdrawn_with_reason",
            ),
        ]
        triggers = [
            *keep_rows("supporttask"),
            ends_once(
                "supporttask_ends_once",
                closed_by=["done_at", "withdrawn_at"],
                leaves_open=[*ENDING, *CLIMBING],
                words="supporttask: a task ends once, nothing else of it changes",
            ),
            Guard(
                name="supporttask_while_handled",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=WHILE_HANDLED + "RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.task[:40]}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.withdrawn_at is None

    @property
    def is_late(self) -> bool:
        """Past its time while it stands, or ended only after it."""
        if self.breached_at is not None:
            return True
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    def present_state(self) -> dict[str, Any]:
        return {"id": self.pk, "version": self.version, "is_open": self.is_open}


SUPPORT_OF_REQUEST: Statement[SupportTask] = Statement(
    lambda request: SupportTask.objects.filter(service_request=request).for_list(), request=int
)


class SupportStep(LadderStep):
    """A step of the ladder that a task has reached, once: as `ClockStep` for the clocks of requests."""

    task = models.ForeignKey(
        SupportTask, models.PROTECT, related_name="steps_taken", verbose_name=_("support task"), db_index=False
    )

    class Meta:
        verbose_name = _("step of a support task")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "percent"], name="support_step_once"),
            models.CheckConstraint(condition=Q(to__in=Recipient.values), name="support_step_recipient_known"),
        ]
        triggers = keep_as_written("supportstep")
