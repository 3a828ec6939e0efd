from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InteractionsConfig(AppConfig):
    name = "gongying.interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common import navigation, search
        from gongying.common.navigation import Entry, Menu
        from gongying.common.panels import Panel, register_panel
        from gongying.events.subjects import Kind, register_kind
        from gongying.imports.importers import register_importer
        from gongying.interactions import listings, presentation
        from gongying.interactions.importers import PastContactImporter
        from gongying.interactions.models import (
            ContactPlan,
            ContactReason,
            CounterpartGuide,
            Interaction,
            Promise,
            SuggestionBox,
        )
        from gongying.interactions.operations import pass_on_promise
        from gongying.interactions.rules import MANAGE_REASONS
        from gongying.interactions.search import InteractionSearch
        from gongying.organization.matters import Matters, register_matters

        post_migrate.connect(install, sender=self)
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
        navigation.register(
            Entry(
                "interactions:letter-index",
                _("Letters and boxes"),
                "mail-opened",
                permissions=("interactions.view_interactions",),
                order=41,
                under="customers:unit-index",
                covers=("boxes",),
            )
        )
        navigation.register(
            Entry(
                "interactions:plan-index",
                _("Counterparts"),
                "users-group",
                permissions=("interactions.view_interactions",),
                order=42,
                under="customers:unit-index",
            )
        )
        navigation.register(
            Entry(
                "interactions:reason-index",
                _("Reasons for contacts"),
                "help-hexagon",
                (MANAGE_REASONS,),
                Menu.SETTINGS,
                order=56,
                help=_(
                    "Why customers come, in their own words: at most forty, each with who can make such contacts fewer"
                ),
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
        register_kind(
            Kind(
                ContactPlan,
                "interactions:plan-show",
                "interactions.view_interactions",
                stays_in_place=True,
                is_short=True,
                related=("party",),
            )
        )
        register_kind(Kind(SuggestionBox, is_short=True, is_linked=False))
        register_kind(Kind(CounterpartGuide, is_short=True, is_linked=False))
        register_kind(Kind(ContactReason, is_short=True, is_linked=False))
        register_kind(
            Kind(
                Promise,
                "interactions:promise-show",
                stays_in_place=True,
                is_short=True,
                takes_plans=True,
                label=_("promise"),
            )
        )
        register_importer(PastContactImporter())
        register_matters(
            "promises",
            Matters(
                _("promised answers"),
                of=lambda person, seen_by: Promise.objects.visible_to(seen_by).of_owner(person).open(),
                pass_on=pass_on_promise,
                url_name="interactions:promise-show",
                unit="unit",
            ),
        )


def install(**_kwargs: Any) -> None:
    from gongying.interactions.installation import install_guides, install_reasons

    install_reasons()
    install_guides()
