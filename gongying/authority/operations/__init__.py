from gongying.authority.operations.approvals import grant_approval, refuse_approval, withdraw_approval
from gongying.authority.operations.grants import change_grant, end_grant, give_authority
from gongying.authority.operations.uses import BeyondAuthority, decide_alone, use_authority

__all__ = [
    "BeyondAuthority",
    "change_grant",
    "decide_alone",
    "end_grant",
    "give_authority",
    "grant_approval",
    "refuse_approval",
    "use_authority",
    "withdraw_approval",
]
