from typing import Final

from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.estates.scopes import scope_of

VIEW_GRANTS: Final = "authority.view_grants"
MANAGE_GRANTS: Final = "authority.manage_grants"
DECIDE_APPROVALS: Final = "authority.decide_approvals"
VIEW_FIGURES: Final = "authority.view_figures"

PERMISSIONS = {
    VIEW_GRANTS: _("see who may decide what up to which amount"),
    MANAGE_GRANTS: _("give and change authority"),
    DECIDE_APPROVALS: _("agree or not to what goes beyond somebody's authority"),
    VIEW_FIGURES: _("see how many approvals there are and how long they wait"),
}


def may_set(user: User, project: Project | None) -> bool:
    """Authority for the whole company is given by those who see the whole company, else by those who see the project."""
    if not may(user, MANAGE_GRANTS):
        return False
    return scope_of(user).everywhere or (
        project is not None and Project.objects.visible_to(user).filter(pk=project.pk).exists()
    )
