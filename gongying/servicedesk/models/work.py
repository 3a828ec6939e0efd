from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.machines import Machine
from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.estates.scopes import scope_of
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.access import staff_of
from gongying.organization.enums import TerritoryRight, Trade
from gongying.servicedesk.conditions import WORK_CONDITIONS
from gongying.servicedesk.enums import (
    HOLDING_A_SLOT,
    UNFINISHED_WORK,
    CheckMethod,
    DispatchMode,
    PauseReason,
    Payer,
    RequiredEvidence,
    Tick,
    WorkState,
)
from gongying.servicedesk.guards import (
    case_guards,
    evidence_guards,
    overlap_guard,
    ticks_guard,
    work_of_open_request_guard,
)
from gongying.servicedesk.machines import WORK
from gongying.servicedesk.models.firms import OutsideFirm
from gongying.servicedesk.models.requests import ServiceRequest
from gongying.servicedesk.policy_guards import demands_guards

if TYPE_CHECKING:
    from gongying.common.places import Place
    from gongying.estates.models import AnyUser

SLOTS_DO_NOT_OVERLAP = "work_order_slots_do_not_overlap"
PHONE_STAYS_OPEN = timedelta(hours=24)
SLOT = models.Func(
    "planned_from", "planned_to", RangeBoundary(), function="tstzrange", output_field=DateTimeRangeField()
)
BEFORE_START = (WorkState.ASSIGNED, WorkState.ACCEPTED, WorkState.EN_ROUTE, WorkState.PAUSED)
WORK_STAGES = {"stages": "servicedesk_workstage", "fk": "work_order_id"}
STATE_WORDS = dict(WorkState.choices)  # asked for every job of a list


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    def visible_to(self, user: "AnyUser", *, claiming: bool = False) -> Self:
        """Jobs of the requests she sees, and for a worker those in his places that wait for somebody.

        `claiming`: also those that somebody else was faster to take, so that she is told who.
        """
        seen = models.Q(service_request__in=ServiceRequest.objects.visible_to(user))
        if may(user, "servicedesk.do_work"):
            offered = self.model.objects.offered_to(user)
            offered = offered.unfinished() if claiming else offered.without_doer()
            seen |= models.Q(pk__in=offered.values("pk"))
        return self.filter(seen)

    def to_claim(self, user: "AnyUser") -> Self:
        """What waits in her places and is for her trades."""
        return self.offered_to(user).without_doer()

    def offered_to(self, user: "AnyUser") -> Self:
        """Jobs of her places and trades; some categories are given out by the dispatcher only (R-019)."""
        scope = scope_of(user, right=TerritoryRight.TAKE_ORDERS)
        staff = staff_of(user) if isinstance(user, User) else None
        hers = models.Q(trade__in=["", *(staff.skills if staff else [])])
        rows = self.filter(hers, scope.condition("service_request__"))
        return rows.exclude(service_request__category__dispatch_mode=DispatchMode.ASSIGN)

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED_WORK)

    def without_doer(self) -> Self:
        return self.filter(state=WorkState.OPEN)

    def holding_slots(self) -> Self:
        return self.filter(state__in=HOLDING_A_SLOT, planned_from__isnull=False)

    def within(self, start: datetime, end: datetime) -> Self:
        """Whose planned time touches this one."""
        return self.filter(planned_from__lt=end, planned_to__gt=start)

    def on_paper(self) -> Self:
        """What a dispatch slip names."""
        return self.exclude(state=WorkState.CANCELLED).select_related("doer")

    def of_doer(self, user: "AnyUser") -> Self:
        """A worker's jobs that are not done yet."""
        return self.unfinished().filter(doer=user)

    def with_open_phone(self, user: "AnyUser | int", *, done_since: datetime | None = None) -> Self:
        """Jobs of hers whose customer she may call: from taking the job until a day after it is done (ux.md 1.8)."""
        since = done_since or timezone.now() - PHONE_STAYS_OPEN
        lately = models.Q(state__in=["done", "checked"], workcompletions__at__gte=since)
        going_on = models.Q(state__in=["accepted", "en_route", "on_site", "paused"])
        return self.filter(going_on | lately, doer=user)

    def waiting_for_release(self) -> Self:
        """Stopped for safety; the lead has not yet let them go on."""
        newest = WorkPause.objects.filter(work_order=models.OuterRef("pk")).order_by("-pk")
        released = StopRelease.objects.filter(work_order=models.OuterRef("pk"), stage__left_at=None)
        paused = self.filter(state=WorkState.PAUSED).exclude(models.Exists(released))
        return paused.annotate(
            paused_for=models.Subquery(newest.values("reason")[:1]), paused_at=models.Subquery(newest.values("at")[:1])
        ).filter(paused_for=PauseReason.SAFETY)

    def waiting_for_check(self) -> Self:
        return self.filter(state=WorkState.DONE)


