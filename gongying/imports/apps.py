from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "gongying.imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, Menu, register
        from gongying.events.subjects import leave_out_undone
        from gongying.imports.reverting import undone_events
        from gongying.imports.rules import EXPORT_ROWS, RUN_IMPORT

        leave_out_undone(undone_events)
        register(
            Entry(
                "imports:import-list",
                _("Import"),
                "file-import",
                permissions=(RUN_IMPORT,),
                menu=Menu.SETTINGS,
                order=30,
                help=_("Owner lists, balances and past contacts from Excel"),
            )
        )
        register(
            Entry(
                "imports:export-list",
                _("My exports"),
                "file-export",
                permissions=(EXPORT_ROWS,),
                menu=Menu.SETTINGS,
                order=31,
                help=_("Lists written to Excel, kept for a week"),
            )
        )
