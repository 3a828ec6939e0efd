from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.authority.forms import ChangeForm, GrantForm
from gongying.authority.models import AuthorityGrant
from gongying.authority.operations import change_grant, end_grant, give_authority
from gongying.authority.rules import MANAGE_GRANTS, VIEW_GRANTS, may_set
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.messages import tell
from gongying.common.permissions import authorize

FORM = "authority/grant_form.html"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Who may decide what alone, now and to come; what is over on demand."""
    authorize(request.user, VIEW_GRANTS)
    shows_ended = request.GET.get("ended") == "1"
    rows = AuthorityGrant.objects.visible_to(request.user).with_names()
    rows = rows.ended() if shows_ended else rows.lasting()
    context = {"grants": rows.order_by("subject", "post", "staff", "during"), "shows_ended": shows_ended}
    return render(request, "authority/grant_list.html", context)


@require_safe
def show(request: SignedInRequest, grant_id: int) -> HttpResponse:
    authorize(request.user, VIEW_GRANTS)
    grant = _find(request, grant_id)
    context = {"grant": grant, "may_set": may_set(request.user, grant.project)}
    return render(request, "authority/grant_detail.html", context)


@require_safe
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_GRANTS)
    return _form(request, GrantForm(user=request.user))


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_GRANTS)
    form = GrantForm(request.POST, user=request.user)
    if not form.is_valid():
        return _form(request, form)
    grant = give_authority(by=request.user, **form.cleaned_data)
    tell(request, _("The authority is given."))
    return redirect("authority:grant-show", grant.pk)


@require_safe
def edit(request: SignedInRequest, grant_id: int) -> HttpResponse:
    grant = _to_change(request, grant_id)
    return _form(request, _change_form(grant), grant)


@require_POST
def update(request: SignedInRequest, grant_id: int) -> HttpResponse:
    grant = _to_change(request, grant_id)
    form = _change_form(grant, request.POST)
    if form.is_valid():
        with stale_told(form, stored=lambda: _change_form(_find(request, grant_id))):
            seen = take_version(form)
            grant = change_grant(grant, by=request.user, seen=seen, **form.cleaned_data)
    if form.errors:
        return _form(request, form, grant)
    tell(request, _("The authority is changed. What was decided before keeps its limit."))
    return redirect("authority:grant-show", grant.pk)


@require_POST
def destroy(request: SignedInRequest, grant_id: int) -> HttpResponse:
    """It does not hold any more from tomorrow on."""
    grant = _to_change(request, grant_id)
    end_grant(grant, by=request.user)
    tell(request, _("The authority ends today."))
    return redirect("authority:grant-show", grant_id)


def _find(request: SignedInRequest, grant_id: int) -> AuthorityGrant:
    rows = AuthorityGrant.objects.visible_to(request.user).with_names()
    found: AuthorityGrant = get_object_or_404(rows, pk=grant_id)
    return found


def _to_change(request: SignedInRequest, grant_id: int) -> AuthorityGrant:
    authorize(request.user, MANAGE_GRANTS)
    grant = _find(request, grant_id)
    if not may_set(request.user, grant.project):
        raise PermissionDenied(_("Authority for all projects is changed by those who see all of them."))
    return grant


def _change_form(grant: AuthorityGrant, data: Any = None) -> ChangeForm:
    return carrying_version(ChangeForm(data, grant=grant), grant)


def _form(request: SignedInRequest, form: GrantForm | ChangeForm, grant: AuthorityGrant | None = None) -> HttpResponse:
    context = {
        "form": form,
        "title": str(grant) if grant else _("New authority"),
        "action": reverse("authority:grant-update", args=[grant.pk]) if grant else reverse("authority:grant-create"),
        "back": reverse("authority:grant-show", args=[grant.pk]) if grant else reverse("authority:grant-index"),
    }
    return render(request, FORM, context, status=status_of(form))
