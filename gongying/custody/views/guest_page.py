"""What a guest sees behind her own link: no log-in, her code, when it holds, and nothing about whom she visits."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongying.accounts.pacing import pace
from gongying.accounts.requests import address_of
from gongying.common.error_pages import error_page
from gongying.common.problems import Problem
from gongying.custody.models.guests import guest_of_token
from gongying.custody.views.guests import gate_code

# Of one address: a guest, not a script that tries links.
CALLS_PER_MINUTE = 20


@never_cache
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    try:
        pace(f"guest:{address_of(request)}", per_minute=CALLS_PER_MINUTE)
    except Problem as problem:
        return error_page(request, problem.status, sentence=problem.detail)
    guest = guest_of_token(token)
    if guest is None:
        raise Http404(_("This link does not hold any more."))
    holds = guest.has_not_come and bool(guest.confirmed_by)
    context = {"guest": guest, "holds": holds, "qr": gate_code(request, guest) if holds else None}
    return render(request, "custody/guest_own.html", context)
