"""Many guests of one unit at once: a company's list, pasted or as a workbook."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.custody.forms import GuestListForm
from gongying.custody.operations import announce_guests
from gongying.custody.rules import RECEIVE_GUESTS
from gongying.estates.asked import asked_unit


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, RECEIVE_GUESTS)
    form = GuestListForm(sent_with(request), request.FILES or None, user=request.user, initial=asked_unit(request))
    back = reverse("custody:guest-index")
    if form.is_valid():
        guests = announce_guests(by=request.user, **form.arguments())
        number = len(guests)
        tell(request, ngettext("%(n)d pass entered.", "%(n)d passes entered.", number) % {"n": number})
        return done(request, f"{back}?{urlencode({'q': guests[0].unit.code})}")
    title, submit = _("Several guests"), pgettext("a guest", "Enter")
    return show_form(request, form, title=title, submit=submit, back=back)
