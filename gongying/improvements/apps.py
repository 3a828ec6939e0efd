from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImprovementsConfig(AppConfig):
    name = "gongying.improvements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.events.subjects import Kind, register_kind
        from gongying.improvements import presentation
        from gongying.improvements.models import ImprovementItem

        presentation.register()
        register_kind(Kind(ImprovementItem, "improvements:item-show", "improvements.view_items", stays_in_place=True))
        register(
            Entry(
                "improvements:item-index",
                _("Improvements"),
                "bulb",
                permissions=("improvements.view_items",),
                order=60,
            )
        )
