from gongying.accounts.models import User
from gongying.authority.models import ApprovalRequest
from gongying.authority.rules import DECIDE_APPROVALS
from gongying.estates.stewards import serving
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember


def approvers_of(approval: ApprovalRequest) -> list[User]:
    """Who is told that it waits: those whose limit reaches so far, of the place; where there are none, of the company."""
    may_decide = StaffMember.objects.employed().with_permission(DECIDE_APPROVALS).exclude(user=approval.asked_by)
    here = serving(approval.place, right=TerritoryRight.VIEW_FILES).values("pk")
    for found in (may_decide.filter(pk__in=here), may_decide):
        users = [staff.user for staff in found.select_related("user")]
        reaching = [user for user in users if approval.is_within_limit_of(user)]
        if reaching:
            return reaching
    return []
