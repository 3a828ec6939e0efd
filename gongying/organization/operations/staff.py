from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.accounts.operations import close_log_in, open_log_in, reopen_log_in, set_first_password
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.organization.models import MOST_JOBS_A_DAY, Department, Post, Role, StaffMember

OF_LOG_IN = ("name", "phone", "email")


@transaction.atomic
def employ(
    *,
    username: str,
    name: str,
    password: str,
    department: Department,
    by: User | None,
    phone: str = "",
    email: str = "",
    employee_no: str = "",
    post: Post | None = None,
    roles: Iterable[Role] = (),
    skills: Iterable[str] = (),
    most_jobs_a_day: int = MOST_JOBS_A_DAY,
    hired_on: date | None = None,
) -> StaffMember:
    """A new colleague with her log-in. She replaces `password` when she first uses it.

    `by` is None for the installation itself: its first administrator.
    """
    user = open_log_in(username=username, name=name, phone=phone, email=email, password=password)
    staff = StaffMember.objects.create(
        user=user,
        employee_no=employee_no,
        department=department,
        post=post,
        skills=list(skills),
        most_jobs_a_day=most_jobs_a_day,
        hired_on=hired_on or timezone.localdate(),
    )
    staff.roles.set(roles)
    record_event("staff.employed", by=by, subjects=[staff], name=name, department=department.name)
    return staff


def hold_staff(*people: StaffMember) -> list[StaffMember]:
    """As they are now, held until the end of the transaction; always in the order of their ids, so that nobody deadlocks."""
    rows = StaffMember.objects.select_for_update(of=("self",), no_key=True).select_related("user").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[person.pk for person in people])}
    return [found[person.pk] for person in people]


@transaction.atomic
def change_staff(staff: StaffMember, *, by: User, seen: int | None = None, **changes: Any) -> StaffMember:
    """Change what is said of a colleague: name, phone, e-mail, department, post, roles, skills, employee number."""
    staff = StaffMember.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=staff.pk)
    staff.advance_version(seen=seen)
    roles = changes.pop("roles", None)
    before = described(staff)
    for name, value in changes.items():
        setattr(staff.user if name in OF_LOG_IN else staff, name, value)
    staff.user.save(update_fields=OF_LOG_IN)
    staff.save()
    if roles is not None:
        staff.roles.set(roles)
    after = described(staff)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if changed:
        record_event("staff.changed", by=by, subjects=[staff], changed=changed)
    return staff


def described(staff: StaffMember) -> Mapping[str, str]:
    """What the journal keeps of a staff record when it changes."""
    return {
        "name": staff.user.name,
        "phone": staff.user.phone,
        "email": staff.user.email,
        "employee_no": staff.employee_no,
        "department": staff.department.name,
        "post": str(staff.post or ""),
        "roles": ", ".join(sorted(role.label for role in staff.roles.all())),
        "skills": ", ".join(sorted(staff.skills)),
        "most_jobs_a_day": str(staff.most_jobs_a_day),
    }


@transaction.atomic
def leave_company(staff: StaffMember, *, on: date, by: User) -> None:
    """From `on` (her first day no more) she is out: no log-in, no token, no territory, nobody's deputy."""
    staff = StaffMember.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=staff.pk)
    if staff.has_left:
        raise Refused(_("%(name)s has already left.") % {"name": staff})
    if staff.user_id == by.pk:
        raise Refused(_("You cannot enter your own departure: ask a colleague."))
    if on <= staff.hired_on:
        raise Refused(_("%(name)s was only hired on %(date)s.") % {"name": staff, "date": staff.hired_on})
    staff.advance_version(seen=None)
    staff.left_on = on
    staff.save(update_fields=["left_on"])
    _end_assignments(staff, on)
    if on <= timezone.localdate():
        close_log_in(staff.user)
    record_event("staff.left", by=by, subjects=[staff], on=on)


def _end_assignments(staff: StaffMember, on: date) -> None:
    for assignment in staff.territory_assignments.select_for_update(no_key=True).exclude(during__fully_lt=(on, None)):
        if assignment.starts_on < on:
            assignment.during = DateRange(assignment.starts_on, on)
            assignment.save(update_fields=["during"])
        else:
            assignment.delete()  # it would not even have begun


@transaction.atomic
def return_to_company(staff: StaffMember, *, by: User, seen: int | None = None) -> None:
    """Take a departure back. Territories and tokens are given anew, knowingly."""
    staff = StaffMember.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=staff.pk)
    staff.check_version(seen=seen)
    if staff.left_on is None:
        raise Refused(_("%(name)s works here.") % {"name": staff})
    staff.advance_version(seen=None)
    staff.left_on = None
    staff.save(update_fields=["left_on"])
    reopen_log_in(staff.user)
    record_event("staff.returned", by=by, subjects=[staff])


@transaction.atomic
def reset_password(staff: StaffMember, *, password: str, by: User) -> None:
    """Set a first password again. Open sessions end; the colleague chooses her own with the next log-in."""
    set_first_password(staff.user, password)
    record_event("staff.password_reset", by=by, subjects=[staff])


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="end_due_employments", pass_context=False)
def end_due_employments_later(timestamp: int) -> None:
    end_due_employments()


def end_due_employments() -> int:
    """Close the log-ins of those whose last day is over; how many there were. (The pages refuse them by themselves.)"""
    due = StaffMember.objects.former().filter(user__is_active=True)
    return sum(_end_employment(due, pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _end_employment(due: QuerySet[StaffMember], pk: int) -> bool:
    """Unless her departure was taken back since the list was read."""
    held = due.select_for_update(of=("self",), no_key=True).select_related("user")
    staff = held.filter(pk=pk).first()
    if staff is None:
        return False
    close_log_in(staff.user)
    return True
