"""Which service time is promised, as data: rules with their source, in versions that are added and never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.servicedesk.enums import Metric, PauseReason, Recipient, RequestKind, Severity, TimeUnit, Urgency
from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.categories import ServiceCategory
from gongying.servicedesk.policy_guards import ladder_guard, targets_guard, versions_in_order
from gongying.servicedesk.service_clocks import Target

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_SOURCE = 300
# No promise reaches further than a year: what is due is counted on a calendar that somebody keeps.
LONGEST_MINUTES, LONGEST_DAYS = 366 * 24 * 60, 366
LONGEST_PERCENT = 1000
IN_MINUTES = (TimeUnit.MINUTES, TimeUnit.BUSINESS_MINUTES)


def within_a_year(amount: str, unit: str) -> models.Q:
    long_unit = models.Q(**{f"{unit}__in": IN_MINUTES, f"{amount}__lte": LONGEST_MINUTES})
    return models.Q(**{f"{amount}__isnull": True}) | long_unit | models.Q(**{f"{amount}__lte": LONGEST_DAYS})


class ProjectRuleQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "AnyUser") -> Self:
        """The company's, and those of her projects."""
        if may(user, SEE_ALL_PROJECTS):
            return self
        return self.filter(models.Q(project=None) | models.Q(project__in=Project.objects.visible_to(user).values("pk")))

    def changeable_by(self, user: "AnyUser") -> Self:
        """A site manager changes what holds in her own projects; the company's rules are for who sees all (R-022)."""
        if may(user, SEE_ALL_PROJECTS):
            return self
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))

    def holding_in(self, project: Project | None) -> Self:
        """The company's, and those of this project."""
        return self.filter(models.Q(project=None) | models.Q(project=project))


class InVersionsQuerySet(ProjectRuleQuerySet):
    def of_scope(self, scope: Mapping[str, Any]) -> Self:
        """All versions of what holds for exactly this, the last one first."""
        named = {
            f"{name}__isnull" if value is None else name: True if value is None else value
            for name, value in scope.items()
        }
        return self.filter(**named).order_by("-version")

    def in_force(self, *, at: datetime | None = None) -> Self:
        """Of every scope its last version that is valid then; a scope that was given up has none."""
        # By their columns: a relation's name would be sorted as its model is.
        scope = [self.model._meta.get_field(name).attname for name in self.model.SCOPE]
        valid = self.model._default_manager.filter(valid_from__lte=at or timezone.now())
        newest = valid.order_by(*scope, "-version").distinct(*scope)
        return self.filter(pk__in=newest.values("pk"), is_given_up=False)


class InVersions(models.Model):
    """A rule for a scope. A change is a further version, which holds from `valid_from` on for what begins then."""

    SCOPE: ClassVar[tuple[str, ...]]

    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("project"),
        help_text=_("None: everywhere"),
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    # The last version of a scope that has no rule of its own any more.
    is_given_up = models.BooleanField(_("given up"), default=False, editable=False)
    created_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    objects: Any = InVersionsQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["id"]
        constraints = [
            # What somebody writes holds for what begins from then on, never for what ran before.
            models.CheckConstraint(
                condition=models.Q(created_by=None) | models.Q(valid_from__gte=models.F("created_at")),
                name="%(class)s_not_backdated",
            )
        ]

    @property
    def scope(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.SCOPE}


class ServiceTimePolicy(InVersions):
    """The service times of some requests: the most specific policy that fits one holds for it (`policy_choice`)."""

    SCOPE = ("project", "kind", "category", "urgency", "severity")

    kind = models.CharField(_("kind"), max_length=20, choices=RequestKind.choices, blank=True)
    category = models.ForeignKey(
        ServiceCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
        help_text=_("With all below it"),
    )
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, blank=True)
    severity = models.CharField(_("severity"), max_length=20, choices=Severity.choices, blank=True)
    # The number without its source is nobody's promise (standards 2.1).
    source = models.CharField(_("source"), max_length=LONGEST_SOURCE)

    class Meta(InVersions.Meta):
        verbose_name = _("service-time policy")
        constraints = [
            *InVersions.Meta.constraints,
            models.UniqueConstraint(
                fields=["project", "kind", "category", "urgency", "severity", "version"],
                nulls_distinct=False,
                name="service_time_policy_version_unique",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="service_time_policy_has_source"),
            models.CheckConstraint(
                condition=models.Q(kind="") | models.Q(kind__in=RequestKind.values),
                name="service_time_policy_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(urgency="") | models.Q(urgency__in=Urgency.values),
                name="service_time_policy_urgency_known",
            ),
            models.CheckConstraint(
                condition=models.Q(severity="")
                | models.Q(severity__in=Severity.values, kind__in=["", RequestKind.COMPLAINT]),
                name="service_time_policy_severity_of_complaints",
            ),
        ]
        triggers = [
            *keep_as_written("servicetimepolicy"),
            versions_in_order("servicetimepolicy", scope=["project_id", "kind", "category_id", "urgency", "severity"]),
        ]

    def __str__(self) -> str:
        parts = [
            str(self.project or ""),
            self.get_kind_display() if self.kind else "",
            str(self.category or ""),
            self.get_urgency_display() if self.urgency else "",
            self.get_severity_display() if self.severity else "",
        ]
        return " · ".join(part for part in parts if part) or str(_("all requests"))

    @property
    def targets(self) -> Mapping[str, "ServiceTimeTarget"]:
        return {target.metric: target for target in self.target_rows.all()}


