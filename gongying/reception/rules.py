"""Who may do what at the front desk."""

from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gongying.estates.models import Project
from gongying.estates.scopes import projects_served_whole
from gongying.reception.machines import RECEIVE, TAKE_OVER

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

MANAGE_PURPOSES: Final = "reception.manage_purposes"
OPEN_DISPLAY: Final = "reception.open_display"

PERMISSIONS = {
    RECEIVE: _("receive visitors at the front desk"),
    TAKE_OVER: _("take over visitors and answer calls for help of the front desk"),
    OPEN_DISPLAY: _("open the screen of the waiting area: numbers and counters, no names"),
    MANAGE_PURPOSES: _("edit the purposes of visits"),
}


def desks_of(user: "AnyUser") -> QuerySet[Project]:
    """A counter serves the whole project: who serves only some buildings has no desk there."""
    return projects_served_whole(user)
