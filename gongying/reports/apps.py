from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "gongying.reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register

        register(
            Entry("reports:figure-index", _("Reports"), "chart-bar", permissions=("reports.view_reports",), order=55)
        )
