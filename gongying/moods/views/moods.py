"""One tap on the first page. Tapped twice, the first counts."""

from contextlib import suppress

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.errors import Refused
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.moods.enums import Mood
from gongying.moods.operations import decline_mood, tell_mood

HOME = "workbench:home-show"


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    value = id_in(request.POST.get("mood", ""))
    if value not in Mood.values:
        raise Http404
    with suppress(Refused):
        tell_mood(Mood(value), by=request.user)
    tell(request, _("Thank you. Nobody sees who answered what."))
    return redirect(HOME)


@require_POST
def decline(request: SignedInRequest) -> HttpResponse:
    with suppress(Refused):
        decline_mood(by=request.user)
    return redirect(HOME)
