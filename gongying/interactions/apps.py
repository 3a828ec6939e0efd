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
        from gongying.interactions.models import Interaction, Promise
        from gongying.interactions.operations import pass_on_promise
        from gongying.interactions.search import InteractionSearch
        from gongying.organization.matters import Matters, register_matters

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
                under="customers:unit-index",
                covers=("promises",),
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
        register_matters(
            "promises",
            Matters(
                _("promised answers"),
                of=lambda person, seen_by: Promise.objects.visible_to(seen_by).of_owner(person).open(),
                pass_on=pass_on_promise,
                url_name="interactions:promise-show",
            ),
        )
