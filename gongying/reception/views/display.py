"""The screen in the waiting area: which number goes to which counter, who waits. No names, nothing to touch."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.reception.enums import TicketState
from gongying.reception.forms import SeatForm
from gongying.reception.machines import RECEIVE
from gongying.reception.models import ReceptionTicket
from gongying.reception.operations import counter_of, desk_key, sit_at
from gongying.reception.rules import OPEN_DISPLAY, desks_of

MOST_CALLED, MOST_WAITING = 5, 12


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, OPEN_DISPLAY)
    project = _project(request, request.GET.get("project", ""))
    tickets = ReceptionTicket.objects.visible_to(request.user).at_desk(project).filter(day=timezone.localdate())
    called = tickets.filter(state=TicketState.ATTENDING).order_by("-attending_since", "-pk")
    context = {
        "project": project,
        "called": list(called.only("serial", "counter")[:MOST_CALLED]),
        "waiting": list(tickets.waiting().only("serial")[:MOST_WAITING]),
        "live": desk_key(project.pk),
    }
    return render(request, "reception/display.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sit(request: SignedInRequest) -> HttpResponse:
    """At which counter she sits: there the screen sends her visitors."""
    authorize(request.user, RECEIVE)
    project = _project(request, request.GET.get("project", ""))
    form = SeatForm(sent_with(request), initial={"counter": counter_of(project.pk, request.user)})
    back = f"{reverse('reception:desk-show')}?project={project.pk}"
    if form.is_valid():
        counter = sit_at(project, by=request.user, **form.cleaned_data)
        tell(request, _("You sit at counter %(counter)s.") % {"counter": counter} if counter else _("No counter."))
        return done(request, back)
    return show_form(request, form, title=pgettext("a place", "My counter"), submit=_("Sit down"), back=back)


def _project(request: SignedInRequest, asked: str) -> Project:
    projects = desks_of(request.user)
    return get_object_or_404(projects.filter(pk=id_in(asked) or 0) if asked else projects[:1])
