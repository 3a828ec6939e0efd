from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from gongying.common.navigation import Entry, register


class WorkbenchConfig(AppConfig):
    name = "gongying.workbench"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(Entry("workbench:home-show", _("Workbench"), "home", order=0))
