from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class HandoverConfig(AppConfig):
    name = "gongying.handover"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.common.panels import Panel, register_panel
        from gongying.events.subjects import Kind, register_kind
        from gongying.handover import presentation
        from gongying.handover.machines import HAND_OVER
        from gongying.handover.models import HandoverBatch, OutstandingDefect, UnitHandover
        from gongying.handover.rules import MANAGE

        post_migrate.connect(install, sender=self)
        presentation.register()
        register_kind(Kind(HandoverBatch, "handover:batch-show", HAND_OVER, stays_in_place=True, is_short=True))
        register_kind(
            Kind(
                UnitHandover,
                "handover:unit-show",
                HAND_OVER,
                stays_in_place=True,
                is_short=True,
                related=("unit",),
            )
        )
        register_kind(Kind(OutstandingDefect, "handover:defect-show", HAND_OVER, stays_in_place=True, is_short=True))
        batches, property_ = "handover:batch-index", "customers:unit-index"
        rights = (HAND_OVER, MANAGE)
        register(
            Entry(
                batches,
                _("Hand-overs of buildings"),
                "key",
                rights,
                order=45,
                under=property_,
                covers=("handovers", "defects"),
            )
        )
        register(
            Entry("handover:defect-index", _("Defects of the developer"), "tool", rights, order=46, under=property_)
        )
        register_panel(
            Panel(
                place="unit",
                key="developer-defects",
                label=_("Hand-over and warranty"),
                url_name="handover:unit-panel",
                permissions=(HAND_OVER,),
                rank=80,
            )
        )


def install(**kwargs: Any) -> None:
    from gongying.handover.installation import install_warranties

    install_warranties()
