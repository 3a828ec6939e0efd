"""The chips of the front desk, project by project."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.files.models import Attachment
from gongying.reception.forms import PurposeForm
from gongying.reception.models import VisitPurpose
from gongying.reception.operations import change_purpose
from gongying.reception.rules import MANAGE_PURPOSES, desks_of


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_PURPOSES)
    projects = list(desks_of(request.user))
    asked = id_in(request.GET.get("project", ""))
    project = next((one for one in projects if one.pk == asked), projects[0] if projects else None)
    purposes = list(VisitPurpose.objects.visible_to(request.user).holding_in(project)) if project else []
    context = {"projects": projects, "project": project, "purposes": purposes}
    return render(request, "reception/purpose_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, purpose_id: int) -> HttpResponse:
    """A purpose of the company is changed for the project that the address names; a project's own has its project."""
    authorize(request.user, MANAGE_PURPOSES)
    purpose = _find(request, purpose_id)
    asked = purpose.project_id or id_in(request.GET.get("project", "")) or 0
    project = get_object_or_404(desks_of(request.user), pk=asked)
    if not VisitPurpose.objects.visible_to(request.user).holding_in(project).filter(pk=purpose.pk).exists():
        raise Http404
    form = _form_of(purpose, request)
    if request.method == "POST" and form.is_valid():
        with stale_told(form, stored=lambda: _form_of(_find(request, purpose_id))):
            seen = take_version(form)
            change_purpose(purpose, project=project, by=request.user, seen=seen, **form.cleaned_data)
            tell(request, _("Saved."))
            return redirect("reception:purpose-index")
    context = {"form": form, "purpose": purpose, "project": project, "papers": Attachment.objects.of(purpose)}
    return render(request, "reception/purpose_form.html", context, status=status_of(form))


def _find(request: SignedInRequest, purpose_id: int) -> VisitPurpose:
    return get_object_or_404(VisitPurpose.objects.visible_to(request.user), pk=purpose_id)


def _form_of(purpose: VisitPurpose, request: SignedInRequest | None = None) -> PurposeForm:
    initial = {"name": purpose.name, "minutes": purpose.minutes, "is_offered": purpose.is_offered}
    is_sent = request is not None and request.method == "POST"
    data, files = (request.POST, request.FILES) if request is not None and is_sent else (None, None)
    form = PurposeForm(data, files, initial=initial)
    return carrying_version(form, purpose) if purpose.project_id else form
