from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.editions import kept
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.events.models import Event
from gongying.events.operations import Selected, record_event
from gongying.group_chats.enums import MessageState
from gongying.group_chats.models import GroupBot, GroupMessage
from gongying.group_chats.texts import SetPosting, discreet, find_source, postings_of, set_postings
from gongying.group_chats.webhooks import NotDelivered, deliver, read_address

# How long after each attempt the next one is made; after the last it failed.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
PROJECT = "project"


@transaction.atomic
def save_bot(
    bot: GroupBot, *, by: User, address: str = "", signing_secret: str | None = None, seen: int | None = None
) -> GroupBot:
    """`address` and `signing_secret` left out stay as they are. The journal never holds them."""
    is_new = bot.pk is None
    if not is_new:
        bot.advance_version(seen=seen)
        bot.refresh_from_db(fields=["digest_sent_on"])  # the worker may have sent it since the bot was read
    if address:
        _check(address)
        bot.address = address
    if not bot.address:
        raise Refused(_("The webhook address is missing."))
    if signing_secret is not None:
        bot.signing_secret = signing_secret
    with refusing({"group_bot_named_once": _("This project has a group of this name already.")}):
        bot.save()
    record_event("group_bot.added" if is_new else "group_bot.changed", by=by, subjects=[bot], name=str(bot))
    return bot


@transaction.atomic
def try_bot(bot: GroupBot, *, by: User) -> GroupMessage:
    """A message that says who tries it; it goes the way of all the others."""
    text = _("Test message of %(project)s, sent by %(who)s.") % {"project": bot.project, "who": by}
    return _write(bot, record_event("group_bot.tested", by=by, subjects=[bot], name=str(bot)), text, by=by)


@transaction.atomic
def post_to_group(bot: GroupBot, thing: Any, *, text: str, by: User) -> GroupMessage:
    """Tell the group of a thing, in these words; it stands on the thing's timeline."""
    if not bot.is_active:
        raise Refused(_("This group is not in use any more."))
    text = discreet(text.strip())
    if not text:
        raise Refused(_("There is nothing to say."))
    event = record_event("group.told", by=by, subjects=[thing], place=bot.place, group=bot.name, text=text)
    return _write(bot, event, text, by=by)


def listen(event: Event) -> None:
    """What bots say by themselves of an event, inside the transaction in which it is recorded."""
    for posting in postings_of(event.verb):
        if (event.project_id, posting.topic) not in kept(("group-topics",), _topics_listened_to):
            continue
        bots = GroupBot.objects.active().filter(project=event.project_id, topics__contains=[posting.topic])
        with translation.override(settings.LANGUAGE_CODE):  # the group's language, whoever did it
            text = posting.text(event)
        for bot in bots if text else ():
            _write(bot, event, discreet(text), by=None)


def listen_to_sets(entries: Sequence[Selected]) -> None:
    """The same of what set-based jobs record: one message a group and set, none of it where nobody listens."""
    listened = kept(("group-topics",), _topics_listened_to)
    for posting in set_postings():
        told: dict[int, list[Selected]] = defaultdict(list)
        for entry in entries:
            if entry.verb in posting.verbs and entry.project_id and (entry.project_id, posting.topic) in listened:
                told[entry.project_id].append(entry)
        for project_id, news in told.items():
            _post_set(posting, project_id, news)


