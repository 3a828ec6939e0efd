"""The robots of chat groups: set up, tried, and what became of their messages."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import sent_with
from gongying.common.messages import tell
from gongying.common.paging import paginate
from gongying.common.permissions import authorize
from gongying.group_chats.forms import GroupBotForm
from gongying.group_chats.models import GroupBot
from gongying.group_chats.operations import save_bot, try_again, try_bot
from gongying.group_chats.rules import MANAGE_BOTS


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_BOTS)
    bots = GroupBot.objects.visible_to(request.user).with_failures().select_related("project")
    return render(request, "group_chats/bot_list.html", {"bots": bots})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_BOTS)
    return _edit(request, GroupBot(), title=_("New chat group"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, bot_id: int) -> HttpResponse:
    bot = _find(request, bot_id)
    return _edit(request, bot, title=str(bot))


@require_safe
def show(request: SignedInRequest, bot_id: int) -> HttpResponse:
    bot = _find(request, bot_id)
    rows = bot.messages.select_related("asked_by")
    page = paginate(rows, order=("-id",), cursor=request.GET.get("cursor"))
    return render(request, "group_chats/bot_detail.html", {"bot": bot, "page": page, "facts": _facts(bot)})


@require_POST
def test(request: SignedInRequest, bot_id: int) -> HttpResponse:
    try_bot(_find(request, bot_id), by=request.user)
    tell(request, _("The test message is on its way; below you see whether it got through."))
    return redirect("group_chats:bot-show", bot_id)


@require_POST
def retry(request: SignedInRequest, bot_id: int, message_id: int) -> HttpResponse:
    bot = _find(request, bot_id)
    try_again(get_object_or_404(bot.messages, pk=message_id), by=request.user)
    tell(request, _("It is tried again now."))
    return redirect("group_chats:bot-show", bot_id)


def _find(request: SignedInRequest, bot_id: int) -> GroupBot:
    authorize(request.user, MANAGE_BOTS)
    rows = GroupBot.objects.visible_to(request.user).select_related("project")
    return get_object_or_404(rows, pk=bot_id)


def _facts(bot: GroupBot) -> list[tuple[str, Any]]:
    return [
        (_("project"), bot.project),
        (_("chat program"), bot.get_provider_display()),
        (_("webhook address"), bot.address_hint),
        (_("signing secret"), _("set") if bot.signing_secret else _("none")),
        (_("says by itself"), ", ".join(map(str, bot.topics_in_words)) or _("nothing")),
        (_("summary of the project at"), f"{bot.digest_at:%H:%M}" if bot.digest_at else _("none")),
        (_("in use"), _("yes") if bot.is_active else _("no")),
    ]


def _edit(request: SignedInRequest, bot: GroupBot, *, title: str) -> HttpResponse:
    form = _form_of(request, bot, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, _find(request, bot.pk))):
            seen = take_version(form)
            saved = save_bot(form.save(commit=False), by=request.user, seen=seen, **form.secrets())
            tell(request, _("Saved."))
            return redirect("group_chats:bot-show", saved.pk)
    return render(request, "group_chats/bot_form.html", {"form": form, "title": title}, status=status_of(form))


def _form_of(request: SignedInRequest, bot: GroupBot, data: Any = None) -> GroupBotForm:
    return carrying_version(GroupBotForm(data, instance=bot, user=request.user), bot)
