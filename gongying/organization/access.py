"""What a person's roles allow, read once per request."""

from django.db.models import Q

from gongying.accounts.models import User
from gongying.organization.models import Role, StaffMember


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
    return frozenset() if staff is None or not user.is_active else codes_of(staff)


def codes_of(staff: StaffMember) -> frozenset[str]:
    """The permissions of one person's post and further roles."""
    theirs = Q(staff=staff)
    if staff.post_id:  # without a post the condition would read "roles that belong to no post"
        theirs |= Q(posts=staff.post_id)
    bundles = Role.objects.filter(theirs).values_list("permissions", flat=True)
    return frozenset(code for bundle in bundles for code in bundle)