def _post_set(posting: SetPosting, project_id: int, news: Sequence[Selected]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        text = discreet(posting.text(news))
    bots = GroupBot.objects.active().filter(project=project_id, topics__contains=[posting.topic])
    GroupMessage.objects.bulk_create(GroupMessage(bot=bot, event_id=news[0].id, text=text) for bot in bots if text)
    _send_soon()


def _topics_listened_to() -> set[tuple[int | None, str]]:
    bots = GroupBot.objects.active().values_list("project_id", "topics")
    return {(project_id, topic) for project_id, topics in bots for topic in topics}


@transaction.atomic
def try_again(message: GroupMessage, *, by: User) -> GroupMessage:
    message = GroupMessage.objects.select_for_update(of=("self",), no_key=True).select_related("bot").get(pk=message.pk)
    if message.state != MessageState.FAILED:
        raise Refused(_("It is sent or waits to be sent."))
    message.state, message.attempts, message.next_try_at = MessageState.WAITING, 0, timezone.now()
    message.save(update_fields=["state", "attempts", "next_try_at"])
    record_event("group_bot.tried_again", by=by, subjects=[message.bot], name=str(message.bot))
    _send_soon()
    return message


def _write(bot: GroupBot, event: Event, text: str, *, by: User | None) -> GroupMessage:
    message = GroupMessage.objects.create(bot=bot, event=event, text=text, asked_by=by)
    _send_soon()
    return message


def _send_soon() -> None:
    transaction.on_commit(send_messages_now.defer)


def _check(address: str) -> None:
    try:
        read_address(address)
    except NotDelivered as error:
        raise Refused(str(error)) from error


@app.task(pass_context=False)
def send_messages_now() -> None:
    send_messages(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="send_group_messages", pass_context=False)
def send_messages_later(timestamp: int) -> None:
    """What did not get through before, and what a stopped worker left behind. A digest that fails holds up nothing."""
    send_messages(at=timezone.now())
    write_digests(at=timezone.localtime())


def send_messages(*, at: datetime) -> int:
    """Send what is due, each message by one worker at a time, outside any transaction. How many got through."""
    number = 0
    while (message := _claim(at)) is not None:
        number += _send(message)
    return number


@transaction.atomic
def _claim(at: datetime) -> GroupMessage | None:
    """The next one that is due, put off in the same step: a worker that dies over it leaves it to the next attempt."""
    waiting = GroupMessage.objects.filter(state=MessageState.WAITING, next_try_at__lte=at)
    rows = waiting.select_related("bot__project").select_for_update(of=("self",), skip_locked=True, no_key=True)
    message = rows.order_by("next_try_at", "pk").first()
    if message is None:
        return None
    message.next_try_at = at + WAITS[min(message.attempts, len(WAITS) - 1)]
    message.attempts += 1
    message.save(update_fields=["attempts", "next_try_at"])
    return message


def _send(message: GroupMessage) -> bool:
    changes: dict[str, Any]
    try:
        if not message.bot.is_active:
            raise NotDelivered(_("This group is not in use any more."))  # noqa: TRY301 one way to fail
        deliver(message.bot, message.text)
    except NotDelivered as trouble:
        changes = {"trouble": str(trouble)[:300]}
        if message.attempts > len(WAITS):
            changes |= {"state": MessageState.FAILED, "next_try_at": None}
    else:
        changes = {"state": MessageState.SENT, "sent_at": timezone.now(), "next_try_at": None, "trouble": ""}
    GroupMessage.objects.filter(pk=message.pk, state=MessageState.WAITING).update(**changes)
    return changes.get("state") == MessageState.SENT


def write_digests(*, at: datetime) -> int:
    """The summaries of projects that are due at this local time, each once a day however many workers ask."""
    number = 0
    while _write_next_digest(at):
        number += 1
    return number


@transaction.atomic
def _write_next_digest(at: datetime) -> bool:
    due = GroupBot.objects.active().filter(digest_at__lte=at.time())
    due = due.filter(models.Q(digest_sent_on=None) | models.Q(digest_sent_on__lt=at.date()))
    bot = (
        due.select_related("project")
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .order_by("pk")
        .first()
    )
    if bot is None:
        return False
    GroupBot.objects.filter(pk=bot.pk).update(digest_sent_on=at.date())
    if text := digest_of(bot.project):
        event = record_event("group.summary", by=None, subjects=[bot], name=str(bot))
        _write(bot, event, discreet(text), by=None)
    return True


def digest_of(project: Project) -> str:
    source = find_source(PROJECT)
    words: Callable[[Any], str] | None = source.text if source else None
    return words(project) if words else ""
