from typing import Final

from django.utils.translation import gettext_lazy as _

SEE_ALL_PROJECTS: Final = "organization.see_all_projects"
VIEW_STAFF: Final = "organization.view_staff"
MANAGE_STAFF: Final = "organization.manage_staff"
MANAGE_LEAVE: Final = "organization.manage_leave"
MANAGE_ROLES: Final = "organization.manage_roles"
MANAGE_TERRITORIES: Final = "organization.manage_territories"

PERMISSIONS = {
    SEE_ALL_PROJECTS: _("see all projects, whatever the territories"),
    VIEW_STAFF: _("see staff, departments, posts and territories"),
    MANAGE_STAFF: _("edit staff, departments and posts, reset passwords"),
    MANAGE_LEAVE: _("enter leave and deputies"),
    MANAGE_ROLES: _("edit roles and what they allow"),
    MANAGE_TERRITORIES: _("edit territories and who serves them"),
}
