"""The gate: a code is said or shown, the things are looked at, and they go out."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.custody.forms import GateForm, ReleaseForm
from gongying.custody.models import ReleasePass
from gongying.custody.operations import use_pass
from gongying.custody.rules import CHECK_PASSES
from gongying.custody.views.passes import find_pass
from gongying.files.models import Attachment

MOST_FOUND = 5
PAGE = "custody/gate.html"


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, CHECK_PASSES)
    return _show(request, GateForm(request.GET))


@require_POST
def release(request: SignedInRequest, pass_id: int) -> HttpResponse:
    found = find_pass(request, pass_id, CHECK_PASSES)
    form = ReleaseForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, GateForm({"q": found.number}), release_form=form, status=422)
    use_pass(found, by=request.user, **form.cleaned_data)
    tell(request, _("Pass %(number)s: let out.") % {"number": found})
    return redirect(f"{reverse('custody:gate-show')}?q={found.number}")


def _show(
    request: SignedInRequest, form: GateForm, *, release_form: ReleaseForm | None = None, status: int = 200
) -> HttpResponse:
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    rows = ReleasePass.objects.visible_to(request.user).for_page()
    found = list(rows.called(typed).order_by("-issued_at", "-id")[:MOST_FOUND]) if typed else []
    context = {
        "typed": typed,
        "found": found,
        "photos": Attachment.objects.of(*found) if found else [],
        "release_form": release_form or ReleaseForm(),
    }
    return render(request, PAGE, context, status=status)
