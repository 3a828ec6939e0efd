from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from gongying.common.navigation import Entry, Menu, register


class WorkbenchConfig(AppConfig):
    name = "gongying.workbench"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.alarms import Watch, register_alarm
        from gongying.organization.rules import MANAGE_ROLES
        from gongying.workbench import presentation

        presentation.register()
        register_alarm("system", Watch(MANAGE_ROLES, presentation.standstill))
        register(Entry("workbench:home-show", _("Workbench"), "home", order=0))
        register(
            Entry(
                "workbench:state-show",
                _("State of the system"),
                "heartbeat",
                (MANAGE_ROLES,),
                Menu.SETTINGS,
                order=90,
                help=_("Whether everything runs: jobs, live updates, backup, room on the disk"),
            )
        )
