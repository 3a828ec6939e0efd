from typing import Any

from gongying.group_chats.models import GroupBot, GroupMessage
from gongying.group_chats.operations import save_bot, try_bot
from tests.structure.url_matrix import Sample, action, api, page

MANAGE = "group_chats.manage_bots"
POST = "group_chats.post_messages"
ADDRESS = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123"
FACTS = {"name": "维修群", "provider": "wecom", "address": ADDRESS}


def a_bot(sample: Sample) -> GroupBot:
    number = GroupBot.objects.count()
    bot = GroupBot(project=sample.unit.project, name=f"群 {number}", provider="wecom")
    return save_bot(bot, address=ADDRESS, by=sample.user)


def a_message(sample: Sample) -> GroupMessage:
    message = try_bot(sample.get("group_bot"), by=sample.user)
    GroupMessage.objects.filter(pk=message.pk).update(state="failed", next_try_at=None)
    return message


def with_project(sample: Sample) -> dict[str, Any]:
    return {**FACTS, "project_id": sample.unit.project_id}


OBJECTS = {"group_bot": a_bot, "group_message": a_message}
VIEW = "servicedesk.view_requests"

LINES = [
    page("group_chats:bot-index", needs=MANAGE),
    page("group_chats:bot-new", needs=MANAGE),
    page("group_chats:bot-show", bot_id="group_bot", needs=MANAGE),
    page("group_chats:bot-edit", bot_id="group_bot", needs=MANAGE),
    action("group_chats:bot-test", bot_id="group_bot", needs=MANAGE),
    action("group_chats:message-retry", bot_id="group_bot", message_id="group_message", needs=MANAGE),
    page("group_chats:text-show", kind="=servicerequest", pk="request", needs=VIEW),
    api("GET /group-bots", needs=MANAGE),
    api("POST /group-bots", needs=MANAGE, data=with_project, allowed=(201, 422)),
    api("GET /group-bots/{bot_id}", bot_id="group_bot", needs=MANAGE),
    api("PATCH /group-bots/{bot_id}", bot_id="group_bot", needs=MANAGE, data={"version": 1, "is_active": True}),
    api("POST /group-bots/{bot_id}/test", bot_id="group_bot", needs=MANAGE),
    api("GET /group-bots/{bot_id}/messages", bot_id="group_bot", needs=MANAGE),
    api(
        "POST /group-bots/{bot_id}/messages/{message_id}/retry",
        bot_id="group_bot",
        message_id="group_message",
        needs=MANAGE,
    ),
    api(
        "POST /group-bots/{bot_id}/messages",
        bot_id="group_bot",
        needs=POST,
        data={"kind": "servicerequest", "thing_id": 1},
        allowed=(202, 422),
    ),
    api("GET /group-texts/{kind}/{thing_id}", kind="=servicerequest", thing_id="request", needs=VIEW),
]
