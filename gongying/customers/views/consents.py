"""Consents, and the optional facts that rest on them."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.customers.forms.people import AttributeForm, ConsentForm
from gongying.customers.models import Consent, Occupancy, Party, ProfileAttribute
from gongying.customers.operations import give_consent, remove_attribute, set_attribute, withdraw_consent
from gongying.customers.views.lookups import back_to, of_party_or_404, party_or_404

EDIT = "customers.edit_files"
PROFILE = "customers.view_profile"


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, pk: int) -> HttpResponse:
    party = party_or_404(request, pk)
    authorize(request.user, EDIT, party)
    homes = Occupancy.objects.visible_to(request.user).filter(members__party=party)
    guardians = Party.objects.visible_to(request.user).live().filter(roles__occupancy__in=homes).exclude(pk=party.pk)
    form = ConsentForm(sent_with(request), guardians=guardians.distinct())
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Consent of %(name)s") % {"name": party.name},
            submit=_("Record"),
            back=back_to(request, party),
            note=_("Service never depends on it."),
        )
    give_consent(party, by=request.user, **form.cleaned_data)
    tell(request, _("The consent is recorded."))
    return done(request, back_to(request, party))


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    consent = of_party_or_404(request, Consent.objects.all(), pk)
    authorize(request.user, EDIT, consent.party)
    withdraw_consent(consent, by=request.user)
    tell(request, _("The consent is withdrawn; what rested on it is removed."))
    return done(request, back_to(request, consent.party))


@require_http_methods(["GET", "POST"])
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Age, occupation, education, personality, care (R-050)."""
    party = party_or_404(request, pk)
    authorize(request.user, PROFILE, party)
    form = AttributeForm(sent_with(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Note about %(name)s") % {"name": party.name},
            submit=_("Save"),
            back=back_to(request, party),
            note=_("Only with the customer's consent in force."),
        )
    set_attribute(party, by=request.user, **form.cleaned_data)
    tell(request, _("Saved."))
    return done(request, back_to(request, party))


@require_POST
def forget(request: SignedInRequest, pk: int) -> HttpResponse:
    attribute = of_party_or_404(request, ProfileAttribute.objects.all(), pk)
    authorize(request.user, PROFILE, attribute.party)
    remove_attribute(attribute, by=request.user)
    tell(request, _("Removed."))
    return done(request, back_to(request, attribute.party))
