"""Who was visited and who was not, and whom to visit next."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import sent_with
from gongying.common.messages import tell
from gongying.common.paging import count_of, paginate
from gongying.common.permissions import authorize
from gongying.common.statements import statement_of
from gongying.estates.asked import unit_or_404
from gongying.visits.coverage import MOST_PROPOSED, coverage_of, households, inside, propose, select
from gongying.visits.forms import AfternoonForm, TerritoryForm
from gongying.visits.machines import MAKE
from gongying.visits.models import HomeVisit
from gongying.visits.operations import plan_afternoon
from gongying.visits.rules import VIEW

PROPOSED = 12
ORDER = ("project_id", "sort_key", "id")


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW)
    return render(request, "visits/coverage_show.html", {"lines": coverage_of(request.user)})


@require_safe
def units(request: SignedInRequest) -> HttpResponse:
    """The households that a number of the coverage counts."""
    authorize(request.user, VIEW)
    form = TerritoryForm(request.GET, user=request.user)
    rows: Any = households(request.user)
    if territory := form.territory_asked:
        rows = inside(rows, territory)
    rows = select(rows, form.which_asked)
    page = paginate(rows.select_related("project"), order=ORDER, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "count": count_of(page, rows, cursor=request.GET.get("cursor")),
        "territory": territory,
        "which": form.which_asked,
    }
    return render(request, "visits/household_index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: SignedInRequest) -> HttpResponse:
    """The next households, with the reason for each; those that are ticked make an afternoon."""
    authorize(request.user, MAKE)
    asked = TerritoryForm(request.GET, user=request.user)
    form = AfternoonForm(sent_with(request), user=request.user)
    if form.is_valid():
        planned = plan_afternoon(form.cleaned_data["units"], by=request.user, starts_at=form.cleaned_data["starts_at"])
        told = ngettext("%(n)s visit planned.", "%(n)s visits planned.", len(planned)) % {"n": len(planned)}
        tell(request, told)
        return redirect(f"{reverse('visits:route-show')}?day={form.cleaned_data['starts_at']:%Y-%m-%d}")
    territory = asked.territory_asked
    context = {
        "form": form,
        "asked": asked,
        "proposals": propose(request.user, number=min(PROPOSED, MOST_PROPOSED), territory=territory),
        "title": _("Whom to visit next"),
    }
    return render(request, "visits/proposal_index.html", context, status=422 if form.errors else 200)


@require_safe
def panel(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """On the household's page: when it was visited last, what is planned, and the way to plan or record one."""
    authorize(request.user, VIEW)
    unit = unit_or_404(request.user, unit_id)
    user = request.user

    def visits(unit: int) -> Any:
        return HomeVisit.objects.visible_to(user).filter(unit=unit).select_related("steward")

    planned = statement_of(user, "open visits of a unit", lambda unit: visits(unit).open()[:1], unit=int)
    made = statement_of(user, "visits of a unit", lambda unit: visits(unit).made().order_by("-met_at")[:1], unit=int)
    context = {"unit": unit, "open": planned.first(unit=unit.pk), "last": made.first(unit=unit.pk)}
    return render(request, "visits/_unit_panel.html", context)