class WorkOrder(Versioned):
    """One doer's job within a request. The doer is a staff member or an outside firm."""

    event_kind = "workorder"
    stage_held: Any  # as that of a request

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="work_orders", verbose_name=_("request"), db_index=False
    )
    position = models.PositiveSmallIntegerField(_("number within the request"))
    trade = models.CharField(_("trade"), max_length=20, choices=Trade.choices, blank=True)
    task = models.TextField(_("task"), max_length=LONGEST_TEXT, blank=True)
    # Two doers at once on one trade only when the dispatcher says so (invariant 16).
    is_joint = models.BooleanField(_("joint work"), default=False)
    state = models.CharField(_("state"), max_length=20, choices=WorkState.choices, default=WorkState.OPEN)
    doer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="work_orders",
        verbose_name=_("doer"),
        db_index=False,
    )
    outside_firm = models.CharField(_("outside firm"), max_length=100, blank=True)
    # The firm that is known by this name; one that was only named keeps its name alone.
    firm = models.ForeignKey(
        OutsideFirm, models.PROTECT, null=True, blank=True, related_name="work_orders", verbose_name=_("outside firm")
    )
    planned_from = models.DateTimeField(_("planned from"), null=True, blank=True)
    planned_to = models.DateTimeField(_("planned until"), null=True, blank=True)
    # Two jobs of one worker at the same time: only when a dispatcher says so, and why (invariant 17).
    overlap_allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("overlap allowed by"),
    )
    overlap_reason = models.CharField(_("why at the same time"), max_length=200, blank=True, default="", db_default="")
    cancel_reason = models.TextField(_("reason for cancelling"), max_length=LONGEST_TEXT, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["doer", "state"], name="work_order_of_doer"),
            # The register of a period reads them by the day on which they were opened.
            models.Index(fields=["created_at", "id"], name="work_order_by_time"),
            models.Index(fields=["service_request"], name="work_order_open", condition=models.Q(state="open")),
            models.Index(
                fields=["doer", "planned_from"],
                name="work_order_unfinished",
                condition=models.Q(state__in=UNFINISHED_WORK),
            ),
            models.Index(fields=["id"], name="work_order_to_check", condition=models.Q(state="done")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["service_request", "position"], name="work_order_position_unique"),
            models.CheckConstraint(condition=models.Q(state__in=WorkState.values), name="work_order_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "cancelled"])
                | models.Q(doer__isnull=False)
                | ~models.Q(outside_firm=""),
                name="work_order_has_doer",
            ),
            models.CheckConstraint(
                condition=models.Q(doer=None) | models.Q(outside_firm=""), name="work_order_one_doer"
            ),
            models.CheckConstraint(
                condition=models.Q(planned_from=None, planned_to=None)
                | models.Q(planned_to__gt=models.F("planned_from")),
                name="work_order_plan_ends_after_start",
            ),
            ExclusionConstraint(
                name=SLOTS_DO_NOT_OVERLAP,
                expressions=[("doer", RangeOperators.EQUAL), (SLOT, RangeOperators.OVERLAPS)],
                condition=models.Q(state__in=HOLDING_A_SLOT, planned_from__isnull=False, overlap_allowed_by=None),
            ),
            models.CheckConstraint(
                condition=models.Q(overlap_allowed_by=None, overlap_reason="")
                | (models.Q(overlap_allowed_by__isnull=False) & ~models.Q(overlap_reason="")),
                name="work_order_overlap_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(firm=None) | ~models.Q(outside_firm=""), name="work_order_firm_is_named"
            ),
            models.UniqueConstraint(
                fields=["service_request", "trade"],
                condition=models.Q(state__in=UNFINISHED_WORK, is_joint=False),
                name="work_order_one_active_per_trade",
            ),
        ]
        triggers = [
            *WORK.triggers("state"),
            *case_guards("workorder", stages="servicedesk_workstage", fk="work_order_id", requires=WORK_CONDITIONS),
            work_of_open_request_guard(),
            overlap_guard(holding=HOLDING_A_SLOT, constraint=SLOTS_DO_NOT_OVERLAP),
        ]

    def __str__(self) -> str:
        return f"{self.service_request.number}/{self.position}"

    @property
    def place(self) -> "Place":
        return self.service_request.place

    @property
    def machine(self) -> Machine:
        return WORK

    @property
    def state_label(self) -> str:
        return str(STATE_WORDS.get(self.state, self.state))

    @property
    def waits_for_price(self) -> bool:
        """Paid work that cannot start: the customer has not agreed, and nobody gave a reason (E-047)."""
        request = self.service_request
        if request.payer != Payer.OWNER or request.price_agreed or self.state not in BEFORE_START:
            return False
        return not hasattr(self, "start_without_price")

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED_WORK

    @property
    def paused_in(self) -> str:
        """The state that a pause interrupted; empty while there is none."""
        if self.state != WorkState.PAUSED:
            return ""
        before = self.stages.filter(left_at__isnull=False).last()
        return before.stage if before else ""

    @property
    def waits_for_release(self) -> bool:
        """Stopped for safety, and the lead has not yet let the work go on."""
        if self.state != WorkState.PAUSED:
            return False
        pause = self.workpauses.last()
        if pause is None or pause.reason != PauseReason.SAFETY:
            return False
        return not StopRelease.objects.filter(work_order=self, stage__left_at=None).exists()

    @property
    def slot(self) -> tuple[datetime, datetime] | None:
        """The planned time, from and until."""
        return (self.planned_from, self.planned_to) if self.planned_from and self.planned_to else None

    @property
    def doer_name(self) -> str:
        return self.outside_firm or (str(self.doer) if self.doer else "")

    def present_state(self) -> dict[str, Any]:
        return {"id": self.pk, "version": self.version, "state": self.state}


