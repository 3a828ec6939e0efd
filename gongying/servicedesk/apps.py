from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ServicedeskConfig(AppConfig):
    name = "gongying.servicedesk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.servicedesk import (
            claim_presentation,
            doorways,
            fault_presentation,
            group_texts,
            hotline_presentation,
            presentation,
            violation_presentation,
        )

        post_migrate.connect(install, sender=self)
        presentation.register()
        fault_presentation.register()
        hotline_presentation.register()
        violation_presentation.register()
        claim_presentation.register()
        doorways.register()
        group_texts.register()


def install(**kwargs: Any) -> None:
    from gongying.servicedesk.installation import install_categories, install_service_times

    install_categories()
    install_service_times()
