"""Numbers: added, changed, shown, dialled; and who of a household is called for what."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, is_in_drawer, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.customers.enums import ContactPurpose
from gongying.customers.forms.households import ChoicesForm
from gongying.customers.forms.people import ContactPointEditForm, ContactPointForm, ReasonForm
from gongying.customers.masking import masked_phone, spoken_phone
from gongying.customers.models import ContactPoint, Occupancy
from gongying.customers.operations import (
    add_contact_point,
    change_contact_point,
    choose_contact,
    clear_choice,
    dial,
    remove_contact_point,
    reveal_identity,
    reveal_phone,
)
from gongying.customers.rules import authorize_phone
from gongying.customers.views.lookups import (
    back_to,
    household_url,
    occupancy_or_404,
    of_party_or_404,
    party_or_404,
    unit_asked,
)

EDIT = "customers.edit_files"


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, pk: int) -> HttpResponse:
    party = party_or_404(request, pk)
    authorize(request.user, EDIT, party)
    form = ContactPointForm(sent_with(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Add a contact of %(name)s") % {"name": party.name},
            submit=_("Add"),
            back=back_to(request, party),
        )
    add_contact_point(party, by=request.user, **form.cleaned_data)
    tell(request, _("Saved."))
    return done(request, back_to(request, party))


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    point = of_party_or_404(request, ContactPoint.objects.all(), pk)
    authorize(request.user, EDIT, point.party)
    form = _edit_form(point, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _edit_form(of_party_or_404(request, ContactPoint.objects.all(), pk))):
            change_contact_point(point, by=request.user, seen=take_version(form), **form.cleaned_data)
            tell(request, _("Saved."))
            return done(request, back_to(request, point.party))
    title = _("Change %(contact)s of %(name)s") % {"contact": masked_phone(point.value), "name": point.party.name}
    return show_form(request, form, title=title, submit=_("Save"), back=back_to(request, point.party))


def _edit_form(point: ContactPoint, data: Any = None) -> ContactPointEditForm:
    form = ContactPointEditForm(data, kind=point.kind, initial={"label": point.label})
    return carrying_version(form, point)


@require_POST
def destroy(request: SignedInRequest, pk: int) -> HttpResponse:
    point = of_party_or_404(request, ContactPoint.objects.all(), pk)
    authorize(request.user, EDIT, point.party)
    back = back_to(request, point.party)
    remove_contact_point(point, by=request.user)
    tell(request, _("The contact is removed."))
    return done(request, back)


@require_POST
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole number, one logged click away."""
    point = of_party_or_404(request, ContactPoint.objects.all(), pk)
    authorize_phone(request.user, point.party)
    value = reveal_phone(point, by=request.user, unit=unit_asked(request))
    return render(request, "customers/_revealed.html", {"value": spoken_phone(value)})


@require_POST
def call(request: SignedInRequest, pk: int) -> HttpResponse:
    """The number goes to the dialler and not into the page."""
    point = of_party_or_404(request, ContactPoint.objects.all(), pk)
    authorize_phone(request.user, point.party)
    return to_dialler(dial(point, by=request.user, unit=unit_asked(request)))


def to_dialler(address: str) -> HttpResponse:
    return HttpResponse(status=204, headers={"HX-Redirect": address, "Location": address})


@require_http_methods(["GET", "POST"])
def reveal_id(request: SignedInRequest, pk: int) -> HttpResponse:
    """An identity number needs a reason (decision 15)."""
    party = party_or_404(request, pk)
    authorize(request.user, "customers.reveal_identity", party)
    form = ReasonForm(sent_with(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Identity number of %(name)s") % {"name": party.name},
            submit=_("Show"),
            back=back_to(request, party),
            note=_("Who looked, when and why is kept."),
        )
    value = reveal_identity(party, by=request.user, **form.cleaned_data)
    return render(
        request,
        "customers/identity.html#drawer" if is_in_drawer(request) else "customers/identity.html",
        {"party": party, "value": value, "back": back_to(request, party)},
    )


@require_http_methods(["GET", "POST"])
def choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who of the household is called for what (R-047)."""
    occupancy = occupancy_or_404(request, pk)
    authorize(request.user, EDIT, occupancy.unit)
    points = ContactPoint.objects.filter(party__in=occupancy.people()).select_related("party").order_by("pk")
    chosen = {row.purpose: row.contact_point_id for row in occupancy.preferences.all()}
    form = ChoicesForm(sent_with(request), points=points, label_of=_label, initial=chosen)
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Who is called for what in %(unit)s") % {"unit": occupancy.unit},
            submit=_("Save"),
            back=household_url(occupancy.unit),
        )
    _choose(request, occupancy, form.cleaned_data, chosen)
    tell(request, _("Saved."))
    return done(request, household_url(occupancy.unit))


def _choose(request: SignedInRequest, occupancy: Occupancy, wanted: dict[str, Any], chosen: dict[str, int]) -> None:
    for purpose in ContactPurpose.values:
        point = wanted[purpose]
        if point is None:
            clear_choice(occupancy, purpose=purpose, by=request.user)
        elif point.pk != chosen.get(purpose):
            choose_contact(occupancy, purpose=purpose, contact_point=point, by=request.user)


def _label(point: ContactPoint) -> str:
    return f"{point.party.name} {masked_phone(point.value)}"
