from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ChecklistsConfig(AppConfig):
    name = "gongying.checklists"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.checklists import presentation
        from gongying.checklists.models import CheckList, CheckRun, Phrase
        from gongying.checklists.rules import INSPECT, MANAGE, TICK
        from gongying.common.navigation import Entry, Menu, register
        from gongying.events.subjects import Kind, register_kind

        post_migrate.connect(install, sender=self)
        presentation.register()
        register_kind(
            Kind(CheckRun, "checklists:run-show", stays_in_place=True, is_short=True, related=("check_list",))
        )
        register_kind(Kind(CheckList, "checklists:list-show", MANAGE, is_short=True))
        register_kind(Kind(Phrase, "checklists:phrase-edit", MANAGE, is_short=True))
        # How we receive stands beside where we receive.
        desk = "reception:desk-show"
        register(Entry("checklists:run-index", _("Check lists"), "checkbox", (TICK, INSPECT), order=52, under=desk))
        register(Entry("checklists:phrase-index", _("Phrases"), "message-2", (TICK, INSPECT), order=53, under=desk))
        register(
            Entry(
                "checklists:list-index",
                _("Check lists"),
                "checkbox",
                (MANAGE,),
                Menu.SETTINGS,
                order=56,
                help=_("What is looked at when the service centre opens, at reception, on the phone, at a hand-over"),
            )
        )


def install(**kwargs: Any) -> None:
    from gongying.checklists.installation import install_lists, install_phrases

    install_lists()
    install_phrases()
