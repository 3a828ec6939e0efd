"""What a job costs the company, what the customer pays for it in the end, and what was received (R-264, E-047)."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Coalesce, Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Dated, Versioned
from gongying.common.money import to_fen
from gongying.common.statements import Statement
from gongying.common.templatetags.formats import yuan
from gongying.estates.models import Project
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.enums import Trade
from gongying.servicedesk.enums import PaymentMethod
from gongying.servicedesk.guards import keep_as_written, payment_guard
from gongying.servicedesk.models.amounts import OWN_FIRST, AmountQuerySet
from gongying.servicedesk.models.requests import ServiceRequest
from gongying.servicedesk.models.work import WorkCompletion, WorkOrder

if TYPE_CHECKING:
    pass

MINUTES_OF_AN_HOUR = 60


class LabourRateQuerySet(AmountQuerySet):
    def of(self, *, project_id: int, trade: str, on: date) -> "LabourRate | None":
        """The most particular one: the project's before the company's, the trade's before that of all trades."""
        return RATE_OF_A_JOB.first(on=on, trade=trade, project=project_id)

    def of_a_job(self, on: date, trade: str, project: int) -> Self:
        return self.on(on).filter(trade__in=["", trade]).holding_in(project).order_by(OWN_FIRST, "-trade")[:1]


class LabourRate(Dated, Versioned):
    """What an hour of work costs the company from a day on, in one project or everywhere; earlier rates stay."""

    event_kind = "labourrate"

    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="labour_rates", verbose_name=_("project")
    )
    trade = models.CharField(_("trade"), max_length=20, choices=Trade.choices, blank=True)
    amount = models.DecimalField(_("yuan per hour"), max_digits=8, decimal_places=2)

    objects = LabourRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("labour rate")
        ordering = ["project", "trade", "during"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="labour_rate_positive"),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="labour_rate_not_empty"),
            ExclusionConstraint(
                name="labour_rate_no_overlap",
                expressions=[
                    (Coalesce("project", 0), RangeOperators.EQUAL),
                    ("trade", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{yuan(self.amount)}/h"


RATE_OF_A_JOB: Statement[LabourRate] = Statement(
    LabourRate.objects.of_a_job, "rate_of_a_job", on=date, trade=str, project=int
)


class WorkCost(models.Model):
    """Materials × price + minutes × rate of one completion (R-264): copies, so that later prices change nothing."""

    completion = models.OneToOneField(
        WorkCompletion, models.PROTECT, related_name="cost", verbose_name=_("completion"), primary_key=True
    )
    materials = models.DecimalField(_("material"), max_digits=14, decimal_places=2)
    minutes = models.PositiveIntegerField(_("minutes"))
    # Nobody has said what an hour costs: the minutes are known, their cost is not.
    hourly_rate = models.DecimalField(_("yuan per hour"), max_digits=8, decimal_places=2, null=True)
    rate_since = models.DateField(_("rate since"), null=True)
    labour = models.DecimalField(_("labour"), max_digits=14, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("cost of a job")
        constraints = [
            models.CheckConstraint(condition=models.Q(materials__gte=0), name="work_cost_materials_not_negative"),
            models.CheckConstraint(
                condition=models.Q(hourly_rate=None, labour=None)
                | models.Q(labour=Round(models.F("hourly_rate") * models.F("minutes") / MINUTES_OF_AN_HOUR, 2)),
                name="work_cost_labour_is_minutes_by_rate",
            ),
        ]
        triggers = keep_as_written("workcost")

    def __str__(self) -> str:
        return yuan(self.total)

    @property
    def total(self) -> Decimal:
        return self.materials + (self.labour or Decimal("0.00"))

    @staticmethod
    def labour_for(minutes: int, hourly_rate: Decimal) -> Decimal:
        return to_fen(hourly_rate * minutes / MINUTES_OF_AN_HOUR)


class FinalPrice(models.Model):
    """What the customer pays in the end, beside what was agreed: a difference has a reason, more needs another yes."""

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="final_prices", verbose_name=_("request")
    )
    amount = models.DecimalField(_("final price"), max_digits=14, decimal_places=2)
    # None: no price had been agreed to.
    agreed_amount = models.DecimalField(_("agreed price"), max_digits=14, decimal_places=2, null=True)
    reason = models.TextField(_("why it differs"), max_length=LONGEST_TEXT, blank=True)
    customer_agreed = models.BooleanField(_("customer agreed to the price"), default=False)
    by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("final price")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="final_price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(agreed_amount=None)
                | models.Q(amount=models.F("agreed_amount"))
                | ~models.Q(reason=""),
                name="final_price_difference_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__lte=models.F("agreed_amount"), agreed_amount__isnull=False)
                | models.Q(customer_agreed=True),
                name="final_price_above_is_agreed",
            ),
        ]
        triggers = keep_as_written("finalprice")

    def __str__(self) -> str:
        return yuan(self.amount)


class Payment(models.Model):
    """Money received for a paid service, with its receipt. A mistake is taken back by a row of its own."""

    # That of the request: receipt numbers are unique within it.
    project = models.ForeignKey(Project, models.PROTECT, related_name="service_payments", verbose_name=_("project"))
    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="payments", verbose_name=_("request")
    )
    work_order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, related_name="payments", verbose_name=_("work order")
    )
    amount = models.DecimalField(_("amount received"), max_digits=14, decimal_places=2)
    method = models.CharField(_("received by"), max_length=20, choices=PaymentMethod.choices)
    receipt_no = models.CharField(_("receipt number"), max_length=40)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("takes back")
    )
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT, blank=True)
    by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("payment")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "receipt_no"], name="payment_receipt_unique"),
            models.CheckConstraint(condition=~models.Q(receipt_no=""), name="payment_has_receipt"),
            models.CheckConstraint(condition=models.Q(method__in=PaymentMethod.values), name="payment_method_known"),
            models.CheckConstraint(
                condition=models.Q(reverses=None, amount__gt=0)
                | (models.Q(reverses__isnull=False, amount__lt=0) & ~models.Q(reason="")),
                name="payment_taken_back_has_reason",
            ),
        ]
        triggers = [payment_guard(), *keep_as_written("payment")]

    def __str__(self) -> str:
        return f"{self.receipt_no} {yuan(self.amount)}"
