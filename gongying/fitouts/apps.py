from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FitOutsConfig(AppConfig):
    name = "gongying.fitouts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.common.panels import Panel, register_panel
        from gongying.events.subjects import Kind, register_kind
        from gongying.fitouts import presentation
        from gongying.fitouts.models import FitOut
        from gongying.fitouts.rules import HANDLE_FILES, INSPECT_WORKS

        presentation.register()
        register_kind(
            Kind(
                FitOut,
                "fitouts:file-show",
                INSPECT_WORKS,
                stays_in_place=True,
                is_short=True,
                label=pgettext_lazy("of a unit", "fit-out"),
                related=("unit",),
                takes_plans=True,
            )
        )
        register(
            Entry(
                "fitouts:file-index",
                pgettext_lazy("of units", "Fit-outs"),
                "paint",
                (INSPECT_WORKS,),
                order=18,
                under="reception:desk-show",
            )
        )
        register_panel(
            Panel(
                place="unit-head",
                key="fit-outs",
                label=_("Fit-out"),
                url_name="fitouts:unit-chip",
                permissions=(INSPECT_WORKS,),
                rank=33,
            )
        )
        register_panel(
            Panel(
                place="unit-menu",
                key="fit-out",
                label=pgettext_lazy("of a unit", "New fit-out"),
                url_name="fitouts:file-create",
                permissions=(HANDLE_FILES,),
                rank=40,
            )
        )
