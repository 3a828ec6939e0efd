from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.servicedesk.forms.matters import ReasonOnlyForm
from gongying.servicedesk.models import RequestLink
from gongying.servicedesk.operations import unlink_requests


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedInRequest, link_id: int) -> HttpResponse:
    rows = RequestLink.objects.visible_to(request.user).select_related("first__project", "second")
    link = get_object_or_404(rows, pk=link_id)
    authorize(request.user, "servicedesk.note_request", link.first)
    form = ReasonOnlyForm(sent_with(request))
    back = reverse("servicedesk:request-show", args=[link.first_id])
    if form.is_valid():
        unlink_requests(link, by=request.user, **form.cleaned_data)
        tell(request, _("The link is undone."))
        return done(request, back)
    return show_form(request, form, title=f"{_('Undo the link')} · {link}", submit=_("Undo the link"), back=back)
