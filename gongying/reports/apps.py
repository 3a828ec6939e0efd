from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "gongying.reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.common.panels import Panel, register_panel
        from gongying.imports.listings import register_listing
        from gongying.reports.listings import listing_of
        from gongying.reports.registers import REGISTERS

        for paper in REGISTERS:
            register_listing(listing_of(paper))
        register_panel(
            Panel(
                place="home",
                key="satisfaction",
                label=_("Satisfaction"),
                url_name="reports:satisfaction-show",
                permissions=("reports.view_reports",),
            )
        )
        register(
            Entry("reports:figure-index", _("Reports"), "chart-bar", permissions=("reports.view_reports",), order=55)
        )
