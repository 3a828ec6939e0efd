from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, cast

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.authority.enums import ApprovalState, Subject
from gongying.authority.machines import APPROVAL
from gongying.authority.models.grants import AuthorityGrant, deciding_limit_of
from gongying.common.guards import Guard, refuse_when
from gongying.common.models import Versioned
from gongying.common.permissions import may
from gongying.common.templatetags.formats import yuan
from gongying.estates.models import PlacedModel, PlaceQuerySet
from gongying.events.models import kind_of
from gongying.events.subjects import find_kind

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

DECIDE_APPROVALS = "authority.decide_approvals"
VIEW_FIGURES = "authority.view_figures"
DECIDED = [ApprovalState.GRANTED, ApprovalState.REFUSED]
LONGEST_REASON = 2_000
KEPT = (
    "subject",
    "amount",
    "reason",
    "asked_by_id",
    "asked_at",
    "about_kind",
    "about_id",
    "project_id",
    "grant_id",
    "limit_amount",
)

# Whoever agrees has, for this subject and project on this day, either the limit that is stamped on it or none at all.
WITHIN_THE_DECIDERS_LIMIT = "".join(
    [
        """
    SELECT held.id, held.limit_amount INTO own, own_limit FROM authority_authoritygrant AS held
        JOIN organization_staffmember AS staff ON staff.user_id = NEW.decided_by_id
            AND (held.staff_id = staff.id OR held.post_id = staff.post_id)
        WHERE held.subject = NEW.subject AND held.during @> (NEW.decided_at AT TIME ZONE 'Asia/Shanghai')::date
            AND (held.project_id IS NULL OR held.project_id = NEW.project_id)
        ORDER BY held.staff_id NULLS LAST, held.project_id NULLS LAST LIMIT 1;
    """,
        refuse_when(
            "(NEW.deciding_grant_id, NEW.deciding_limit) IS DISTINCT FROM (own, own_limit)",
            "approval: not the limit of who decides",
        ),
        "RETURN NEW;",
    ]
)


class AboutQuerySet(PlaceQuerySet):
    def about(self, thing: models.Model) -> Self:
        return self.filter(about_kind=kind_of(thing), about_id=thing.pk)


