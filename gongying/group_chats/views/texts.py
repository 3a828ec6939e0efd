"""A thing in words for a chat group: to be copied, or sent by the bot of one of its project's groups."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.events.subjects import find_kind
from gongying.group_chats.forms import GroupTextForm
from gongying.group_chats.models import GroupBot
from gongying.group_chats.operations import post_to_group
from gongying.group_chats.rules import POST_MESSAGES
from gongying.group_chats.texts import Source, discreet, find_source


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    source, thing = find_thing(request, kind, pk)
    bots = bots_for(request, source, thing)
    form = GroupTextForm(sent_with(request), bots=bots, initial={"text": discreet(source.text(thing))})
    kind_of_thing = find_kind(kind)
    back = kind_of_thing.url_of(pk) if kind_of_thing else "/"
    if request.method == "POST":
        authorize(request.user, POST_MESSAGES)
        if form.is_valid():
            bot = form.cleaned_data["bot"]
            post_to_group(bot, thing, text=form.cleaned_data["text"], by=request.user)
            tell(request, _("On its way to %(group)s.") % {"group": bot.name})
            return done(request, back)
    more = {"template": "group_chats/text.html", "bots": bots, "action": request.path}
    return show_form(request, form, title=_("Text for the group"), submit=_("Send to the group"), back=back, **more)


def find_thing(request: SignedInRequest, kind: str, pk: int) -> tuple[Source, Any]:
    source = find_source(kind)
    if source is None:
        raise Http404
    return source, get_object_or_404(source.rows(request.user), pk=pk)


def bots_for(request: SignedInRequest, source: Source, thing: Any) -> Any:
    """The groups of its project that she may write to."""
    bots = GroupBot.objects.visible_to(request.user).active().filter(project=source.project_of(thing))
    return bots if may(request.user, POST_MESSAGES) else bots.none()
