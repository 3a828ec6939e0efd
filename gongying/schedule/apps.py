from typing import Any

from django.apps import AppConfig
from django.apps import apps as live_apps
from django.db.models.signals import post_migrate


class ScheduleConfig(AppConfig):
    name = "gongying.schedule"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.schedule import presentation

        post_migrate.connect(install, sender=self)
        presentation.register()


def install(apps: Any = live_apps, **kwargs: Any) -> None:
    from gongying.schedule.installation import install_calendar, install_hours

    install_calendar(apps)
    install_hours(apps)
