from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.models import TerritoryScope
from gongying.estates.operations import add_scope, end_scope, move_scope
from gongying.estates.repartition import preview_move
from gongying.estates.scopes import visible_territories
from gongying.estates.territory_forms import EndForm, MoveForm, ScopeForm
from gongying.estates.views.territories import visible_scopes
from gongying.estates.views.territory_forms import show_form
from gongying.organization.models import Territory
from gongying.organization.rules import MANAGE_TERRITORIES


@require_safe
def new(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    return _form(
        request, ScopeForm(user=request.user), get_object_or_404(visible_territories(request.user), pk=territory_id)
    )


@require_POST
def create(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    territory = get_object_or_404(visible_territories(request.user), pk=territory_id)
    form = ScopeForm(request.POST, user=request.user)
    if not form.is_valid():
        return _form(request, form, territory)
    chosen = form.cleaned_data
    with transaction.atomic():
        for building in chosen["buildings"] or [None]:
            add_scope(
                territory,
                project=chosen["project"],
                building=building,
                entrance=chosen["entrance"],
                starts_on=chosen["starts_on"],
                by=request.user,
            )
    return redirect("territories:territory-show", territory.pk)


@require_safe
def move(request: SignedInRequest, scope_id: int) -> HttpResponse:
    """Where to and when; with both, what it would mean (R-025)."""
    authorize(request.user, MANAGE_TERRITORIES)
    scope = _scope(request, scope_id)
    form = MoveForm(request.GET if "to" in request.GET else None, origin=scope.territory)
    preview = preview_move(scope, **form.cleaned_data) if form.is_bound and form.is_valid() else None
    context = {"scope": scope, "form": form, "preview": preview}
    return render(request, "estates/scope_move.html", context, status=422 if form.errors else 200)


@require_POST
def repartition(request: SignedInRequest, scope_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    scope = _scope(request, scope_id)
    form = MoveForm(request.POST, origin=scope.territory)
    if not form.is_valid():
        return render(request, "estates/scope_move.html", {"scope": scope, "form": form}, status=422)
    to, on = form.cleaned_data["to"], form.cleaned_data["on"]
    move_scope(scope, to=to, on=on, by=request.user)
    tell(request, _("From %(date)s on it belongs to %(territory)s.") % {"date": on, "territory": to})
    return redirect("territories:territory-show", to.pk)


@require_safe
def ending(request: SignedInRequest, scope_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    return _ending(request, EndForm(), _scope(request, scope_id))


@require_POST
def end(request: SignedInRequest, scope_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    scope = _scope(request, scope_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _ending(request, form, scope)
    end_scope(scope, on=form.cleaned_data["on"], by=request.user)
    return redirect("territories:territory-show", scope.territory_id)


def _scope(request: SignedInRequest, scope_id: int) -> TerritoryScope:
    scope: TerritoryScope = get_object_or_404(visible_scopes(request.user), pk=scope_id)
    return scope


def _form(request: SignedInRequest, form: ScopeForm, territory: Territory) -> HttpResponse:
    title = _("Places of %(territory)s") % {"territory": territory}
    action = reverse("territories:scope-create", args=[territory.pk])
    return show_form(request, form, territory_id=territory.pk, title=title, submit=_("Add"), action=action)


def _ending(request: SignedInRequest, form: EndForm, scope: TerritoryScope) -> HttpResponse:
    action = reverse("territories:scope-end", args=[scope.pk])
    territory_id = scope.territory_id
    return show_form(request, form, territory_id=territory_id, title=str(scope), submit=_("End"), action=action)
