from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.messages import tell
from gongying.common.permissions import authorize, declared_permissions
from gongying.organization.forms import AREAS, RoleForm
from gongying.organization.models import DeclinedOffer, Role
from gongying.organization.operations import (
    change_role,
    create_role,
    decline_offered_permissions,
    offer_again,
    offered_permissions,
    take_offered_permissions,
)
from gongying.organization.rules import MANAGE_ROLES
from gongying.organization.views.form_page import form_page


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The whole matrix: what each role allows."""
    authorize(request.user, MANAGE_ROLES)
    roles = list(Role.objects.annotate(people=Count("staff", distinct=True) + Count("posts__staff", distinct=True)))
    context = {"roles": roles, "areas": _matrix(roles), "offers": _offers(), "declined": _declined()}
    return render(request, "organization/role_list.html", context)


@require_POST
def take_offers(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_ROLES)
    changed = take_offered_permissions(by=request.user)
    tell(request, _("Given to: %(roles)s.") % {"roles": ", ".join(role.label for role in changed)})
    return redirect("organization:role-index")


@require_POST
def decline_offers(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_ROLES)
    decline_offered_permissions(by=request.user)
    tell(request, _("Declined. It is not offered again."))
    return redirect("organization:role-index")


@require_POST
def renew_offers(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_ROLES)
    offer_again(by=request.user)
    return redirect("organization:role-index")


def _declined() -> list[tuple[Any, DeclinedOffer]]:
    labels = {code: label for codes in declared_permissions().values() for code, label in codes.items()}
    return [(labels.get(row.code, row.code), row) for row in DeclinedOffer.objects.select_related("by")]


def _offers() -> list[tuple[Role, list[Any]]]:
    labels = {code: label for codes in declared_permissions().values() for code, label in codes.items()}
    return [(role, [labels[code] for code in codes if code in labels]) for role, codes in offered_permissions()]


def _matrix(roles: Sequence[Role]) -> list[dict[str, Any]]:
    return [
        {
            "label": AREAS.get(area, area),
            "rows": [(label, [(role, code in role.permissions) for role in roles]) for code, label in codes.items()],
        }
        for area, codes in declared_permissions().items()
    ]


@require_safe
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_ROLES)
    return _form(request, RoleForm(), None)


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_ROLES)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _form(request, form, None)
    create_role(label=form.cleaned_data["label"], permissions=form.permissions, by=request.user)
    return redirect("organization:role-index")


@require_safe
def edit(request: SignedInRequest, role_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_ROLES)
    role = get_object_or_404(Role, pk=role_id)
    return _form(request, _edit_form(role), role)


@require_POST
def update(request: SignedInRequest, role_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_ROLES)
    role = get_object_or_404(Role, pk=role_id)
    form = _edit_form(role, request.POST)
    if form.is_valid():
        label, seen = form.cleaned_data["label"], take_version(form)
        with stale_told(form, stored=lambda: _edit_form(Role.objects.get(pk=role_id))):
            change_role(role, label=label, permissions=form.permissions, by=request.user, seen=seen)
    if form.errors:
        return _form(request, form, role)
    tell(request, _("Role saved. It counts from the next click of everybody who has it."))
    return redirect("organization:role-index")


def _edit_form(role: Role, data: Any = None) -> RoleForm:
    return carrying_version(RoleForm(data, role=role), role)


def _form(request: SignedInRequest, form: RoleForm, role: Role | None) -> HttpResponse:
    create, update = reverse("organization:role-create"), "organization:role-update"
    return form_page(
        request,
        form,
        title=role.label if role else _("New role"),
        submit=_("Save"),
        action=reverse(update, args=[role.pk]) if role else create,
        back=reverse("organization:role-index"),
    )
