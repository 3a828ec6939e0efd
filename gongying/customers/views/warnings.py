from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.common.statements import statement_of
from gongying.customers.forms.households import WarningForm
from gongying.customers.models import HouseholdWarning
from gongying.customers.operations import end_warning, warn_of
from gongying.customers.views.lookups import household_url
from gongying.estates.asked import unit_or_404

EDIT = "customers.edit_files"


@require_GET
def index(request: SignedInRequest, pk: int) -> HttpResponse:
    """What to mind at the door; fetched by the household's page."""
    unit = unit_or_404(request.user, pk)
    authorize(request.user, "customers.view_files", unit)
    user = request.user

    def in_force(unit: int) -> Any:
        rows = HouseholdWarning.objects.visible_to(user).in_force().filter(unit=unit)
        return rows.select_related("entered_by")

    warnings = statement_of(user, "what to mind in a unit", in_force, unit=int).rows(unit=unit.pk)
    context = {"unit": unit, "warnings": warnings}
    return render(request, "customers/_warnings_panel.html", context)


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, pk: int) -> HttpResponse:
    unit = unit_or_404(request.user, pk)
    authorize(request.user, EDIT, unit)
    form = WarningForm(sent_with(request))
    if request.method != "POST" or not form.is_valid():
        title = _("What to mind at the door of %(unit)s") % {"unit": unit}
        return show_form(request, form, title=title, submit=_("Save"), back=household_url(unit))
    warn_of(unit, by=request.user, **form.cleaned_data)
    tell(request, _("Whoever has a job there sees it."))
    return done(request, household_url(unit))


@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = HouseholdWarning.objects.visible_to(request.user).select_related("unit")
    warning = get_object_or_404(rows, pk=pk)
    authorize(request.user, EDIT, warning.unit)
    end_warning(warning, by=request.user)
    tell(request, _("Taken away."))
    return done(request, household_url(warning.unit))
