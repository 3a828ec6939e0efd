"""Chat messages that are pasted: first the text, then line by line whose they are, then touches of one conversation."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import status_of
from gongying.common.form_pages import sent_with
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.interactions.forms import ChatForm, ChatLinesForm
from gongying.interactions.operations import log_chat
from gongying.interactions.rules import LOG


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, LOG)
    sent = sent_with(request)
    form = ChatForm(sent, user=request.user, initial={"project": request.GET.get("project")})
    if not form.is_valid():
        return render(request, "interactions/chat_new.html", {"form": form}, status=status_of(form))
    is_sent = "keep" in request.POST
    lines = ChatLinesForm(sent, request.FILES or None, read=form, is_sent=is_sent)
    if is_sent and lines.is_valid():
        given = lines.cleaned_data
        logged = log_chat(
            lines.kept,
            by=request.user,
            project=given["project"],
            channel=given["channel"],
            group=given["group"].strip(),
            late_reason=given["late_reason"],
            screenshots=given["photos"],
        )
        number = len(logged)
        tell(request, ngettext("%(n)d message kept.", "%(n)d messages kept.", number) % {"n": number})
        return redirect("interactions:interaction-show", logged[0].pk)
    return render(request, "interactions/chat_lines.html", {"form": lines}, status=status_of(lines))
