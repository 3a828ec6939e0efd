from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.models import still_there
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.organization.models import Department, StaffMember
from gongying.organization.operations import hold_staff
from gongying.schedule.calendars import midnight
from gongying.schedule.models import DutyPost, DutyShift

ONE_WEEK = timedelta(days=7)
LONGEST_SHIFT = timedelta(days=7)


@transaction.atomic
def create_duty_post(
    project: Project, *, name: str, by: User, department: Department | None = None, phone: str = "", rank: int = 100
) -> DutyPost:
    with refusing({"duty_post_unique": _("This project has a post of this name already.")}):
        post = DutyPost.objects.create(project=project, name=name, department=department, phone=phone, rank=rank)
    record_event("duty_post.created", by=by, subjects=[project], post=post.name)
    return post


@transaction.atomic
def change_duty_post(post: DutyPost, *, by: User, seen: int | None = None) -> DutyPost:
    """Write a post that was changed."""
    post.advance_version(seen=seen)
    with refusing({"duty_post_unique": _("This project has a post of this name already.")}):
        post.save()
    record_event("duty_post.changed", by=by, subjects=[post.project], post=post.name)
    return post


@transaction.atomic
def delete_duty_post(post: DutyPost, *, by: User, seen: int | None = None) -> None:
    """Only while nobody was ever on duty there: the roster of the past stays."""
    post.advance_version(seen=seen)
    if post.shifts.exists():
        raise Refused(_("Somebody stands in the roster of this post. Empty it first."))
    record_event("duty_post.deleted", by=by, subjects=[post.project], post=post.name)
    try:
        post.delete()
    except ProtectedError as error:
        raise Refused(_("This post is in use.")) from error


@transaction.atomic
def put_on_duty(
    post: DutyPost, *, staff: StaffMember, starts_at: datetime, ends_at: datetime, by: User, phone: str = ""
) -> DutyShift:
    """Somebody is on duty at a post for a time."""
    (staff,) = hold_staff(staff)
    check_duty(post, staff, starts_at, ends_at)
    with refusing({"duty_shift_no_overlap": _overlapping(staff)}):
        shift = DutyShift.objects.create(
            post=post, staff=staff, during=DateTimeTZRange(starts_at, ends_at), phone=phone
        )
    _record("duty.planned", shift, by)
    return shift


@transaction.atomic
def move_duty(
    shift: DutyShift,
    *,
    staff: StaffMember,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    phone: str = "",
    seen: int | None = None,
) -> DutyShift:
    """Another time, or somebody else."""
    shift = still_there(
        DutyShift.objects.select_for_update(of=["self"], no_key=True).select_related("post__project"), shift.pk
    )
    shift.check_version(seen=seen)
    (staff,) = hold_staff(staff)
    check_duty(shift.post, staff, starts_at, ends_at, but=shift)
    shift.staff, shift.phone, shift.during = staff, phone, DateTimeTZRange(starts_at, ends_at)
    shift.version += 1
    with refusing({"duty_shift_no_overlap": _overlapping(staff)}):
        shift.save()
    _record("duty.moved", shift, by)
    return shift


@transaction.atomic
def take_off_duty(shift: DutyShift, *, by: User, seen: int | None = None) -> None:
    shift.advance_version(seen=seen)
    _record("duty.cancelled", shift, by)
    shift.delete()


@transaction.atomic
def copy_duty_week(project: Project, *, monday: date, by: User) -> list[DutyShift]:
    """The week that begins on `monday` gets the roster of the week before.

    Who has left, is on leave or stands there already is passed over.
    """
    start, end = week_of(monday - ONE_WEEK)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    rows = DutyShift.objects.filter(post__project=project, during__startswith__gte=start, during__startswith__lt=end)
    last_week = list(rows.select_related("post", "staff").order_by("during", "pk"))
    if not last_week:
        raise Refused(_("Nobody was on duty in the week before."))
    for shift, staff in zip(last_week, hold_staff(*(shift.staff for shift in last_week)), strict=True):
        shift.staff = staff
    copied = [copy for shift in last_week if (copy := _copied(shift)) is not None]
    DutyShift.objects.bulk_create(copied)
    record_event("duty.week_copied", by=by, subjects=[project], monday=monday, shifts=len(copied))
    return copied


def week_of(monday: date) -> tuple[datetime, datetime]:
    """The instants at which a week begins and ends."""
    return midnight(monday), midnight(monday + ONE_WEEK)


def check_duty(
    post: DutyPost, staff: StaffMember, starts_at: datetime, ends_at: datetime, *, but: DutyShift | None = None
) -> None:
    """Refuse what cannot be planned, in words."""
    if ends_at <= starts_at:
        raise Refused(_("The end lies before the beginning."))
    if ends_at - starts_at > LONGEST_SHIFT:
        raise Refused(_("A shift lasts at most seven days."))
    day = timezone.localtime(starts_at).date()
    if staff.left_on is not None and staff.left_on <= day:
        raise Refused(_("%(name)s will have left by then.") % {"name": staff})
    if staff.leaves.on(day).exists():
        raise Refused(_("%(name)s is on leave that day.") % {"name": staff})
    others = DutyShift.objects.between(starts_at, ends_at).filter(post=post, staff=staff)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise Refused(_overlapping(staff))


def _copied(shift: DutyShift) -> DutyShift | None:
    starts_at, ends_at = _a_week_later(shift.starts_at), _a_week_later(shift.ends_at)
    try:
        check_duty(shift.post, shift.staff, starts_at, ends_at)
    except Refused:
        return None
    return DutyShift(post=shift.post, staff=shift.staff, during=DateTimeTZRange(starts_at, ends_at), phone=shift.phone)


def _a_week_later(moment: datetime) -> datetime:
    """The same clock time, also where the clocks change in between."""
    return timezone.localtime(moment) + ONE_WEEK


def _overlapping(staff: StaffMember) -> str:
    return _("%(name)s is on duty at this post in that time already.") % {"name": staff}


def _record(verb: str, shift: DutyShift, by: User) -> None:
    subjects: Sequence[Project | StaffMember] = [shift.staff, shift.post.project]
    record_event(
        verb,
        by=by,
        subjects=subjects,
        place=shift.place,
        post=shift.post.name,
        staff=str(shift.staff),
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )
