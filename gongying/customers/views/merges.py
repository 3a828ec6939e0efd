from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.customers.duplicates import possible_duplicates
from gongying.customers.models import Party
from gongying.customers.operations import merge_parties, undo_merge
from gongying.customers.views.lookups import merge_or_404, party_or_404, unit_asked
from gongying.estates.models import Unit

MERGE = "customers.merge_parties"
MOST = 8


@require_GET
def candidates(request: SignedInRequest) -> HttpResponse:
    """While one types a new customer: who is on file already with this number, or with this name in this unit."""
    authorize(request.user, "customers.edit_files")
    found = possible_duplicates(
        request.user,
        name=request.GET.get("name", "")[:100],
        phones=_numbers(request.GET.get("phones", "")[:200]),
        unit=_unit(request),
    )
    return render(request, "customers/_duplicates.html", {"found": found})


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the other file of the same customer, look at both, make them one."""
    party = party_or_404(request, pk)
    authorize(request.user, MERGE, party)
    if request.method == "POST":
        other = party_or_404(request, id_in(request.POST.get("merged", "")) or 0)
        merge = merge_parties(party, merged=other, by=request.user)
        undo = reverse("customers:merge-undo", args=[merge.pk])
        tell(request, _("%(name)s is part of this file now.") % {"name": other.name}, undo=undo)
        return done(request, reverse("customers:party-show", args=[party.pk]))
    searched = request.GET.get("q", "").strip()[:100]
    return render(
        request,
        "customers/merge_new.html",
        {"party": party, "found": _find(request, party, searched), "searched": searched},
    )


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    merge = merge_or_404(request, pk)
    authorize(request.user, MERGE, merge.kept)
    undo_merge(merge, by=request.user)
    tell(request, _("The merge is undone: both files are as they were."))
    return done(request, reverse("customers:party-show", args=[merge.kept_id]))


def _find(request: SignedInRequest, party: Party, searched: str) -> list[Party]:
    """Likely doubles, or those who are called or numbered like what was searched."""
    if not searched:
        phones = party.contact_points.values_list("value", flat=True)
        unit = Unit.objects.visible_to(request.user).filter(roles__party=party).first()
        return list(possible_duplicates(request.user, name=party.name, phones=phones, unit=unit, except_party=party))
    rows = Party.objects.visible_to(request.user).live().exclude(pk=party.pk).filter(kind=party.kind)
    numbers = _numbers(searched)
    found = (
        rows.filter(contact_points__value__in=numbers)
        if numbers
        else rows.filter(name_key__startswith=searched.lower())
    )
    return list(found.distinct().prefetch_related("contact_points", "roles__unit")[:MOST])


def _numbers(text: str) -> list[str]:
    try:
        return [normalise_phone(part).value for part in text.replace("\uff0c", ",").split(",") if part.strip()]
    except UnreadablePhone:
        return []


def _unit(request: SignedInRequest) -> Unit | None:
    """The unit by id (from a household's page), or by the code and project of the form."""
    text = request.GET.get("unit", "").strip()
    if unit := unit_asked(request):
        return unit
    found: Unit | None = (
        Unit.objects.visible_to(request.user)
        .filter(code=text[:60], project=id_in(request.GET.get("project", "")) or 0)
        .first()
    )
    return found
