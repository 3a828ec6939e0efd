"""Moves in and out, owners, and who belongs to a household."""

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.customers.forms.households import MemberForm, MoveForm, MoveOutForm, TransferForm
from gongying.customers.models.balances import owed_by
from gongying.customers.operations import (
    Member,
    add_member,
    move_household,
    register_move_in,
    register_move_out,
    transfer_ownership,
)
from gongying.customers.views.lookups import household_url, occupancy_or_404
from gongying.estates.asked import unit_or_404
from gongying.estates.models import Unit

MOVE = "customers.move_household"


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move-out and move-in on one day."""
    unit = unit_or_404(request.user, pk)
    authorize(request.user, MOVE, unit)
    owed = owed_by(unit) if may(request.user, "customers.view_balances") else None
    form = MoveForm(sent_with(request), user=request.user, unit=unit, owed=owed)
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Move in %(unit)s") % {"unit": unit},
            submit=_("Register the move"),
            back=household_url(unit),
            live_url=f"{reverse('customers:duplicate-index')}?unit={unit.pk}",
            live_target="duplicates",
        )
    _move(request, unit, form)
    tell(request, _("The move is registered."))
    return done(request, household_url(unit))


@transaction.atomic
def _move(request: SignedInRequest, unit: Unit, form: MoveForm) -> None:
    cleaned, user = form.cleaned_data, request.user
    head = form.person(by=user, project=unit.project, unit=unit, role=None, kind=cleaned["party_kind"])
    arriving = {
        "by": user,
        "on": cleaned["on"],
        "kind": cleaned["kind"],
        "head": head,
        "members": form.seated(unit, by=user),
        **form.lease(),
    }
    if cleaned["is_shared"]:
        register_move_in(unit, is_shared=True, **arriving)
    else:
        move_household(
            unit,
            leaving=cleaned.get("leaving"),
            balance_decision=cleaned.get("balance_decision", ""),
            **arriving,
        )


@require_http_methods(["GET", "POST"])
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move-out alone: the unit stands empty afterwards."""
    occupancy = occupancy_or_404(request, pk)
    authorize(request.user, MOVE, occupancy.unit)
    owed = owed_by(occupancy.unit)
    form = MoveOutForm(sent_with(request), owed=owed)
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("%(name)s moves out of %(unit)s") % {"name": occupancy.head or "", "unit": occupancy.unit},
            submit=_("Register the move-out"),
            back=household_url(occupancy.unit),
        )
    register_move_out(occupancy, by=request.user, **form.cleaned_data)
    tell(request, _("The move-out is registered."))
    return done(request, household_url(occupancy.unit))


@require_http_methods(["GET", "POST"])
def transfer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Title transfer."""
    unit = unit_or_404(request.user, pk)
    authorize(request.user, MOVE, unit)
    form = TransferForm(sent_with(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Title transfer of %(unit)s") % {"unit": unit},
            submit=_("Register the new owners"),
            back=household_url(unit),
        )
    with transaction.atomic():
        owners = form.owners(unit, by=request.user)
        transfer_ownership(
            unit,
            to=owners,
            on=form.cleaned_data["on"],
            evidence=form.cleaned_data["evidence"],
            by=request.user,
        )
    tell(request, _("The new owners are registered."))
    return done(request, household_url(unit))


@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody joins the household."""
    occupancy = occupancy_or_404(request, pk)
    authorize(request.user, "customers.edit_files", occupancy.unit)
    form = MemberForm(sent_with(request), user=request.user)
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Add a person to %(unit)s") % {"unit": occupancy.unit},
            submit=_("Add"),
            back=household_url(occupancy.unit),
            live_url=f"{reverse('customers:duplicate-index')}?unit={occupancy.unit_id}",
            live_target="duplicates",
        )
    cleaned = form.cleaned_data
    with transaction.atomic():
        party = form.person(by=request.user, project=occupancy.unit.project, unit=occupancy.unit, role=None)
        add_member(
            occupancy,
            member=Member(party, cleaned["role"], cleaned["relation"]),
            since=cleaned["since"],
            by=request.user,
        )
    tell(request, _("%(name)s belongs to the household.") % {"name": party.name})
    return done(request, household_url(occupancy.unit))
