from typing import Any

from django.apps import AppConfig
from django.apps import apps as live_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from gongying.common.navigation import Entry, Menu, register
from gongying.organization.rules import MANAGE_ROLES, MANAGE_STAFF, VIEW_STAFF


class OrganizationConfig(AppConfig):
    name = "gongying.organization"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(install, sender=self)
        may_look = (VIEW_STAFF, MANAGE_STAFF)
        register(
            Entry(
                "organization:staff-index",
                _("Staff"),
                "users",
                may_look,
                Menu.SETTINGS,
                order=10,
                help=_("Log-ins, posts, trades, leave and deputies, and what to hand over when somebody leaves"),
            )
        )
        register(
            Entry(
                "organization:department-index",
                _("Departments and posts"),
                "sitemap",
                may_look,
                Menu.SETTINGS,
                order=11,
                help=_("Who belongs where, what each post has to do, and the role that comes with it"),
            )
        )
        register(
            Entry(
                "territories:territory-index",
                _("Territories"),
                "map",
                may_look,
                Menu.SETTINGS,
                order=9,
                help=_("Which buildings belong together, and who serves them"),
            )
        )
        register(
            Entry(
                "organization:role-index",
                _("Roles"),
                "shield-check",
                (MANAGE_ROLES,),
                Menu.SETTINGS,
                order=12,
                help=_("What each role may see and do"),
            )
        )


def install(apps: Any = live_apps, **kwargs: Any) -> None:
    from gongying.organization.installation import install_departments, install_roles

    install_departments(apps)
    install_roles(apps)
