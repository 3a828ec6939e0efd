"""Who may do what with check lists and phrases."""

from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gongying.checklists.enums import ELSEWHERE, OF_CONDUCT
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.estates.scopes import scope_of

if TYPE_CHECKING:
    from gongying.checklists.models import CheckList
    from gongying.estates.models import AnyUser

TICK: Final = "checklists.tick_lists"
INSPECT: Final = "checklists.inspect_conduct"
MANAGE: Final = "checklists.manage_lists"

PERMISSIONS = {
    TICK: _("tick check lists and read phrases"),
    INSPECT: _("look at how colleagues receive, call and write"),
    MANAGE: _("edit check lists and phrases"),
}


def centres_of(user: "AnyUser") -> QuerySet[Project]:
    """A service centre is there for the whole project: who serves only some buildings does not open it."""
    scope = scope_of(user)
    projects = Project.objects.all() if scope.everywhere else Project.objects.filter(pk__in=scope.projects)
    return projects.order_by("code")


def permission_for(check_list: "CheckList") -> str:
    """Whoever ticks it needs this."""
    return INSPECT if check_list.use in OF_CONDUCT else TICK


def may_begin(user: "AnyUser", check_list: "CheckList") -> bool:
    return check_list.use not in ELSEWHERE and may(user, permission_for(check_list))
