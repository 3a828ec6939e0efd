from typing import Any

import rules
from django.contrib.auth.backends import BaseBackend
from django.db.models import Model

from gongying.accounts.models import User
from gongying.organization.access import permission_codes


class RoleBackend(BaseBackend):
    """Answer `has_perm` from the roles of the staff member, then from the permission's predicate on the thing."""

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        if not isinstance(user_obj, User) or not user_obj.is_active or perm not in permission_codes(user_obj):
            return False
        return obj is None or not rules.perm_exists(perm) or bool(rules.has_perm(perm, user_obj, obj))
