from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.models import still_there
from gongying.common.trees import refuse_circle
from gongying.events.operations import record_event
from gongying.organization.models import StaffMember, Territory, TerritoryAssignment
from gongying.organization.operations.staff import hold_staff
from gongying.organization.workload import open_work_of


@transaction.atomic
def create_territory(*, name: str, by: User, parent: Territory | None = None) -> Territory:
    territory = Territory.objects.create(name=name, parent=parent)
    record_event("territory.created", by=by, subjects=[territory], name=name)
    return territory


@transaction.atomic
def change_territory(
    territory: Territory, *, name: str, parent: Territory | None, by: User, seen: int | None = None
) -> Territory:
    """Rename it, or make it part of another one; who serves the other one then serves it, too."""
    refuse_circle(territory, parent, _("A territory cannot be part of itself."))
    territory.advance_version(seen=seen)
    territory = Territory.objects.get(pk=territory.pk)
    before = territory.name
    territory.name, territory.parent = name, parent
    territory.save()
    record_event("territory.changed", by=by, subjects=[territory], before=before, name=name, parent=str(parent or ""))
    return territory


@transaction.atomic
def delete_territory(territory: Territory, *, by: User, seen: int | None = None) -> None:
    """Only where nothing hangs on it: no parts, nobody serving there today or later, no open work."""
    territory = still_there(Territory.objects.select_for_update(no_key=False), territory.pk)
    territory.check_version(seen=seen)
    if territory.children.exists():
        raise Refused(_("Other territories are part of this one. Move or delete them first."))
    if work := sum(item.number for item in open_work_of(territory)):
        raise Refused(
            ngettext(
                "There is %(number)d open matter in this territory. Move its places to another territory first.",
                "There are %(number)d open matters in this territory. Move its places to another territory first.",
                work,
            )
            % {"number": work}
        )
    if territory.assignments.exclude(during__fully_lt=(timezone.localdate(), None)).exists():
        raise Refused(_("Somebody serves this territory. End the assignments first."))
    if territory.assignments.exists():
        raise Refused(_("This territory has a history of who served it, which is kept. Rename it if it is out of use."))
    record_event("territory.deleted", by=by, subjects=[territory], name=territory.name)
    territory.delete()


@transaction.atomic
def assign_staff(
    territory: Territory,
    *,
    staff: StaffMember,
    rights: Iterable[str],
    by: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> TerritoryAssignment:
    """`staff` serves the territory from `starts_on` (default today) up to before `ends_on` (None: open)."""
    starts_on = starts_on or timezone.localdate()
    period = DateRange(starts_on, ends_on)
    (staff,) = hold_staff(staff)
    if staff.left_on is not None and staff.left_on <= starts_on:
        raise Refused(_("%(name)s will have left by then.") % {"name": staff})
    if territory.assignments.filter(staff=staff, during__overlap=period).exists():
        raise Refused(_("%(name)s already serves this territory in that time.") % {"name": staff})
    assignment = TerritoryAssignment.objects.create(
        territory=territory, staff=staff, rights=sorted(rights), during=period
    )
    record_event(
        "territory.staff_assigned",
        by=by,
        subjects=[territory, staff],
        territory=territory.name,
        name=str(staff),
        rights=assignment.rights,
        on=starts_on,
    )
    return assignment


@transaction.atomic
def end_assignment(assignment: TerritoryAssignment, *, on: date, by: User) -> None:
    """`on` is the first day on which she does not serve it any more; earlier days stay as they were."""
    assignment = still_there(TerritoryAssignment.objects.select_for_update(no_key=True), assignment.pk)
    if assignment.ends_on is not None and assignment.ends_on <= on:
        raise Refused(_("This assignment ends on %(date)s already.") % {"date": assignment.ends_on})
    territory, staff = assignment.territory, assignment.staff
    if assignment.starts_on is not None and on <= assignment.starts_on:
        assignment.delete()  # it had not begun
    else:
        assignment.during = DateRange(assignment.starts_on, on)
        assignment.save(update_fields=["during"])
    record_event(
        "territory.staff_withdrawn",
        by=by,
        subjects=[territory, staff],
        territory=territory.name,
        name=str(staff),
        on=on,
    )