class ServiceTimeTarget(models.Model):
    """One promise of a policy, e.g. resolution within 3 working days, at most 10 calendar days."""

    policy = models.ForeignKey(
        ServiceTimePolicy, models.PROTECT, related_name="target_rows", verbose_name=_("service-time policy")
    )
    metric = models.CharField(_("for"), max_length=20, choices=Metric.choices)
    amount = models.PositiveIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=20, choices=TimeUnit.choices)
    limit_amount = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    limit_unit = models.CharField(_("unit of the limit"), max_length=20, choices=TimeUnit.choices, blank=True)

    class Meta:
        verbose_name = _("service time")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "metric"], name="service_time_target_unique"),
            models.CheckConstraint(condition=models.Q(metric__in=Metric.values), name="service_time_metric_known"),
            models.CheckConstraint(
                condition=models.Q(unit__in=TimeUnit.values, limit_unit__in=["", *TimeUnit.values]),
                name="service_time_unit_known",
            ),
            models.CheckConstraint(
                condition=models.Q(unit__in=[TimeUnit.CALENDAR_DAYS, TimeUnit.AGREED]) | models.Q(amount__gte=1),
                name="service_time_takes_time",
            ),
            models.CheckConstraint(
                condition=models.Q(limit_amount=None, limit_unit="")
                | (models.Q(limit_amount__isnull=False) & ~models.Q(limit_unit__in=["", TimeUnit.AGREED])),
                name="service_time_limit_whole",
            ),
            models.CheckConstraint(
                condition=within_a_year("amount", "unit") & within_a_year("limit_amount", "limit_unit"),
                name="service_time_within_a_year",
            ),
        ]
        triggers = [*keep_as_written("servicetimetarget"), targets_guard()]

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.amount} {self.get_unit_display()}"

    def for_slot(self, agreed: datetime | None) -> Target:
        """As the clocks read it; `agreed` is the end of the slot that this customer was given."""
        limit_unit = TimeUnit(self.limit_unit) if self.limit_unit else None
        return Target(self.amount, TimeUnit(self.unit), self.limit_amount, limit_unit, agreed)


class EscalationLadder(InVersions):
    """Who hears of it after how many per cent of a service time (R-188): [{"percent": 50, "to": "doer"}, …]."""

    SCOPE = ("project",)

    steps = models.JSONField(_("steps"), default=list)

    class Meta(InVersions.Meta):
        verbose_name = _("escalation ladder")
        constraints = [
            *InVersions.Meta.constraints,
            models.UniqueConstraint(
                fields=["project", "version"], nulls_distinct=False, name="escalation_ladder_version_unique"
            ),
        ]
        triggers = [
            *keep_as_written("escalationladder"),
            versions_in_order("escalationladder", scope=["project_id"]),
            ladder_guard(recipients=Recipient.values, longest=LONGEST_PERCENT),
        ]

    def __str__(self) -> str:
        return " · ".join(f"{percent} % {Recipient(to).label}" for percent, to in self.rungs)

    @property
    def rungs(self) -> list[tuple[int, str]]:
        return [(step["percent"], step["to"]) for step in self.steps]

    @property
    def percents(self) -> list[int]:
        return [percent for percent, _to in self.rungs]


class PauseLimit(Versioned):
    """How long a clock may stand still for a reason, in working days altogether; then it runs again."""

    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("project"),
        help_text=_("None: everywhere"),
    )
    reason = models.CharField(_("reason"), max_length=20, choices=PauseReason.choices)
    working_days = models.PositiveSmallIntegerField(_("at most, in working days"))

    objects = ProjectRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("longest pause")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "reason"], nulls_distinct=False, name="pause_limit_unique"),
            models.CheckConstraint(condition=models.Q(reason__in=PauseReason.values), name="pause_limit_reason_known"),
            models.CheckConstraint(
                condition=models.Q(working_days__range=(1, LONGEST_DAYS)), name="pause_limit_takes_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.working_days}"
