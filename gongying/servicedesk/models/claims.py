"""Claims for compensation: what a customer asks for in a matter, what was decided within whose authority, what was paid (R-158)."""

from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.authority.models import ApprovalRequest, AuthorityUse
from gongying.common.machines import ends_once, keep_rows
from gongying.common.templatetags.formats import yuan
from gongying.estates.models import PlacedModel, PlaceQuerySet
from gongying.servicedesk.enums import ClaimGround, ClaimState
from gongying.servicedesk.models.requests import ServiceRequest

LONGEST_REASON, LONGEST_NAME = 2_000, 100
NOTHING = Decimal(0)
IS_GRANTED = Q(use__isnull=False) | Q(approval__state="granted")
IS_ASKED = Q(use=None, approval__state="asked")


class CompensationClaimQuerySet(PlaceQuerySet):
    def with_decisions(self) -> Self:
        return self.select_related(
            "service_request__unit", "service_request__category", "project", "raised_by", "use__grant__post",
            "use__grant__staff__user", "use__by", "approval__use", "approval__decided_by",
        ).defer("service_request__search")  # fmt: skip

    def with_granted(self) -> Self:
        """The amount that was granted, whoever decided; none: nothing (yet)."""
        return self.annotate(amount_granted=Coalesce("use__amount", "approval__use__amount"))

    def undecided(self) -> Self:
        return self.filter(refused_at=None).exclude(IS_GRANTED)

    def unpaid(self) -> Self:
        return self.filter(IS_GRANTED, paid_at=None)

    def sums(self) -> list[dict[str, Any]]:
        """By ground: how many, what was asked for, granted and paid."""
        rows = self.with_granted().order_by().values("ground")
        granted = models.Sum("amount_granted", default=NOTHING)
        paid = models.Sum("amount_granted", filter=Q(paid_at__isnull=False), default=NOTHING)
        found = rows.annotate(number=models.Count("pk"), claimed=models.Sum("amount"), granted=granted, paid=paid)
        return list(found.order_by("ground"))


class CompensationClaim(PlacedModel):
    """What is granted of it is a concession of the matter, within somebody's authority or agreed to by a colleague."""

    event_kind = "compensationclaim"

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="claims", verbose_name=_("request")
    )
    ground = models.CharField(_("claim for"), max_length=12, choices=ClaimGround.choices)
    amount = models.DecimalField(_("amount claimed"), max_digits=12, decimal_places=2)
    reason = models.TextField(_("reason"), max_length=LONGEST_REASON)
    claimant = models.CharField(_("who claims it"), max_length=LONGEST_NAME, blank=True)
    raised_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("a claim", "entered by")
    )
    raised_at = models.DateTimeField(pgettext_lazy("a claim", "entered at"), default=timezone.now)
    use: Any = models.OneToOneField(
        AuthorityUse, models.PROTECT, null=True, related_name="claim", verbose_name=_("use of authority")
    )
    approval: Any = models.OneToOneField(
        ApprovalRequest, models.PROTECT, null=True, related_name="claim", verbose_name=_("approval")
    )
    refused_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("refused by")
    )
    refused_at = models.DateTimeField(_("refused at"), null=True)
    refusal = models.TextField(_("why it was refused"), max_length=LONGEST_REASON, blank=True)
    paid_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("paid by")
    )
    paid_at = models.DateTimeField(_("paid at"), null=True)
    paid_how = models.CharField(_("how it was paid"), max_length=LONGEST_NAME, blank=True)

    objects = CompensationClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim for compensation")
        ordering = ["-raised_at", "-id"]
        indexes = [models.Index(fields=["project", "-raised_at", "-id"], name="claim_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, ground__in=ClaimGround.values) & ~Q(reason=""), name="claim_says_what_and_why"
            ),
            models.CheckConstraint(condition=Q(use=None) | Q(approval=None), name="claim_decided_in_one_way"),
            models.CheckConstraint(
                condition=Q(refused_at=None, refused_by=None, refusal="")
                | Q(refused_at__gte=F("raised_at"), refused_by__isnull=False, use=None, paid_at=None) & ~Q(refusal=""),
                name="claim_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(paid_at=None, paid_by=None, paid_how="")
                | Q(paid_at__gte=F("raised_at"), paid_by__isnull=False)
                & ~Q(paid_how="")
                & (Q(use__isnull=False) | Q(approval__isnull=False)),
                name="claim_paid_when_decided",
            ),
        ]
        triggers = [
            *keep_rows("compensation_claim"),
            ends_once(
                "compensation_claim_ends_once",
                closed_by=["refused_at", "paid_at"],
                leaves_open=["use_id", "approval_id", "refused_by_id", "refusal", "paid_by_id", "paid_how"],
                words="compensation_claim: refused or paid once, and kept as raised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} {yuan(self.amount)}"

    @property
    def granted(self) -> AuthorityUse | None:
        """The decision that grants it, whoever took it."""
        if self.use is not None:
            return self.use  # type: ignore[no-any-return]
        return getattr(self.approval, "use", None) if self.approval is not None else None

    @property
    def state(self) -> ClaimState:
        if self.refused_at is not None:
            return ClaimState.REFUSED
        if self.granted is not None:
            return ClaimState.PAID if self.paid_at is not None else ClaimState.GRANTED
        if self.approval is not None and self.approval.is_waiting:
            return ClaimState.ASKED
        return ClaimState.OPEN

    @property
    def tone(self) -> str:
        tones = {ClaimState.OPEN: "late", ClaimState.ASKED: "soon", ClaimState.GRANTED: "here", ClaimState.PAID: "good"}
        return tones.get(self.state, "")

    @property
    def ground_of_decision(self) -> str:
        """Within whose authority."""
        granted = self.granted
        if granted is None:
            return ""
        if granted.grant is not None:
            return str(granted.grant)
        return str(self.approval.decided_by) if self.approval is not None else ""
