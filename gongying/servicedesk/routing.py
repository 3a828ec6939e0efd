"""Who answers for a matter: the department by rule (R-004), the person by the place."""

from copy import copy

from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.editions import kept, kept_row
from gongying.common.places import Place
from gongying.estates.models import Project
from gongying.estates.stewards import serving, stewards_of
from gongying.organization.access import record_of
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Department, StaffMember
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory

DISPATCH = "servicedesk.dispatch_work"
DECIDE = "servicedesk.decide_follow_up"


def department_for(category: ServiceCategory, project: Project, *, by: User) -> Department:
    """The department the rule names; where no rule speaks, that of whoever registers."""
    ruled = kept(("department", category.pk, project.pk), lambda: _ruled(category, project))
    if ruled is not None:
        return ruled
    staff = record_of(by)
    return staff.department if staff else Department.objects.earliest("pk")


def _ruled(category: ServiceCategory, project: Project) -> Department | None:
    rule = ResponsibilityRule.objects.answering(category, project)
    return rule.department if rule else None


def owner_for(place: Place, department: Department, *, by: User) -> User:
    """The steward of the place, else who leads the department there, else the site's lead, else whoever registers."""
    stewards = stewards_of(place)
    absent = kept(
        ("absent", timezone.localdate()), lambda: set(StaffMember.objects.absent().values_list("pk", flat=True))
    )
    present = [steward for steward in stewards if steward.pk not in absent]
    if present:
        return present[0].user
    leads = serving(place, right=TerritoryRight.VIEW_FILES)
    lead = (
        leads.filter(department=department).with_permission(DISPATCH).first() or leads.with_permission(DECIDE).first()
    )
    return lead.user if lead else by


def supervisor_for(place: Place, *, department: Department | None = None) -> User | None:
    """Who decides when the front line cannot: the supervisor of the place, the department's own one first."""
    department_id = None if department is None else department.pk
    key = "supervisor", place, department_id, timezone.localdate()
    pk = kept(key, lambda: _supervisor_of(place, department_id))
    # Of her own for whoever asks: what is kept is shared.
    return None if pk is None else copy(kept_row(User, pk))


def _supervisor_of(place: Place, department_id: int | None) -> int | None:
    leads = list(serving(place, right=TerritoryRight.VIEW_FILES).with_permission(DECIDE))
    leads.sort(key=lambda staff: (department_id is None or staff.department_id != department_id, staff.pk))
    return leads[0].user_id if leads else None
