from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.estates.models import Project
from gongying.estates.scopes import scope_of
from gongying.estates.stewards import staff_in_project
from gongying.organization.models import StaffMember, StaffQuerySet

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


def team_of(user: "AnyUser") -> StaffQuerySet:
    """Whose plans may stand beside hers: herself and everybody who serves one of her projects; who sees all projects, everybody."""
    employed = StaffMember.objects.employed()
    if scope_of(user).everywhere:
        return employed
    return employed.filter(
        Q(user=user.pk) | Q(pk__in=kept(("team", user.pk, timezone.localdate()), lambda: _read_team(user)))
    )


def team_ids(user: User, ids: Collection[int]) -> Iterable[int]:
    """Those of the ids whose plans she may see: who may hear that they changed (`events.streams`)."""
    return team_of(user).filter(pk__in=ids).values_list("pk", flat=True)


def _read_team(user: "AnyUser") -> frozenset[int]:
    projects = Project.objects.visible_to(user).values_list("pk", flat=True)
    return frozenset(pk for project in projects for pk in staff_in_project(project).values_list("pk", flat=True))
