from datetime import date, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.models import still_there
from gongying.events.operations import record_event
from gongying.organization.models import Leave, StaffMember
from gongying.organization.operations.staff import hold_staff

ONE_DAY = timedelta(days=1)


@transaction.atomic
def enter_leave(
    staff: StaffMember, *, first: date, last: date, deputy: StaffMember | None, by: User, reason: str = ""
) -> Leave:
    """Days off from `first` to `last`, both included. Her deputy sees what she sees in that time."""
    staff, *deputies = hold_staff(staff, *([deputy] if deputy else []))
    deputy = next(iter(deputies), None)
    period = DateRange(first, last + ONE_DAY)
    if staff.leaves.filter(during__overlap=period).exists():
        raise Refused(_("%(name)s is already on leave in these days.") % {"name": staff})
    if deputy is not None:
        _check_deputy(staff, deputy, period)
    leave = Leave.objects.create(staff=staff, deputy=deputy, during=period, reason=reason)
    subjects = [staff, deputy] if deputy else [staff]
    record_event("leave.entered", by=by, subjects=subjects, first=first, last=last, deputy=str(deputy or ""))
    return leave


def _check_deputy(staff: StaffMember, deputy: StaffMember, period: DateRange) -> None:
    if deputy.pk == staff.pk:
        raise Refused(_("Nobody stands in for herself."))
    if deputy.left_on is not None and deputy.left_on < period.upper:
        raise Refused(_("%(name)s will have left by then.") % {"name": deputy})
    if deputy.leaves.filter(during__overlap=period).exists():
        raise Refused(_("%(name)s is on leave herself in these days.") % {"name": deputy})


@transaction.atomic
def shorten_leave(leave: Leave, *, last: date, by: User) -> None:
    """She is back earlier: `last` is her last day off."""
    leave = still_there(Leave.objects.select_for_update(no_key=True), leave.pk)
    if not leave.holds_on(last):
        raise Refused(_("The last day must lie within the leave."))
    leave.during = DateRange(leave.starts_on, last + ONE_DAY)
    leave.save(update_fields=["during"])
    record_event("leave.shortened", by=by, subjects=[leave.staff], last=last)


@transaction.atomic
def cancel_leave(leave: Leave, *, by: User) -> None:
    """Take the whole leave back, as if it had never been entered; the journal keeps it."""
    leave = still_there(Leave.objects.select_for_update(no_key=True), leave.pk)
    record_event("leave.cancelled", by=by, subjects=[leave.staff], first=leave.starts_on, reason=leave.reason)
    leave.delete()
