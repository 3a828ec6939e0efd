from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GroupChatsConfig(AppConfig):
    name = "gongying.group_chats"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.alarms import Watch, register_alarm
        from gongying.common.navigation import Entry, Menu, register
        from gongying.events.operations import on_event, on_selected
        from gongying.events.subjects import Kind, register_kind
        from gongying.group_chats import presentation
        from gongying.group_chats.models import GroupBot
        from gongying.group_chats.operations import listen, listen_to_sets
        from gongying.group_chats.rules import MANAGE_BOTS

        presentation.register()
        on_event(listen)
        on_selected(listen_to_sets)
        register_alarm("group-bots", Watch(MANAGE_BOTS, presentation.failing_bots))
        register_kind(
            Kind(GroupBot, "group_chats:bot-show", MANAGE_BOTS, is_short=True, is_linked=False, related=("project",))
        )
        register(
            Entry(
                "group_chats:bot-index",
                _("Chat groups"),
                "robot",
                (MANAGE_BOTS,),
                Menu.SETTINGS,
                order=60,
                help=_(
                    "Robots of WeCom, DingTalk and Feishu groups: what they say by themselves, and whether it gets through"
                ),
            )
        )
