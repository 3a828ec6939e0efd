"""A contact written down in full, and who took part in one."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.files.operations import attach
from gongying.interactions.forms import ContactForm, ParticipantsForm
from gongying.interactions.models import ContactPlan, Interaction
from gongying.interactions.operations import log_interaction, name_participants, note_talk, steps_left
from gongying.interactions.rules import LOG, authorize_correction
from gongying.interactions.views.interactions import find_interaction


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, LOG)
    plan = _plan(request)
    project = plan.project if plan else _project(request)
    initial = _initial(plan) if plan else {}
    form = ContactForm(sent_with(request), request.FILES or None, project=project, user=request.user, initial=initial)
    if form.is_valid():
        interaction = _log(request, form, plan)
        return done(request, reverse("interactions:interaction-show", args=[interaction.pk]))
    back = reverse("interactions:plan-show", args=[plan.pk]) if plan else reverse("interactions:interaction-index")
    left = steps_left(plan) if plan else []
    note = _("Not prepared yet: %(steps)s") % {"steps": " \u00b7 ".join(left)} if left else ""
    return show_form(request, form, title=_("A contact in full"), submit=_("Save"), back=back, note=note)


@transaction.atomic
def _log(request: SignedInRequest, form: ContactForm, plan: ContactPlan | None) -> Interaction:
    interaction: Interaction = log_interaction(by=request.user, **form.touch)
    for photo in form.cleaned_data["photos"]:
        attach(photo, to=interaction, by=request.user)
    if plan is not None:
        note_talk(plan, interaction, by=request.user)
    tell(request, _("Logged."))
    return interaction


def _plan(request: SignedInRequest) -> ContactPlan | None:
    """The plan that the talk belongs to, where the address names one."""
    asked = request.GET.get("plan")
    if not asked:
        return None
    rows: Any = ContactPlan.objects.visible_to(request.user).in_force().select_related("project", "party")
    found: ContactPlan = get_object_or_404(rows, pk=id_in(asked) or 0)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def participants(request: SignedInRequest, interaction_id: int) -> HttpResponse:
    interaction = find_interaction(request, interaction_id)
    authorize_correction(request.user, interaction)
    form = carrying_version(ParticipantsForm(sent_with(request), interaction=interaction), interaction)
    back = reverse("interactions:interaction-show", args=[interaction.pk])
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(find_interaction(request, interaction_id))):
            reason, seen = form.cleaned_data["reason"], take_version(form)
            name_participants(interaction, by=request.user, reason=reason, participants=form.attendees, seen=seen)
            tell(request, _("Saved."))
            return done(request, back)
    return show_form(request, form, title=_("Who took part besides"), submit=_("Save"), back=back)


def _initial(plan: ContactPlan) -> dict[str, Any]:
    """With whom, and what was planned of the next talk."""
    planned = plan.talks.filter(interaction=None).first()
    of_talk = {"topic": planned.content, "place_kind": planned.place_kind} if planned else {}
    return {"counterpart": plan.kind, "party": plan.party_id, **of_talk}


def _form_of(interaction: Interaction) -> ParticipantsForm:
    return carrying_version(ParticipantsForm(interaction=interaction), interaction)


def _project(request: SignedInRequest) -> Project:
    """The one that was chosen or that the address names, else the first of one's own."""
    rows = Project.objects.visible_to(request.user).order_by("code")
    asked = id_in(request.POST.get("project") or request.GET.get("project", ""))
    found = (rows.filter(pk=asked).first() if asked else None) or rows.first()
    if found is None:
        raise Http404
    return found
