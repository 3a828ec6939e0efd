from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.authority.enums import Per, Subject
from gongying.common.models import Dated, DatedQuerySet, Versioned
from gongying.common.permissions import may
from gongying.common.templatetags.formats import yuan
from gongying.estates.models import Project
from gongying.organization.access import staff_of
from gongying.organization.models import Post, StaffMember

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

MANAGE_GRANTS = "authority.manage_grants"
NOTHING = Decimal("0.00")
LARGEST = Decimal("999999999999.99")
# Her own before her post's, the project's before the company's.
NEAREST = (models.F("staff").asc(nulls_last=True), models.F("project").asc(nulls_last=True))


class AuthorityGrantQuerySet(DatedQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """Those for the whole company, and those of the projects that the user serves."""
        return self.filter(models.Q(project=None) | models.Q(project__in=Project.objects.visible_to(user)))

    def held_by(self, staff: StaffMember) -> Self:
        held = models.Q(staff=staff)
        if staff.post_id:
            held |= models.Q(post=staff.post_id)
        return self.filter(held)

    def with_names(self) -> Self:
        return self.select_related("post__department", "staff__user", "project", "granted_by")


class AuthorityGrant(Dated, Versioned):
    """A post, or one person, may decide about something alone up to an amount, for a time (R-008, R-010)."""

    event_kind = "authoritygrant"

    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="authority_grants", verbose_name=_("post")
    )
    staff = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="authority_grants", verbose_name=_("person")
    )
    subject = models.CharField(_("for what"), max_length=20, choices=Subject.choices)
    limit_amount = models.DecimalField(_("up to"), max_digits=14, decimal_places=2)
    per = models.CharField(_("limit of"), max_length=10, choices=Per.choices, default=Per.CASE)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="authority_grants", verbose_name=_("project")
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"), default=timezone.now)

    objects = AuthorityGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority")
        ordering = ["subject", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(post=None, staff__isnull=False) | models.Q(post__isnull=False, staff=None),
                name="authority_grant_one_holder",
            ),
            models.CheckConstraint(condition=models.Q(limit_amount__gt=0), name="authority_grant_limit_positive"),
            models.CheckConstraint(
                condition=models.Q(subject__in=Subject.values), name="authority_grant_subject_known"
            ),
            models.CheckConstraint(condition=models.Q(per__in=Per.values), name="authority_grant_per_known"),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="authority_grant_not_empty"),
            ExclusionConstraint(
                name="authority_grant_no_overlap",
                expressions=[
                    (Coalesce("post", 0), RangeOperators.EQUAL),
                    (Coalesce("staff", 0), RangeOperators.EQUAL),
                    ("subject", RangeOperators.EQUAL),
                    (Coalesce("project", 0), RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} · {self.get_subject_display()} · {self.limit_in_words}"

    @property
    def holder(self) -> Any:
        return self.staff or self.post

    @property
    def limit_in_words(self) -> str:
        return f"{yuan(self.limit_amount)} {self.get_per_display()}"

    @property
    def history(self) -> "models.QuerySet[AuthorityGrant]":
        """What the same holder might decide about the same, earlier and later; the newest first."""
        same = AuthorityGrant.objects.filter(
            post=self.post_id, staff=self.staff_id, subject=self.subject, project=self.project_id
        )
        return same.select_related("granted_by").order_by("-during", "-id")


def grant_of(user: User, *, subject: str, project_id: int, on: date | None = None) -> AuthorityGrant | None:
    """What she may decide about alone that day: her own grant before her post's, the project's before the company's."""
    staff = staff_of(user)
    if staff is None:
        return None
    rows = AuthorityGrant.objects.on(on or timezone.localdate()).held_by(staff).filter(subject=subject)
    here = rows.filter(models.Q(project=None) | models.Q(project=project_id))
    found: AuthorityGrant | None = here.order_by(*NEAREST).first()
    return found


def deciding_limit_of(user: User) -> models.Expression:
    """The limit up to which she may agree to what colleagues ask for, as an expression on their approvals.

    Her own limit is the most (as `grant_of` finds it). Without one only those decide who set the limits of others.
    """
    staff = staff_of(user)
    rows = AuthorityGrant.objects.on(timezone.localdate()).held_by(staff) if staff else AuthorityGrant.objects.none()
    cases = [
        models.When(
            models.Q(subject=grant.subject, **({"project": grant.project_id} if grant.project_id else {})),
            then=models.Value(grant.limit_amount),
        )
        for grant in rows.order_by(*NEAREST)
    ]
    otherwise = LARGEST if may(user, MANAGE_GRANTS) else NOTHING
    return models.Case(*cases, default=models.Value(otherwise), output_field=AuthorityGrant.limit_amount.field)


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """The calendar month in which `at` lies, from its first instant to that of the next one."""
    first = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first, following
