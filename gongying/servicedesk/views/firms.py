"""Outside firms that do jobs (E-046)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import sent_with
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.servicedesk.forms.firms import OutsideFirmForm
from gongying.servicedesk.models import OutsideFirm
from gongying.servicedesk.operations.firms import save_firm
from gongying.servicedesk.rules import MANAGE_FIRMS


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_FIRMS)
    firms = OutsideFirm.objects.visible_to(request.user).prefetch_related("projects")
    return render(request, "servicedesk/firm_list.html", {"firms": firms})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_FIRMS)
    return _edit(request, OutsideFirm(), title=_("New outside firm"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, firm_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_FIRMS)
    firm = get_object_or_404(OutsideFirm.objects.visible_to(request.user), pk=firm_id)
    return _edit(request, firm, title=firm.name)


def _edit(request: SignedInRequest, firm: OutsideFirm, *, title: str) -> HttpResponse:
    form = _form_of(request, firm, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _stored(request, firm)):
            projects = form.cleaned_data["projects"]
            save_firm(form.save(commit=False), projects=projects, by=request.user, seen=take_version(form))
            tell(request, _("Saved."))
            return redirect("servicedesk:firm-index")
    context = {"form": form, "title": title}
    return render(request, "servicedesk/firm_form.html", context, status=status_of(form))


def _stored(request: SignedInRequest, firm: OutsideFirm) -> OutsideFirmForm:
    return _form_of(request, OutsideFirm.objects.visible_to(request.user).get(pk=firm.pk))


def _form_of(request: SignedInRequest, firm: OutsideFirm, data: Any = None) -> OutsideFirmForm:
    return carrying_version(OutsideFirmForm(data, instance=firm, user=request.user), firm)
