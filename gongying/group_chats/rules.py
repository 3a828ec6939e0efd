from typing import Final

from django.utils.translation import gettext_lazy as _

MANAGE_BOTS: Final = "group_chats.manage_bots"
POST_MESSAGES: Final = "group_chats.post_messages"

PERMISSIONS = {
    MANAGE_BOTS: _("set up the robots of chat groups"),
    POST_MESSAGES: _("send texts to the chat groups of a project"),
}
