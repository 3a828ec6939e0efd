"""What a person's roles allow: kept per edition of the set-up, so that a page asks the database for nothing of it."""

from copy import copy
from typing import Any

from django.db.models import Q

from gongying.accounts.models import User
from gongying.common.editions import kept
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
    staff = record_of(user)
    return None if staff is None or staff.has_left else staff


def has_left(user: User) -> bool:
    """Whether she once worked here and does not any more: her log-in ends on the day itself."""
    staff = record_of(user)
    return staff is not None and staff.has_left


def record_of(user: User) -> StaffMember | None:
    """The user's staff record, whether or not she still works here."""
    if user._state.adding:
        return None
    relation: Any = User._meta.get_field("staff")
    if not relation.is_cached(user):
        staff = kept(("staff", user.pk), lambda: _read_record(user))
        if staff is not None:
            copy(staff).user = user  # sets `user.staff` as well
    record: StaffMember | None = getattr(user, "staff", None)
    return record


def codes_of(staff: StaffMember) -> frozenset[str]:
    """The permissions of one person's post and further roles."""
    return kept(("permissions", staff.pk), lambda: _read_codes(staff))


def _read_permission_codes(user: User) -> frozenset[str]:
    staff = staff_of(user)
    return frozenset() if staff is None or not user.is_active else codes_of(staff)


def _read_record(user: User) -> StaffMember | None:
    return StaffMember.objects.select_related("department", "post__role").filter(user=user).first()


def _read_codes(staff: StaffMember) -> frozenset[str]:
    theirs = Q(staff=staff)
    if staff.post_id:  # without a post the condition would read "roles that belong to no post"
        theirs |= Q(posts=staff.post_id)
    bundles = Role.objects.filter(theirs).values_list("permissions", flat=True)
    return frozenset(code for bundle in bundles for code in bundle)
