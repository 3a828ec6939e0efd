"""Who answers for a matter: the department by rule (R-004), the person by the place."""

from gongying.accounts.models import User
from gongying.common.places import Place
from gongying.estates.models import Project
from gongying.estates.stewards import serving, stewards_of
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Department, StaffMember
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory

DISPATCH = "servicedesk.dispatch_work"
DECIDE = "servicedesk.decide_follow_up"


def department_for(category: ServiceCategory, project: Project, *, by: User) -> Department:
    """The department the rule names; where no rule speaks, that of whoever registers."""
    rule = ResponsibilityRule.objects.answering(category, project)
    if rule is not None:
        return rule.department
    staff: StaffMember | None = getattr(by, "staff", None)
    return staff.department if staff else Department.objects.earliest("pk")


def owner_for(place: Place, department: Department, *, by: User) -> User:
    """The steward of the place, else who leads the department there, else the site's lead, else whoever registers."""
    stewards = stewards_of(place)
    absent = set(StaffMember.objects.absent().filter(pk__in=[s.pk for s in stewards]).values_list("pk", flat=True))
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
    leads = list(serving(place, right=TerritoryRight.VIEW_FILES).with_permission(DECIDE).select_related("user"))
    leads.sort(key=lambda staff: (department is None or staff.department_id != department.pk, staff.pk))
    return leads[0].user if leads else None
