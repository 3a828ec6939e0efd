from gongying.accounts.models import User
from gongying.authority.rules import DECIDE_APPROVALS
from gongying.common.places import Place
from gongying.estates.stewards import serving
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember


def approvers_at(place: Place, *, subject: User) -> list[User]:
    """Who is told that `subject` waits for a decision: those who serve the place; where nobody may decide there, all who may."""
    may_decide = StaffMember.objects.employed().with_permission(DECIDE_APPROVALS).exclude(user=subject)
    here = serving(place, right=TerritoryRight.VIEW_FILES).values("pk")
    found = may_decide.filter(pk__in=here) if may_decide.filter(pk__in=here).exists() else may_decide
    return [staff.user for staff in found.select_related("user")]
