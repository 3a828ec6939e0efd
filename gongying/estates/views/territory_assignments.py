from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.estates.scopes import visible_territories
from gongying.estates.territory_forms import AssignmentForm, EndForm
from gongying.estates.views.territory_forms import show_form
from gongying.organization.models import Territory, TerritoryAssignment
from gongying.organization.operations import assign_staff, end_assignment
from gongying.organization.rules import MANAGE_TERRITORIES


@require_safe
def new(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    return _form(request, AssignmentForm(), get_object_or_404(visible_territories(request.user), pk=territory_id))


@require_POST
def create(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    territory = get_object_or_404(visible_territories(request.user), pk=territory_id)
    form = AssignmentForm(request.POST)
    if not form.is_valid():
        return _form(request, form, territory)
    assign_staff(territory, by=request.user, **form.cleaned_data)
    return redirect("territories:territory-show", territory.pk)


@require_safe
def ending(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    return _ending(request, EndForm(), _assignment(request, assignment_id))


@require_POST
def end(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    assignment = _assignment(request, assignment_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _ending(request, form, assignment)
    end_assignment(assignment, on=form.cleaned_data["on"], by=request.user)
    return redirect("territories:territory-show", assignment.territory_id)


def _assignment(request: SignedInRequest, assignment_id: int) -> TerritoryAssignment:
    rows = TerritoryAssignment.objects.filter(territory__in=visible_territories(request.user))
    assignment: TerritoryAssignment = get_object_or_404(
        rows.select_related("territory", "staff__user"), pk=assignment_id
    )
    return assignment


def _form(request: SignedInRequest, form: AssignmentForm, territory: Territory) -> HttpResponse:
    title = _("Who serves %(territory)s") % {"territory": territory}
    action = reverse("territories:assignment-create", args=[territory.pk])
    return show_form(request, form, territory_id=territory.pk, title=title, submit=_("Add"), action=action)


def _ending(request: SignedInRequest, form: EndForm, assignment: TerritoryAssignment) -> HttpResponse:
    action = reverse("territories:assignment-end", args=[assignment.pk])
    territory_id = assignment.territory_id
    return show_form(request, form, territory_id=territory_id, title=str(assignment), submit=_("End"), action=action)
