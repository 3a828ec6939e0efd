from typing import Any

from django.apps import AppConfig
from django.apps import apps as live_apps
from django.db.models.signals import post_migrate


class OrganizationConfig(AppConfig):
    name = "gongying.organization"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(install, sender=self)


def install(apps: Any = live_apps, **kwargs: Any) -> None:
    from gongying.organization.installation import install_departments, install_roles

    install_departments(apps)
    install_roles(apps)
