"""What a person's roles allow, read once per request."""

from django.db import models

from gongying.accounts.models import User
from gongying.organization.models import Role, StaffMember

SEE_ALL_PROJECTS = "organization.see_all_projects"


def permission_codes(user: User) -> frozenset[str]:
    """All permissions of the user's post and further roles; empty for somebody who is not (or no more) staff."""
    cached: frozenset[str] | None = getattr(user, "_permission_codes", None)
    if cached is None:
        cached = _read_permission_codes(user)
        user._permission_codes = cached  # type: ignore[attr-defined]
    return cached


def staff_of(user: User) -> StaffMember | None:
    """The user's staff record, if she works here today."""
    staff: StaffMember | None = getattr(user, "staff", None)
    return None if staff is None or staff.has_left else staff


def _read_permission_codes(user: User) -> frozenset[str]:
    staff = staff_of(user)
    if staff is None or not user.is_active:
        return frozenset()
    of_person = models.Q(staff=staff)
    # Without a post the condition must fall away: `posts=None` would mean every role that no post has.
    of_post = models.Q(posts=staff.post_id) if staff.post_id else models.Q()
    bundles = Role.objects.filter(of_person | of_post).distinct().values_list("permissions", flat=True)
    return frozenset(code for bundle in bundles for code in bundle)
