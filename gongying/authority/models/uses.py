from datetime import datetime
from decimal import Decimal
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.authority.enums import Per, Subject
from gongying.authority.models.approvals import LONGEST_REASON, AboutQuerySet, ApprovalRequest
from gongying.authority.models.grants import NOTHING, AuthorityGrant, month_of
from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import append_only
from gongying.common.templatetags.formats import yuan
from gongying.estates.models import PlacedModel

# Invariant 29: within a grant that she holds and that is in force, or agreed to by somebody else. What she spent before
# in the same case, or in the same month, counts: a large sum cut into small ones is still a large sum.
WITHIN_AUTHORITY = "".join(
    [
        """
    IF NEW.grant_id IS NOT NULL THEN
        SELECT * INTO held FROM authority_authoritygrant WHERE id = NEW.grant_id FOR NO KEY UPDATE;
        SELECT user_id = NEW.by_id AND (held.staff_id = id OR (held.staff_id IS NULL AND held.post_id = post_id))
            INTO holds FROM organization_staffmember WHERE user_id = NEW.by_id;
        SELECT COALESCE(SUM(amount), 0) INTO spent FROM authority_authorityuse AS earlier
            WHERE earlier.by_id = NEW.by_id AND earlier.subject = NEW.subject AND earlier.grant_id IS NOT NULL
            AND CASE WHEN held.per = 'month'
                THEN date_trunc('month', earlier.at AT TIME ZONE 'Asia/Shanghai')
                    = date_trunc('month', NEW.at AT TIME ZONE 'Asia/Shanghai')
                ELSE earlier.about_kind = NEW.about_kind AND earlier.about_id = NEW.about_id END;
    ELSE
        SELECT * INTO asked FROM authority_approvalrequest WHERE id = NEW.approval_id FOR NO KEY UPDATE;
    END IF;
    """,
        refuse_when("NEW.grant_id IS NOT NULL AND holds IS NOT TRUE", "authority: not hers"),
        refuse_when(
            "NEW.grant_id IS NOT NULL AND (held.subject <> NEW.subject"
            " OR (held.project_id IS NOT NULL AND held.project_id <> NEW.project_id))",
            "authority: given for something else",
        ),
        refuse_when(
            "NEW.grant_id IS NOT NULL AND NOT (held.during @> (NEW.at AT TIME ZONE 'Asia/Shanghai')::date)",
            "authority: not in force",
        ),
        refuse_when(
            "NEW.grant_id IS NOT NULL AND NEW.limit_amount IS DISTINCT FROM held.limit_amount",
            "authority: another limit than that of the grant",
        ),
        refuse_when(
            "NEW.grant_id IS NOT NULL AND spent + NEW.amount > held.limit_amount", "authority: the limit is exceeded"
        ),
        refuse_when(
            "NEW.approval_id IS NOT NULL AND (asked.state <> 'granted' OR asked.decided_by_id = NEW.by_id)",
            "authority: nobody else has agreed",
        ),
        refuse_when(
            "NEW.approval_id IS NOT NULL AND (NEW.amount > asked.amount OR asked.asked_by_id <> NEW.by_id"
            " OR (asked.subject, asked.about_kind, asked.about_id) <> (NEW.subject, NEW.about_kind, NEW.about_id))",
            "authority: something else was agreed to",
        ),
        "RETURN NEW;",
    ]
)


class AuthorityUseQuerySet(AboutQuerySet):
    def alone(self) -> Self:
        """Decided without asking anybody."""
        return self.filter(grant__isnull=False)

    def spent(self, by: User, *, subject: str, per: str, about: models.Model, at: datetime) -> Decimal:
        """What she has decided alone about this case, or in this month."""
        return self.alone().filter(by=by)._total(subject=subject, per=per, about=about, at=at)

    def granted_about(self, about: models.Model, *, subject: str) -> Decimal:
        """What was given in this case, by whomever."""
        rows = self.about(about).filter(subject=subject)
        total: Decimal = rows.aggregate(total=Coalesce(models.Sum("amount"), NOTHING))["total"]
        return total

    def decided(self, by: User, *, subject: str, per: str, about: models.Model, at: datetime) -> Decimal:
        """The same with what she has agreed to for colleagues."""
        hers = models.Q(by=by, grant__isnull=False) | models.Q(approval__decided_by=by)
        return self.filter(hers)._total(subject=subject, per=per, about=about, at=at)

    def _total(self, *, subject: str, per: str, about: models.Model, at: datetime) -> Decimal:
        rows = self.filter(subject=subject)
        if per == Per.MONTH:
            start, end = month_of(at)
            rows = rows.filter(at__gte=start, at__lt=end)
        else:
            rows = rows.about(about)
        total: Decimal = rows.aggregate(total=Coalesce(models.Sum("amount"), NOTHING))["total"]
        return total

    def with_names(self) -> Self:
        return self.select_related("by", "grant__post", "grant__staff__user", "approval__decided_by")


class AuthorityUse(PlacedModel):
    """Something was decided within the named authority, or with somebody's agreement; never changed (R-010)."""

    subject = models.CharField(_("for what"), max_length=20, choices=Subject.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reason = models.TextField(_("reason"), max_length=LONGEST_REASON)
    by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    about_kind = models.CharField(_("kind of thing"), max_length=30)
    about_id = models.BigIntegerField(_("thing"))
    grant = models.ForeignKey(
        AuthorityGrant, models.PROTECT, null=True, related_name="uses", verbose_name=_("authority")
    )
    limit_amount = models.DecimalField(_("limit at the time"), max_digits=14, decimal_places=2, null=True)
    approval = models.OneToOneField(
        ApprovalRequest, models.PROTECT, null=True, related_name="use", verbose_name=_("approval")
    )

    objects = AuthorityUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of authority")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["about_kind", "about_id"], name="authority_use_about"),
            models.Index(fields=["by", "subject", "at"], name="authority_use_of_person"),
            models.Index(fields=["at"], name="authority_use_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="authority_use_amount_positive"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="authority_use_has_reason"),
            models.CheckConstraint(
                condition=models.Q(grant__isnull=False, limit_amount__isnull=False, approval=None)
                | models.Q(grant=None, limit_amount=None, approval__isnull=False),
                name="authority_use_by_grant_or_approval",
            ),
        ]
        triggers = [
            Guard(
                name="authority_use_within_authority",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[
                    ("held", "authority_authoritygrant%ROWTYPE"),
                    ("asked", "authority_approvalrequest%ROWTYPE"),
                    ("holds", "boolean"),
                    ("spent", "numeric"),
                ],
                func=WITHIN_AUTHORITY,
            ),
            *append_only("authorityuse"),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} {yuan(self.amount)}"
