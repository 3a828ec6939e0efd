from gongying.organization.operations.departments import (
    delete_department,
    delete_post,
    save_department,
    save_post,
)
from gongying.organization.operations.hand_overs import hand_over_matters
from gongying.organization.operations.leave import cancel_leave, enter_leave, shorten_leave
from gongying.organization.operations.roles import (
    change_role,
    create_role,
    decline_offered_permissions,
    offer_again,
    offered_permissions,
    take_offered_permissions,
)
from gongying.organization.operations.staff import (
    change_staff,
    employ,
    end_due_employments,
    hold_staff,
    leave_company,
    reset_password,
    return_to_company,
)
from gongying.organization.operations.territories import (
    assign_staff,
    change_territory,
    create_territory,
    delete_territory,
    end_assignment,
)
from gongying.organization.operations.tokens import issue_token, revoke_token

__all__ = [
    "assign_staff",
    "cancel_leave",
    "change_role",
    "change_staff",
    "change_territory",
    "create_role",
    "create_territory",
    "decline_offered_permissions",
    "delete_department",
    "delete_post",
    "delete_territory",
    "employ",
    "end_assignment",
    "end_due_employments",
    "enter_leave",
    "hand_over_matters",
    "hold_staff",
    "issue_token",
    "leave_company",
    "offer_again",
    "offered_permissions",
    "reset_password",
    "return_to_company",
    "revoke_token",
    "save_department",
    "save_post",
    "shorten_leave",
    "take_offered_permissions",
]
