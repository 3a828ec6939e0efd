from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ServicedeskConfig(AppConfig):
    name = "gongying.servicedesk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, Menu, register
        from gongying.organization.workload import Workload, register_workload
        from gongying.servicedesk import presentation
        from gongying.servicedesk.models import ServiceRequest

        post_migrate.connect(install, sender=self)
        presentation.register()
        register_workload(
            "requests", Workload(_("requests"), lambda places: ServiceRequest.objects.open().filter(places))
        )
        register(
            Entry(
                "servicedesk:entry-new",
                _("Log"),
                "edit",
                permissions=("interactions.log_interaction", "servicedesk.register_request"),
                menu=Menu.ENTRY,
            )
        )


def install(**kwargs: Any) -> None:
    from gongying.servicedesk.installation import install_categories

    install_categories()
