from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.notifications.forms import DigestForm
from gongying.notifications.operations import choose_digest
from gongying.notifications.views.notifications import shown


@require_POST
def update(request: SignedInRequest) -> HttpResponse:
    """When the summary of the day comes."""
    form = DigestForm(request.POST)
    if not form.is_valid():
        return shown(request, form, status=422)
    choose_digest(by=request.user, at=form.cleaned_data["at"])
    tell(request, _("The summary of the day is set."))
    return redirect("notifications:notification-index")
