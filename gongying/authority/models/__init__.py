from gongying.authority.models.approvals import ApprovalRequest
from gongying.authority.models.grants import AuthorityGrant, grant_of
from gongying.authority.models.uses import AuthorityUse

__all__ = ["ApprovalRequest", "AuthorityGrant", "AuthorityUse", "grant_of"]
