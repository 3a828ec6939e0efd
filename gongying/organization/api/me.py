from django.utils import timezone
from ninja import Field, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Day, Output
from gongying.organization.access import permission_codes
from gongying.organization.models import StaffMember

router = Router()


class MeOut(Output):
    """Who the token or log-in belongs to, and what she may do."""

    id: int = Field(examples=[3])
    username: str = Field(examples=["xiaozhao"])
    name: str = Field(examples=["Xiao Zhao"])
    department: str = Field(examples=["Customer service"])
    roles: list[str] = Field(examples=[["receptionist"]])
    permissions: list[str] = Field(examples=[["servicedesk.register_request"]])
    today: Day = Field(description="The installation's date (Asia/Shanghai)", examples=["2026-11-21"])


@router.get("/me", response=MeOut, tags=["me"])
def show_me(request: SignedInRequest) -> MeOut:
    staff = StaffMember.objects.select_related("department", "post__role").get(user=request.user)
    roles = {role.key for role in staff.roles.all()}
    if staff.post:
        roles.add(staff.post.role.key)
    return MeOut(
        id=request.user.pk,
        username=request.user.username,
        name=request.user.name,
        department=staff.department.name,
        roles=sorted(roles),
        permissions=sorted(permission_codes(request.user)),
        today=timezone.localdate(),
    )
