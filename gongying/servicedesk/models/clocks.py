"""The clocks of a request: what was promised, by which policy, when it falls due, and everything that moved it."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.clock_guards import adjustment_guards, clock_guards, pause_guards
from gongying.servicedesk.enums import ClockEnd, Metric, PauseReason, Recipient
from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.policies import EscalationLadder, ServiceTimePolicy
from gongying.servicedesk.models.requests import ServiceRequest
from gongying.servicedesk.models.work import WorkPause
from gongying.servicedesk.service_clocks import Pause, Target

RUNNING = Q(met_at=None, ended_at=None)
BREACH = 100


class ServiceClockQuerySet(models.QuerySet["ServiceClock"]):
    def running(self) -> Self:
        """Neither met nor ended; one that stands still is among them."""
        return self.filter(RUNNING)

    def of_metric(self, metric: str) -> Self:
        return self.filter(metric=metric)


class ServiceClock(models.Model):
    """One promise to one customer. It is met, or ended because nobody waits for it any more; rows are kept."""

    event_kind = "serviceclock"

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="clocks", verbose_name=_("request"), db_index=False
    )
    metric = models.CharField(_("for"), max_length=20, choices=Metric.choices)
    # Grows when the same thing is promised again: reopened, reworked, under another policy.
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    # Never looked for by these: an index would only make the sweep slower.
    policy = models.ForeignKey(
        ServiceTimePolicy, models.PROTECT, related_name="+", verbose_name=_("policy"), db_index=False
    )
    ladder = models.ForeignKey(
        EscalationLadder, models.PROTECT, related_name="+", verbose_name=_("escalation ladder"), db_index=False
    )
    agreed = models.DateTimeField(_("time agreed"), null=True)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    soon_at = models.DateTimeField(_("due soon from"))
    # When each step of the ladder comes, and the next one that is still to come; none while it stands still.
    steps_at = ArrayField(models.DateTimeField(), verbose_name=_("steps at"))
    next_step_at = models.DateTimeField(_("next step at"), null=True)
    level = models.PositiveSmallIntegerField(_("per cent reached"), default=0)
    assumes_weekends = models.BooleanField(_("beyond the table of holidays"), default=False)
    paused_at = models.DateTimeField(_("paused at"), null=True)
    met_at = models.DateTimeField(_("met at"), null=True)
    breached_at = models.DateTimeField(_("breached at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_because = models.CharField(_("ended because"), max_length=20, choices=ClockEnd.choices, blank=True)

    objects = ServiceClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["next_step_at", "id"], name="clock_next_step", condition=Q(next_step_at__isnull=False))
        ]
        constraints = [
            # With what a report asks of each clock of its period.
            models.UniqueConstraint(
                fields=["service_request", "metric", "round"],
                include=["due_at", "met_at", "ended_at"],
                name="clock_round_unique",
            ),
            models.UniqueConstraint(
                fields=["service_request", "metric"], condition=RUNNING, name="clock_one_running_per_metric"
            ),
            models.CheckConstraint(condition=Q(metric__in=Metric.values), name="clock_metric_known"),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="clock_due_after_start"),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(met_at__gte=F("started_at"), ended_at=None), name="clock_met_or_ended"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="")
                | (Q(ended_at__isnull=False) & Q(ended_because__in=ClockEnd.values)),
                name="clock_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(next_step_at=None) | (RUNNING & Q(paused_at=None)), name="clock_steps_only_while_running"
            ),
            # Response is owed whatever happens: only the way to the result can wait for somebody (standards 2.1).
            models.CheckConstraint(
                condition=Q(paused_at=None) | Q(metric=Metric.RESOLUTION), name="clock_pauses_only_resolution"
            ),
        ]
        triggers = clock_guards()

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.ended_at is None

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def is_late(self) -> bool:
        return self.breached_at is not None or (self.is_running and not self.is_paused and self.due_at < timezone.now())

    @property
    def policy_version(self) -> int:
        return self.policy.version

    @property
    def target(self) -> Target:
        return self.policy.targets[self.metric].for_slot(self.agreed)

    @property
    def ended_pauses(self) -> list[Pause]:
        return [ended for pause in self.pauses.all() if (ended := pause.ended)]

    @property
    def was_adjusted(self) -> bool:
        return any(adjustment.approved_at is not None for adjustment in self.adjustments.all())

    def next_step(self) -> datetime | None:
        """The first step that was not taken yet."""
        rungs = zip(self.ladder.percents, self.steps_at, strict=True)
        return next((at for percent, at in rungs if percent > self.level), None)


class ClockPause(models.Model):
    """The ledger of what a clock did not count: why, from when to when, and until when at most."""

    clock = models.ForeignKey(ServiceClock, models.PROTECT, related_name="pauses", verbose_name=_("clock"))
    reason = models.CharField(_("reason"), max_length=20, choices=PauseReason.choices)
    note = models.TextField(_("note"), max_length=LONGEST_TEXT, blank=True)
    # The pause of a job that it follows; none where the matter itself waits.
    work_pause = models.ForeignKey(WorkPause, models.PROTECT, null=True, related_name="+", verbose_name=_("job"))
    started_at = models.DateTimeField(_("from"))
    by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    longest_until = models.DateTimeField(_("at most until"))
    ended_at = models.DateTimeField(_("until"), null=True)
    ended_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    is_expired = models.BooleanField(_("ended by its limit"), default=False)
    due_before = models.DateTimeField(_("due before"), null=True)
    due_after = models.DateTimeField(_("due after"), null=True)

    class Meta:
        verbose_name = _("pause of a clock")
        ordering = ["started_at", "id"]
        indexes = [models.Index(fields=["longest_until"], name="clock_pause_open", condition=Q(ended_at=None))]
        constraints = [
            ExclusionConstraint(
                name="clock_pauses_apart",
                expressions=[
                    ("clock", RangeOperators.EQUAL),
                    (
                        Func("started_at", "ended_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(condition=Q(reason__in=PauseReason.values), name="clock_pause_reason_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="clock_pause_takes_time"
            ),
            models.CheckConstraint(condition=Q(longest_until__gt=F("started_at")), name="clock_pause_has_limit"),
            models.CheckConstraint(
                condition=Q(ended_at=None, due_before=None, due_after=None)
                | Q(ended_at__isnull=False, due_before__isnull=False, due_after__gte=F("due_before")),
                name="clock_pause_says_what_it_moved",
            ),
        ]
        triggers = pause_guards()

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def ended(self) -> Pause | None:
        """As the clocks read it, once it has ended."""
        return Pause(self.started_at, self.ended_at) if self.ended_at else None

    def ended_by_now(self, now: datetime) -> Pause:
        """As if it ended now where it goes on."""
        return Pause(self.started_at, self.ended_at or now)


class ClockAdjustment(models.Model):
    """Another due moment than policy and pauses give: asked for with a reason, approved by somebody else."""

    clock = models.ForeignKey(ServiceClock, models.PROTECT, related_name="adjustments", verbose_name=_("clock"))
    old_due = models.DateTimeField(_("due before"))
    new_due = models.DateTimeField(_("new due"))
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)
    requested_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    requested_at = models.DateTimeField(_("asked at"), default=timezone.now)
    approved_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    declined_at = models.DateTimeField(_("declined at"), null=True)
    answer = models.TextField(_("answer"), max_length=LONGEST_TEXT, blank=True)

    class Meta:
        verbose_name = _("adjustment of a due time")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="clock_adjustment_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")), name="clock_adjustment_by_two"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, declined_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, declined_at=None)
                | Q(approved_by__isnull=False, approved_at=None, declined_at__isnull=False),
                name="clock_adjustment_decided_whole",
            ),
            models.UniqueConstraint(
                fields=["clock"], condition=Q(approved_by=None), name="clock_adjustment_one_waiting"
            ),
        ]
        triggers = adjustment_guards()

    def __str__(self) -> str:
        return f"{self.old_due:%Y-%m-%d %H:%M} → {self.new_due:%Y-%m-%d %H:%M}"

    @property
    def is_waiting(self) -> bool:
        return self.approved_by_id is None


class LadderStep(models.Model):
    """A step of the ladder that was taken, once: per cent, when it was due, when it was noticed, whom it reached."""

    percent = models.PositiveSmallIntegerField(_("per cent"))
    to = models.CharField(_("to"), max_length=20, choices=Recipient.choices)
    at = models.DateTimeField(_("at"))
    noticed_at = models.DateTimeField(_("noticed at"))
    told = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("told"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.percent} %"


class ClockStep(LadderStep):
    clock = models.ForeignKey(
        ServiceClock, models.PROTECT, related_name="steps_taken", verbose_name=_("clock"), db_index=False
    )

    class Meta:
        verbose_name = _("step of escalation")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "percent"], name="clock_step_once"),
            models.CheckConstraint(condition=Q(to__in=Recipient.values), name="clock_step_recipient_known"),
        ]
        triggers = keep_as_written("clockstep")
