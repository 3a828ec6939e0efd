from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.editions import kept
from gongying.common.models import Versioned
from gongying.common.places import Place
from gongying.common.statements import Statement
from gongying.estates.models import Project
from gongying.organization.models import Department, Leave, StaffMember

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class DutyPostQuerySet(models.QuerySet["DutyPost"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(project__in=Project.objects.visible_to(user))


class DutyPost(Versioned):
    """What somebody is on duty for: the front desk, the control room, urgent repairs, the manager on duty (E-052)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="duty_posts", verbose_name=_("project"))
    name = models.CharField(_("post"), max_length=40)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="duty_posts", verbose_name=_("department")
    )
    phone = models.CharField(_("phone of the post"), max_length=40, blank=True, help_text=_("Else each one's own."))
    rank = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = DutyPostQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty post")
        ordering = ["project", "rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="duty_post_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="duty_post_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        return Place(self.project_id)


class DutyShiftQuerySet(models.QuerySet["DutyShift"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(post__project__in=Project.objects.visible_to(user))

    def at(self, moment: datetime) -> Self:
        return self.filter(during__contains=moment)

    def between(self, start: datetime, end: datetime) -> Self:
        return self.filter(during__overlap=(start, end))


class DutyShift(Versioned):
    """Somebody is on duty at a post, from one instant until another."""

    post = models.ForeignKey(DutyPost, models.CASCADE, related_name="shifts", verbose_name=_("post"))
    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="duty_shifts", verbose_name=_("staff member"))
    during = DateTimeRangeField(_("period"))
    phone = models.CharField(
        _("phone"), max_length=40, blank=True, help_text=_("Empty: the phone of the post, else her own.")
    )

    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty shift")
        ordering = ["during", "id"]
        constraints = [
            ExclusionConstraint(
                name="duty_shift_no_overlap",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    ("staff", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="duty_shift_has_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.staff}"

    @property
    def starts_at(self) -> datetime:
        return self.during.lower  # type: ignore[no-any-return]

    @property
    def ends_at(self) -> datetime:
        return self.during.upper  # type: ignore[no-any-return]

    @property
    def place(self) -> Place:
        return self.post.place


@dataclass(frozen=True)
class OnDuty:
    """Who really is there: the person of the roster, or her deputy. Nobody where she is away without one."""

    shift: DutyShift
    staff: StaffMember | None

    @property
    def post(self) -> DutyPost:
        return self.shift.post

    @property
    def stands_in_for(self) -> StaffMember | None:
        """The absent one of the roster."""
        return None if self.staff == self.shift.staff else self.shift.staff

    @property
    def phone(self) -> str:
        """The number to call: that of the shift (her own), of the post, of the person."""
        if self.staff is None:
            return self.post.phone
        own = self.shift.phone if self.staff == self.shift.staff else ""
        return own or self.post.phone or self.staff.user.phone or ""


def present(shifts: Sequence[DutyShift], *, at: datetime | None = None) -> list[OnDuty]:
    """The shifts with who really is there at that moment (default: when each begins), however many in two statements.

    A deputy stands in only where she is there herself: deputies of deputies are no arrangement that anybody made.
    """
    days = [timezone.localtime(at or shift.starts_at).date() for shift in shifts]
    leaves = _leaves_of({shift.staff_id for shift in shifts}, days)
    deputies = {leave.deputy_id for found in leaves.values() for leave in found if leave.deputy_id is not None}
    leaves |= _leaves_of(deputies - leaves.keys(), days)
    return [OnDuty(shift, _really_there(shift, day, leaves)) for shift, day in zip(shifts, days, strict=True)]


def _leaves_of(staff_ids: set[int], days: Sequence[date]) -> dict[int, list[Leave]]:
    found: dict[int, list[Leave]] = {staff_id: [] for staff_id in staff_ids}
    if staff_ids:
        rows = Leave.objects.filter(staff__in=staff_ids, during__overlap=(min(days), max(days) + timedelta(days=1)))
        for leave in rows.select_related("deputy__user", "deputy__department"):
            found[leave.staff_id].append(leave)
    return found


def _really_there(shift: DutyShift, day: date, leaves: Mapping[int, list[Leave]]) -> StaffMember | None:
    leave = next((leave for leave in leaves[shift.staff_id] if leave.holds_on(day)), None)
    staff = shift.staff if leave is None else leave.deputy
    if staff is None or (staff.left_on is not None and staff.left_on <= day):
        return None
    if leave is not None and any(own.holds_on(day) for own in leaves[staff.pk]):
        return None
    return staff


def _shifts_at(at: datetime, project: int) -> DutyShiftQuerySet:
    rows = DutyShift.objects.at(at).filter(post__project=project)
    return rows.select_related("post", "staff__user", "staff__department").order_by(
        "post__rank", "post", "during", "pk"
    )


SHIFTS_AT: Statement[DutyShift] = Statement(_shifts_at, at=datetime, project=int)


def on_duty(
    project: Project | int, at: datetime | None = None, *, post: str = "", department: Department | None = None
) -> list[OnDuty]:
    """Who is on duty in a project, by rank of the post; those who are away without a deputy are left out."""
    at = at or timezone.now()
    project_id = project if isinstance(project, int) else project.pk
    shifts = [
        shift
        for shift in SHIFTS_AT.rows(at=at, project=project_id)
        if post in ("", shift.post.name) and (department is None or shift.post.department_id == department.pk)
    ]
    return [each for each in present(shifts, at=at) if each.staff is not None]


def staff_on_duty(project_id: int, at: datetime) -> set[int]:
    """`on_duty` as ids of staff, from memory: asked for every board, and for every job that is given out."""
    day = timezone.localtime(at).date()
    shifts = kept(("on duty", project_id, day), lambda: _read_day(project_id, day))
    return {staff_id for starts_at, ends_at, staff_id in shifts if starts_at <= at < ends_at}


def _read_day(project_id: int, day: date) -> list[tuple[datetime, datetime, int]]:
    """Who really is there in each shift that touches the day."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    rows = DutyShift.objects.between(midnight, midnight + timedelta(days=1)).filter(post__project=project_id)
    there = present(list(rows.select_related("staff")), at=midnight)
    return [(each.shift.starts_at, each.shift.ends_at, each.staff.pk) for each in there if each.staff is not None]
