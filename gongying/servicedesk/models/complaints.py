from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Versioned
from gongying.improvements.models import ImprovementItem
from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.enums import CauseCode, Severity
from gongying.servicedesk.guards import effect_guard, evidence_guards
from gongying.servicedesk.models.evidence import STAGES, Evidence
from gongying.servicedesk.models.requests import ServiceRequest
from gongying.servicedesk.models.work import WorkOrder


class ComplaintDetails(models.Model):
    """What a complaint has beyond a request: the remedy asked for, the finding, the root cause (ISO 10002)."""

    service_request = models.OneToOneField(
        ServiceRequest, models.PROTECT, related_name="complaint", verbose_name=_("complaint")
    )
    requested_remedy = models.TextField(_("remedy asked for"), max_length=LONGEST_TEXT, blank=True)
    claim_amount = models.DecimalField(_("claimed (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True)
    # A finished repair can still bring a complaint: the job it is about.
    about_work_order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("about the job")
    )
    severity = models.CharField(_("severity"), max_length=20, choices=Severity.choices, blank=True)
    is_attributable = models.BooleanField(_("attributable to the company"), null=True, blank=True)
    # Outside the contract or the company's power: why (E-024); what is attributable is explained by its facts.
    attribution_reason = models.TextField(
        _("why it is not attributable"), max_length=LONGEST_TEXT, blank=True, default="", db_default=""
    )
    # Several households complain of the same matter: as grave as danger and misconduct (standards 2.1).
    is_group = models.BooleanField(_("complaint of a group"), default=False, db_default=False)
    facts = models.TextField(_("facts"), max_length=LONGEST_TEXT, blank=True)
    cause_code = models.CharField(_("cause"), max_length=20, choices=CauseCode.choices, blank=True)
    root_cause = models.TextField(_("root cause"), max_length=LONGEST_TEXT, blank=True)
    improvement_item = models.ForeignKey(
        ImprovementItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("improvement item"),
    )
    no_improvement_reason = models.TextField(_("why no improvement is needed"), max_length=LONGEST_TEXT, blank=True)

    class Meta:
        verbose_name = _("complaint")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity="") | models.Q(severity__in=Severity.values),
                name="complaint_severity_known",
            ),
            models.CheckConstraint(
                condition=models.Q(is_group=False) | models.Q(severity__in=[Severity.SERIOUS, Severity.MAJOR]),
                name="complaint_of_group_is_serious",
            ),
            models.CheckConstraint(
                condition=models.Q(cause_code="") | models.Q(cause_code__in=CauseCode.values),
                name="complaint_cause_known",
            ),
            models.CheckConstraint(
                condition=models.Q(claim_amount=None) | models.Q(claim_amount__gte=0),
                name="complaint_claim_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return str(self.service_request)


class ComplaintRules(Versioned):
    """From how many on complaints are a pattern or a group: one row for the company (R-202, standards 2.1)."""

    pattern_complaints = models.PositiveSmallIntegerField(
        _("complaints of one cause that open an improvement item"),
        default=3,
        validators=[MinValueValidator(2), MaxValueValidator(100)],
    )
    pattern_days = models.PositiveSmallIntegerField(
        _("within so many days"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    group_households = models.PositiveSmallIntegerField(
        _("households of one matter that are a group"),
        default=5,
        validators=[MinValueValidator(2), MaxValueValidator(1000)],
    )

    class Meta:
        verbose_name = _("rules of complaints")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="complaint_rules_are_one_row"),
            models.CheckConstraint(
                condition=models.Q(pattern_complaints__gte=2, pattern_days__gte=1, group_households__gte=2),
                name="complaint_rules_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pattern_complaints} / {self.pattern_days} / {self.group_households}"

    @classmethod
    def present(cls) -> "ComplaintRules":
        rules, _is_new = cls.objects.get_or_create(pk=1)
        return rules


class Withdrawal(Evidence):
    """Taken back by the complainant, confirmed with her."""

    confirmed_with = models.CharField(_("confirmed with"), max_length=100)
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)

    class Meta(Evidence.Meta):
        verbose_name = _("withdrawal")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(confirmed_with="") & ~models.Q(reason=""), name="withdrawal_says_who_and_why"
            )
        ]
        triggers = [
            *evidence_guards(
                "withdrawal",
                **STAGES,
                given_in=[
                    "received",
                    "accepted",
                    "verifying",
                    "handling",
                    "feedback_given",
                    "following_up",
                    "improving",
                ],
            ),
            effect_guard("withdrawal", **STAGES, leads_to=["withdrawn"]),
        ]

    def __str__(self) -> str:
        return self.reason[:40]
