"""How group bots read on a timeline, and the alarm when one does not get through."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gongying.common.alarms import Alarm
from gongying.common.editions import kept
from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.group_chats.models import GroupBot


def _name(details: Details) -> Words:
    return str(details.get("name") or "")


def _group(details: Details) -> list[tuple[Words, Words]]:
    return [(_("group"), str(details.get("group") or ""))]


def failing_bots(user: Any) -> Alarm | None:
    """Groups in use, of the places she sees, that hear nothing any more."""
    # Asked on every page: without a group in use it costs nothing.
    if not kept(("group-bots-in-use",), lambda: GroupBot.objects.active().exists()):
        return None
    number = GroupBot.objects.visible_to(user).active().failing().count()
    if not number:
        return None
    sentence = ngettext(
        "Messages to %(n)s chat group do not get through.", "Messages to %(n)s chat groups do not get through.", number
    )
    return Alarm(sentence % {"n": number}, reverse("group_chats:bot-index"))


def register() -> None:
    register_readings(
        {
            "group.told": Reading(_("Told in the group"), "messages", facts=_group, tone=lambda _details: "colleague"),
            "group.summary": Reading(_("Summary sent to the group"), "messages", _name),
            "group_bot.added": Reading(_("Group bot set up"), "robot", _name),
            "group_bot.changed": Reading(_("Group bot changed"), "robot", _name),
            "group_bot.tested": Reading(_("Group bot tried"), "robot", _name),
            "group_bot.tried_again": Reading(_("Sent to the group once more"), "robot", _name),
        }
    )
