"""The page on which the reception works all day."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version
from gongying.common.inputs import id_in
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.reception.forms import FinishForm, VisitorForm
from gongying.reception.front_desk import FrontDesk, visit_context
from gongying.reception.machines import RECEIVE
from gongying.reception.models import ReceptionTicket, VisitPurpose
from gongying.reception.operations import register_arrival
from gongying.reception.rules import desks_of

PAGE = "reception/desk.html"


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, RECEIVE)
    project = _project(request, request.GET.get("project", ""))
    if project is None:
        return render(request, PAGE, {"desk": None})
    return render_desk(request, FrontDesk(request.user, project))


@require_POST
def arrive(request: SignedInRequest) -> HttpResponse:
    """One click on a purpose: somebody has come."""
    authorize(request.user, RECEIVE)
    project = get_object_or_404(desks_of(request.user), pk=id_in(request.POST.get("project", "")) or 0)
    offered = VisitPurpose.objects.visible_to(request.user).offered_in(project)
    purpose = get_object_or_404(offered, pk=id_in(request.POST.get("purpose", "")) or 0)
    register_arrival(by=request.user, project=project, purpose=purpose)
    return redirect_to_desk(project)


def render_desk(request: SignedInRequest, desk: FrontDesk, *, status: int = 200, **forms: Any) -> HttpResponse:
    context: dict[str, Any] = {"desk": desk, "projects": list(desks_of(request.user))}
    if desk.chosen is not None:
        context |= visit_context(desk, desk.chosen)
        context |= {
            "visitor_form": visitor_form(request, desk.chosen),
            "finish_form": FinishForm(),
            **forms,
        }
    return render(request, PAGE, context, status=status)


def visitor_form(request: SignedInRequest, ticket: ReceptionTicket, data: QueryDict | None = None) -> VisitorForm:
    return carrying_version(VisitorForm(data, ticket=ticket, user=request.user), ticket)


def redirect_to_desk(project: Project) -> HttpResponse:
    response = redirect("reception:desk-show")
    response["Location"] += f"?project={project.pk}"
    return response


def _project(request: HttpRequest, asked: str) -> Project | None:
    projects = desks_of(request.user)
    return get_object_or_404(projects, pk=id_in(asked) or 0) if asked else projects.first()
