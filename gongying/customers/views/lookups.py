"""Reach a row as the user may see it, or answer 404; and where to go back to."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.customers.models import Occupancy, Party, PartyMerge, Vehicle
from gongying.estates.models import Unit


def party_or_404(request: SignedInRequest, pk: int) -> Party:
    return get_object_or_404(Party.objects.visible_to(request.user).select_related("merged_into"), pk=pk)


def occupancy_or_404(request: SignedInRequest, pk: int) -> Occupancy:
    rows = Occupancy.objects.visible_to(request.user).select_related("unit__project", "head")
    occupancy: Occupancy = get_object_or_404(rows, pk=pk)
    return occupancy


def vehicle_or_404(request: SignedInRequest, pk: int) -> Vehicle:
    vehicle: Vehicle = get_object_or_404(
        Vehicle.objects.visible_to(request.user).select_related("unit", "party"), pk=pk
    )
    return vehicle


def merge_or_404(request: SignedInRequest, pk: int) -> PartyMerge:
    kept = Party.objects.visible_to(request.user)
    return get_object_or_404(PartyMerge.objects.select_related("kept", "merged").filter(kept__in=kept), pk=pk)


def of_party_or_404(request: SignedInRequest, rows: QuerySet[Any], pk: int) -> Any:
    """A row that hangs on a customer whom the user may see."""
    visible = Party.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("party").filter(party__in=visible), pk=pk)


def unit_asked(request: SignedInRequest) -> Unit | None:
    """The unit from whose page something is done: `?unit=12`; none where it is not given or not the user's."""
    pk = id_in(request.GET.get("unit") or request.POST.get("unit") or "")
    if pk is None:
        return None
    unit: Unit | None = Unit.objects.visible_to(request.user).select_related("project").filter(pk=pk).first()
    return unit


def back_to(request: SignedInRequest, party: Party) -> str:
    """The household's page where one came from there, else the customer's."""
    unit = unit_asked(request)
    return household_url(unit) if unit else reverse("customers:party-show", args=[party.pk])


def household_url(unit: Unit) -> str:
    return reverse("customers:household-show", args=[unit.pk])
