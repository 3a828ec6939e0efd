from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImprovementsConfig(AppConfig):
    name = "gongying.improvements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.common.panels import Panel, register_panel
        from gongying.events.subjects import Kind, register_kind
        from gongying.improvements import presentation
        from gongying.improvements.models import ImprovementItem
        from gongying.improvements.operations import pass_on_item
        from gongying.organization.matters import Matters, register_matters

        presentation.register()
        register_panel(
            Panel(
                place="check-run",
                key="measures",
                label=_("What is done about it"),
                url_name="improvements:run-panel",
                permissions=("improvements.view_items",),
            )
        )
        register_matters(
            "improvements",
            Matters(
                _("improvements"),
                of=lambda person, seen_by: ImprovementItem.objects.visible_to(seen_by).open().filter(owner=person),
                pass_on=pass_on_item,
                url_name="improvements:item-show",
            ),
        )
        register_kind(Kind(ImprovementItem, "improvements:item-show", "improvements.view_items", stays_in_place=True))
        register(
            Entry(
                "improvements:item-index",
                _("Improvements"),
                "bulb",
                permissions=("improvements.view_items",),
                order=60,
                under="reports:figure-index",
            )
        )
