from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.editions import fill_from_memory
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.panels import panels_of
from gongying.common.permissions import authorize, may
from gongying.customers.enums import RoleKind
from gongying.customers.forms.people import ColleagueForm, EndForm, PartyEditForm, PartyForm, ReasonForm, RoleForm
from gongying.customers.listings import find_parties
from gongying.customers.models import Party, PartyMerge, PartyRole
from gongying.customers.models.hanging import hanging_on_party
from gongying.customers.operations import (
    add_role,
    change_party,
    create_party,
    delete_party,
    end_role,
    register_internal_customer,
)
from gongying.customers.tenancy import tenancies_of
from gongying.customers.views.lookups import back_to, household_url, of_party_or_404, party_or_404, unit_asked
from gongying.estates.models import Project

FILES = "customers.view_files"
EDIT = "customers.edit_files"


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """Files by counterpart kind (R-049), owners and users first (R-076)."""
    authorize(request.user, FILES)
    rows = find_parties(request.user, request.GET)
    page = paginate(rows, order=("rank", "id"), cursor=request.GET.get("cursor"))
    return render(
        request,
        "customers/party_index.html",
        {
            "page": page,
            "count": bounded_count(rows),
            "roles": _role_tabs(request),
            "projects": Project.objects.visible_to(request.user),
        },
    )


def _role_tabs(request: SignedInRequest) -> list[dict[str, Any]]:
    chosen = request.GET.get("role", "")
    tabs = [("", _("all")), *RoleKind.choices]
    address = reverse("customers:party-index")
    return [
        {"label": label, "url": f"{address}?role={role}" if role else address, "is_current": role == chosen}
        for role, label in tabs
    ]


@require_GET
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    party = party_or_404(request, pk)
    authorize(request.user, FILES, party)
    all_roles = PartyRole.objects.visible_to(request.user).filter(party=party).select_related("unit")
    roles = list(all_roles.order_by("-during"))
    for role in roles:
        fill_from_memory(role, "project")
    hanging = hanging_on_party(party)
    sees_profile = may(request.user, "customers.view_profile")
    merges = PartyMerge.objects.filter(kept=party, undone_at=None).select_related("merged", "by")
    return render(
        request,
        "customers/party_show.html",
        {
            "party": party,
            "roles": roles,
            "current_roles": sorted((role for role in roles if role.is_current), key=lambda role: (role.rank, role.pk)),
            "points": list(party.contact_points.all()),
            "consents": party.consents.order_by("-given_at") if hanging.consents else [],
            "profile": party.profile.all() if hanging.profile and sees_profile else [],
            "vehicles": party.vehicles.visible_to(request.user).current() if hanging.vehicles else [],
            "tenancies": tenancies_of(party, request.user, has_headcounts=hanging.headcounts),
            "merges": merges if hanging.merges else [],
            "panels": panels_of("customer", request.user),
        },
    )


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, EDIT)
    unit = unit_asked(request)
    initial = {
        "name": request.GET.get("name", ""),
        "phones": request.GET.get("phone", ""),
        **({"unit": unit.code, "project": unit.project} if unit else {}),
    }
    form = PartyForm(sent_with(request), user=request.user, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("New customer"),
            submit=_("Create"),
            back=household_url(unit) if unit else reverse("customers:party-index"),
            note=_("Only what the contract needs. Age, occupation and the like come later, with consent."),
            live_url=reverse("customers:duplicate-index"),
            live_target="duplicates",
        )
    party = _create(request, form)
    tell(request, _("%(name)s is on file.") % {"name": party.name})
    return done(request, reverse("customers:party-show", args=[party.pk]))


@transaction.atomic
def _create(request: SignedInRequest, form: PartyForm) -> Party:
    """A new file; or one more role of the file that the duplicate warning offered."""
    cleaned = dict(form.cleaned_data)
    known = cleaned.pop("same_as")
    if known is None:
        return create_party(by=request.user, **cleaned)
    placed = {name: cleaned[name] for name in ("role", "project", "unit", "since", "share")}
    add_role(known, by=request.user, **placed)
    party: Party = known
    return party


@require_http_methods(["GET", "POST"])
def create_internal(request: SignedInRequest) -> HttpResponse:
    """A colleague who asks for service like any other customer (R-074)."""
    authorize(request.user, EDIT)
    form = ColleagueForm(sent_with(request), user=request.user)
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("New internal customer"),
            submit=_("Create"),
            back=f"{reverse('customers:party-index')}?role={RoleKind.INTERNAL}",
            note=_("Requests of colleagues take the same way as those of owners, with the same times and follow-up."),
        )
    chosen = form.cleaned_data
    party = register_internal_customer(chosen["staff"].user, project=chosen["project"], by=request.user)
    tell(request, _("%(name)s is on file.") % {"name": party.name})
    return done(request, reverse("customers:party-show", args=[party.pk]))


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    party = party_or_404(request, pk)
    authorize(request.user, EDIT, party)
    form = _edit_form(party, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _edit_form(party_or_404(request, pk))):
            change_party(party, by=request.user, seen=take_version(form), **form.changes())
            tell(request, _("Saved."))
            return done(request, back_to(request, party))
    title = _("Change %(name)s") % {"name": party.name}
    return show_form(request, form, title=title, submit=_("Save"), back=back_to(request, party))


def _edit_form(party: Party, data: Any = None) -> PartyEditForm:
    shown = ("name", "kind", "form_of_address", "id_kind", "note")
    return carrying_version(PartyEditForm(data, initial={name: getattr(party, name) for name in shown}), party)


@require_http_methods(["GET", "POST"])
def destroy(request: SignedInRequest, pk: int) -> HttpResponse:
    party = party_or_404(request, pk)
    authorize(request.user, "customers.merge_parties", party)
    form = ReasonForm(sent_with(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Delete the file of %(name)s") % {"name": party.name},
            submit=_("Delete"),
            back=back_to(request, party),
            note=_("Only for a file opened by mistake. One that anything depends on stays."),
        )
    delete_party(party, by=request.user, **form.cleaned_data)
    tell(request, _("The file is deleted."))
    return done(request, reverse("customers:party-index"))


@require_http_methods(["GET", "POST"])
def give_role(request: SignedInRequest, pk: int) -> HttpResponse:
    party = party_or_404(request, pk)
    authorize(request.user, EDIT, party)
    form = RoleForm(sent_with(request), user=request.user)
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Add a role to %(name)s") % {"name": party.name},
            submit=_("Add"),
            back=back_to(request, party),
        )
    add_role(party, by=request.user, **form.cleaned_data)
    tell(request, _("Saved."))
    return done(request, back_to(request, party))


@require_http_methods(["GET", "POST"])
def take_role(request: SignedInRequest, pk: int) -> HttpResponse:
    visible: QuerySet[PartyRole] = PartyRole.objects.visible_to(request.user)
    role: PartyRole = of_party_or_404(request, visible.select_related("unit"), pk)
    authorize(request.user, "customers.move_household" if role.role == RoleKind.OWNER else EDIT, role)
    form = EndForm(sent_with(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("End: %(name)s, %(role)s") % {"name": role.party.name, "role": role.get_role_display()},
            submit=_("End"),
            back=back_to(request, role.party),
        )
    end_role(role, by=request.user, **form.cleaned_data)
    tell(request, _("Saved."))
    return done(request, back_to(request, role.party))
