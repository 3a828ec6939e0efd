from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReceptionConfig(AppConfig):
    name = "gongying.reception"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, Menu, register
        from gongying.estates.scopes import seen_projects
        from gongying.events.streams import ones_own, register_stream
        from gongying.events.subjects import Kind, register_kind
        from gongying.reception import presentation
        from gongying.reception.machines import RECEIVE, TAKE_OVER
        from gongying.reception.models import ReceptionTicket, ShiftHandover, VisitPurpose
        from gongying.reception.rules import MANAGE_PURPOSES

        post_migrate.connect(install, sender=self)
        presentation.register()
        register_kind(
            Kind(
                ReceptionTicket,
                "reception:ticket-show",
                RECEIVE,
                stays_in_place=True,
                is_short=True,
                related=("purpose",),
            )
        )
        register_kind(
            Kind(
                ShiftHandover,
                "reception:handover-show",
                RECEIVE,
                stays_in_place=True,
                is_short=True,
                is_linked=False,
                related=("written_by",),
            )
        )
        register_kind(Kind(VisitPurpose, is_short=True, is_linked=False))
        register_stream("frontdesk", seen_projects)
        register_stream("helper", ones_own)
        register(Entry("reception:desk-show", _("Front desk"), "building-store", (RECEIVE, TAKE_OVER), order=15))
        register(
            Entry(
                "reception:purpose-index",
                _("Purposes of visits"),
                "list-check",
                (MANAGE_PURPOSES,),
                Menu.SETTINGS,
                order=55,
                help=_("The chips of the front desk: usual minutes, and the papers that each of them needs"),
            )
        )


def install(**kwargs: Any) -> None:
    from gongying.reception.installation import install_purposes

    install_purposes()