class WorkEvidence(models.Model):
    """Said or done in one stage of a work order."""

    work_order: Any = models.ForeignKey(
        WorkOrder, models.PROTECT, related_name="%(class)ss", verbose_name=_("work order")
    )
    stage: Any = models.ForeignKey("servicedesk.WorkStage", models.PROTECT, related_name="+", verbose_name=_("stage"))
    by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True
        ordering = ["id"]


class WorkPause(WorkEvidence):
    reason = models.CharField(_("reason"), max_length=20, choices=PauseReason.choices)
    until = models.DateTimeField(_("until"), null=True)
    note = models.TextField(_("note"), max_length=LONGEST_TEXT, blank=True)

    class Meta(WorkEvidence.Meta):
        verbose_name = _("pause")
        constraints = [
            models.CheckConstraint(condition=models.Q(reason__in=PauseReason.values), name="work_pause_reason_known")
        ]
        triggers = evidence_guards("workpause", **WORK_STAGES, given_in=["accepted", "en_route", "on_site"])

    def __str__(self) -> str:
        return self.get_reason_display()


class StopRelease(WorkEvidence):
    """After a stop for safety: what the lead looked at before the work may go on."""

    note = models.TextField(_("what was looked at"), max_length=LONGEST_TEXT)

    class Meta(WorkEvidence.Meta):
        verbose_name = _("release after a safety stop")
        constraints = [models.CheckConstraint(condition=~models.Q(note=""), name="stop_release_has_note")]
        triggers = evidence_guards("stoprelease", **WORK_STAGES, given_in=["paused"])

    def __str__(self) -> str:
        return self.note[:40]


class WorkCompletion(WorkEvidence):
    """What was done: the seven ticks of etiquette or why not, minutes, material, advice (R-210, R-211)."""

    # {tick: true or false} for every `Tick`.
    ticks = models.JSONField(_("ticks"), default=dict)
    # The same for the items of its category, and what the meter showed where they ask for it.
    check_list = models.JSONField(_("check list"), default=dict, db_default={})
    meter_reading = models.CharField(_("meter reading"), max_length=100, blank=True, default="", db_default="")
    missing_reason = models.TextField(_("why ticks are missing"), max_length=LONGEST_TEXT, blank=True)
    # Why something is not there that the category asks for: {kind of evidence: reason}, {item of the list: reason}.
    evidence_reasons = models.JSONField(_("why evidence is missing"), default=dict, db_default={})
    check_list_reasons = models.JSONField(_("why items are missing"), default=dict, db_default={})
    result = models.TextField(_("result"), max_length=LONGEST_TEXT, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    # [{"name": …, "quantity": …, "unit": …}]
    materials = models.JSONField(_("materials"), default=list, encoder=DjangoJSONEncoder)
    advice = models.TextField(_("points of attention for the customer"), max_length=LONGEST_TEXT, blank=True)

    class Meta(WorkEvidence.Meta):
        verbose_name = _("completion")
        indexes = [models.Index(fields=["by", "at"], name="completion_of_doer")]
        triggers = [
            ticks_guard(number=len(Tick)),
            *demands_guards(),
            *evidence_guards("workcompletion", **WORK_STAGES, given_in=["on_site"]),
        ]

    def __str__(self) -> str:
        return self.result[:40] or str(self.at)

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """What is missing, each with why."""
        labels = {str(kind): str(kind.label) for kind in RequiredEvidence}
        named = [(labels.get(kind, kind), why) for kind, why in self.evidence_reasons.items()]
        return [*named, *self.check_list_reasons.items()]


class WorkCheck(WorkEvidence):
    """Finished work was looked at: by the customer, by staff for common parts, or nobody objected."""

    passed = models.BooleanField(_("passed"))
    method = models.CharField(_("how"), max_length=20, choices=CheckMethod.choices)
    note = models.TextField(_("note"), max_length=LONGEST_TEXT, blank=True)

    class Meta(WorkEvidence.Meta):
        verbose_name = _("check of work")
        constraints = [
            models.CheckConstraint(condition=models.Q(passed=True) | ~models.Q(note=""), name="failed_check_has_reason")
        ]
        triggers = evidence_guards("workcheck", **WORK_STAGES, given_in=["done"])

    def __str__(self) -> str:
        return self.get_method_display()
