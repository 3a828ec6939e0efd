from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Dated, DatedQuerySet, Versioned
from gongying.organization.enums import DepartmentKind, TerritoryRight, Trade, trades_in_words

# A worker's usual day (personas 4.3).
MOST_JOBS_A_DAY = 12


class Department(Versioned):
    name = models.CharField(_("name"), max_length=50, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=DepartmentKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("belongs to"))

    class Meta:
        verbose_name = _("department")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Role(Versioned):
    """A bundle of permissions. The key is fixed, the label is the company's own word."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    label = models.CharField(_("label"), max_length=40)
    permissions = ArrayField(models.CharField(max_length=80), default=list, verbose_name=_("permissions"))

    class Meta:
        verbose_name = _("role")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label


class DeclinedOffer(models.Model):
    """A permission that came with an update and is not wanted in any role: it is not offered again."""

    code = models.CharField(_("permission"), max_length=80, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("declined offer of a permission")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.code


class Post(Versioned):
    """A position with its job description: the three duties towards the customer are required (R-006)."""

    name = models.CharField(_("name"), max_length=50)
    department = models.ForeignKey(Department, models.PROTECT, related_name="posts", verbose_name=_("department"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="posts", verbose_name=_("role"))
    communication_duty = models.TextField(_("communication with customers"))
    feedback_duty = models.TextField(_("feedback of needs"))
    complaint_duty = models.TextField(_("handling of complaints"))

    class Meta:
        verbose_name = _("post")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="post_unique")]

    def __str__(self) -> str:
        return self.name


class StaffQuerySet(models.QuerySet["StaffMember"]):
    def employed(self, *, on: date | None = None) -> Self:
        on = on or timezone.localdate()
        return self.filter(models.Q(left_on=None) | models.Q(left_on__gt=on), hired_on__lte=on)

    def former(self, *, on: date | None = None) -> Self:
        return self.filter(left_on__lte=on or timezone.localdate())

    def absent(self, *, on: date | None = None) -> Self:
        return self.filter(leaves__during__contains=on or timezone.localdate())

    def with_role(self, key: str) -> Self:
        holders = StaffMember.roles.through.objects.filter(role__key=key)
        return self.filter(models.Q(post__role__key=key) | models.Q(pk__in=holders.values("staffmember")))

    def with_permission(self, permission: str) -> Self:
        return self.filter(
            models.Q(post__role__permissions__contains=[permission])
            | models.Q(roles__permissions__contains=[permission])
        ).distinct()


class StaffMember(Versioned):
    """Somebody who works for the company, and the log-in that belongs to her."""

    event_kind = "staff"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff", verbose_name=_("log-in")
    )
    employee_no = models.CharField(_("employee number"), max_length=20, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="staff", verbose_name=_("department"))
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("post"))
    roles = models.ManyToManyField(Role, blank=True, related_name="staff", verbose_name=_("further roles"))
    skills = ArrayField(
        models.CharField(max_length=30, choices=Trade.choices), default=list, blank=True, verbose_name=_("trades")
    )
    # More than that she neither claims nor gets in turn; a dispatcher may still decide otherwise.
    most_jobs_a_day = models.PositiveSmallIntegerField(
        _("most jobs a day"), default=MOST_JOBS_A_DAY, db_default=MOST_JOBS_A_DAY, validators=[MinValueValidator(1)]
    )
    hired_on = models.DateField(_("hired on"), default=timezone.localdate)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff member")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_on=None) | models.Q(left_on__gte=models.F("hired_on")),
                name="staff_left_after_hired",
            ),
            models.UniqueConstraint(
                fields=["employee_no"], condition=~models.Q(employee_no=""), name="staff_employee_no_unique"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def name(self) -> str:
        return str(self.user)

    @property
    def trades(self) -> list[str]:
        """Her skills in words."""
        return trades_in_words(self.skills)

    @property
    def has_left(self) -> bool:
        """`left_on` is the first day on which she does not work here any more."""
        return self.left_on is not None and self.left_on <= timezone.localdate()

    def deputy(self, *, on: date | None = None) -> "StaffMember | None":
        """Who stands in for her, if she is on leave that day."""
        leave = self.leaves.on(on or timezone.localdate()).select_related("deputy__user").first()
        return leave.deputy if leave else None


class Leave(Dated):
    """Days off, with the colleague who stands in: she sees what the absent person sees."""

    staff = models.ForeignKey(StaffMember, models.CASCADE, related_name="leaves", verbose_name=_("staff member"))
    deputy = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="deputyships", verbose_name=_("deputy")
    )
    reason = models.CharField(_("reason"), max_length=100, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        constraints = [
            ExclusionConstraint(
                name="leave_no_overlap",
                expressions=[("staff", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=models.Q(deputy=None) | ~models.Q(deputy=models.F("staff")), name="leave_deputy_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.during}"

    @property
    def first_day(self) -> date:
        return self.during.lower  # type: ignore[no-any-return]


class Territory(Versioned):
    """A region that service is organised by; which places it covers is said in `estates.TerritoryScope`."""

    event_kind = "territory"

    name = models.CharField(_("name"), max_length=50, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class TerritoryAssignment(Dated):
    """Somebody serves a territory for a time, with rights (R-024)."""

    staff = models.ForeignKey(
        StaffMember, models.CASCADE, related_name="territory_assignments", verbose_name=_("staff member")
    )
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="assignments", verbose_name=_("territory"))
    rights = ArrayField(
        models.CharField(max_length=20, choices=TerritoryRight.choices),
        default=TerritoryRight.all,
        verbose_name=_("rights"),
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("territory assignment")
        constraints = [
            ExclusionConstraint(
                name="territory_assignment_no_overlap",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("territory", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff} – {self.territory}"

    @property
    def rights_in_words(self) -> list[str]:
        words = dict(TerritoryRight.choices)
        return [str(words.get(right, right)) for right in self.rights]


def standing_in_for(staff: StaffMember, *, on: date | None = None) -> list[StaffMember]:
    """The staff member herself, and those on leave whose deputy she is on that day."""
    on = on or timezone.localdate()
    absent = StaffMember.objects.employed(on=on).filter(leaves__deputy=staff, leaves__during__contains=on)
    return [staff, *absent.select_related("user")]