class ApprovalRequestQuerySet(AboutQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """Who decides, or reads the figures, sees those of her places; everybody sees what she asked for herself."""
        mine = models.Q(asked_by=user.pk)
        if may(user, DECIDE_APPROVALS) or may(user, VIEW_FIGURES):
            return self.filter(mine | models.Q(pk__in=super().visible_to(user).order_by().values("pk")))
        return self.filter(mine)

    def waiting(self) -> Self:
        return self.filter(state=ApprovalState.ASKED)

    def waiting_for(self, user: "AnyUser") -> Self:
        """What she may decide now: not what she asked for herself, nor what goes beyond her own limit."""
        if not may(user, DECIDE_APPROVALS):
            return self.none()
        limit = deciding_limit_of(cast(User, user))
        return self.visible_to(user).waiting().exclude(asked_by=user.pk).filter(amount__lte=limit)

    def with_names(self) -> Self:
        return self.select_related("asked_by", "decided_by", "project", "grant")


class ApprovalRequest(PlacedModel, Versioned):
    """Somebody asks to do what goes beyond her authority (R-009). `about` is a kind and an id, as in the journal."""

    event_kind = "approvalrequest"

    subject = models.CharField(_("for what"), max_length=20, choices=Subject.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reason = models.TextField(_("reason"), max_length=LONGEST_REASON)
    asked_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="approval_requests", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    about_kind = models.CharField(_("kind of thing"), max_length=30)
    about_id = models.BigIntegerField(_("thing"))
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState.choices, default=ApprovalState.ASKED)
    decided_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    note = models.TextField(_("note on the decision"), max_length=LONGEST_REASON, blank=True)
    # What she might have decided alone at that time; none: nothing at all.
    grant = models.ForeignKey(
        AuthorityGrant, models.PROTECT, null=True, related_name="approvals", verbose_name=_("authority")
    )
    limit_amount = models.DecimalField(_("limit at the time"), max_digits=14, decimal_places=2, null=True)
    # The limit of whoever agreed; none: she sets the limits of others and has none herself.
    deciding_grant = models.ForeignKey(
        AuthorityGrant, models.PROTECT, null=True, related_name="+", verbose_name=_("authority of who decided")
    )
    deciding_limit = models.DecimalField(_("limit of who decided"), max_digits=14, decimal_places=2, null=True)

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval")
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["asked_at", "id"], name="approval_waiting", condition=models.Q(state="asked")),
            models.Index(fields=["-asked_at", "-id"], name="approval_newest"),
            models.Index(fields=["about_kind", "about_id"], name="approval_about"),
            models.Index(fields=["asked_by", "-asked_at"], name="approval_of_asker"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="approval_amount_positive"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="approval_has_reason"),
            models.CheckConstraint(condition=models.Q(subject__in=Subject.values), name="approval_subject_known"),
            # Invariant 29: nobody decides about her own.
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="approval_decided_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ApprovalState.ASKED, decided_by=None, decided_at=None)
                | models.Q(state__in=DECIDED, decided_by__isnull=False, decided_at__isnull=False)
                | models.Q(state=ApprovalState.WITHDRAWN, decided_by=None, decided_at__isnull=False),
                name="approval_decided_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(grant=None, limit_amount=None)
                | models.Q(grant__isnull=False, limit_amount__isnull=False),
                name="approval_grant_with_its_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(deciding_grant=None, deciding_limit=None)
                | models.Q(
                    state=ApprovalState.GRANTED,
                    deciding_grant__isnull=False,
                    deciding_limit__isnull=False,
                    amount__lte=models.F("deciding_limit"),
                ),
                name="approval_within_the_deciders_limit",
            ),
            models.UniqueConstraint(
                fields=["about_kind", "about_id", "subject"],
                condition=models.Q(state=ApprovalState.ASKED),
                name="approval_asked_once",
            ),
        ]
        triggers = [
            *APPROVAL.triggers("state"),
            Guard(
                name="approval_within_authority",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=ApprovalState.ASKED, new__state=ApprovalState.GRANTED),
                declare=[("own", "bigint"), ("own_limit", "numeric")],
                func=WITHIN_THE_DECIDERS_LIMIT,
            ),
            Guard(
                name="approval_kept_as_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refuse_when(
                    "(" + ", ".join(f"OLD.{name}" for name in KEPT) + ") IS DISTINCT FROM"
                    " (" + ", ".join(f"NEW.{name}" for name in KEPT) + ")",
                    "approval: what was asked for is kept",
                )
                + "RETURN NEW;",
            ),
            Guard(
                name="approval_never_deleted",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=refuse_when("TRUE", "approval: kept for ever"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} {yuan(self.amount)}"

    @property
    def is_waiting(self) -> bool:
        return self.state == ApprovalState.ASKED

    @property
    def waited(self) -> timedelta | None:
        """How long the decision took."""
        return self.decided_at - self.asked_at if self.decided_at else None

    @property
    def thing(self) -> Any:
        """What it is about, whoever looks: pages ask `visible_to` themselves."""
        kind = find_kind(self.about_kind)
        return kind.model._default_manager.filter(pk=self.about_id).first() if kind else None

    def is_decided_by(self, user: "AnyUser") -> bool:
        """Whether she may say no, now and at all; to say yes her own limit must reach (`waiting_for`)."""
        return self.is_waiting and self.asked_by_id != user.pk and may(user, DECIDE_APPROVALS)

    def is_within_limit_of(self, user: User) -> bool:
        return ApprovalRequest.objects.filter(pk=self.pk, amount__lte=deciding_limit_of(user)).exists()

    def present_state(self) -> dict[str, Any]:
        return {"id": self.pk, "version": self.version, "state": self.state, "decided_by": str(self.decided_by or "")}
