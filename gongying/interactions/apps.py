from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteractionsConfig(AppConfig):
    name = "gongying.interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common import navigation, search
        from gongying.common.navigation import Entry
        from gongying.common.panels import Panel, register_panel
        from gongying.events.subjects import Kind, register_kind
        from gongying.imports.importers import register_importer
        from gongying.interactions import listings, presentation
        from gongying.interactions.importers import PastContactImporter
        from gongying.interactions.models import Interaction
        from gongying.interactions.search import InteractionSearch

        presentation.register()
        listings.register()
        search.register(InteractionSearch())
        navigation.register(
            Entry(
                "interactions:interaction-index",
                _("Contacts"),
                "messages",
                permissions=("interactions.view_interactions",),
                order=40,
            )
        )
        register_panel(
            Panel(
                place="unit-head",
                key="promises",
                label=_("Promised answers"),
                url_name="interactions:unit-promises",
                rank=20,
            )
        )
        register_kind(
            Kind(Interaction, "interactions:interaction-show", stays_in_place=True, is_short=True, label=_("details"))
        )
        register_importer(PastContactImporter())
