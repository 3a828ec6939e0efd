from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.interactions.forms import RepeatForm
from gongying.interactions.models import Interaction
from gongying.interactions.operations import mark_repeat, unmark_repeat
from gongying.interactions.rules import authorize_correction
from gongying.interactions.views.interactions import find_interaction, render_interaction


@require_POST
def create(request: SignedInRequest, interaction_id: int) -> HttpResponse:
    interaction = find_interaction(request, interaction_id)
    authorize_correction(request.user, interaction)
    form = RepeatForm(request.POST)
    if not form.is_valid():
        return render_interaction(request, interaction, form=form, status=422)
    first = get_object_or_404(Interaction.objects.visible_to(request.user), pk=form.cleaned_data["of"])
    mark_repeat(interaction, of=first, by=request.user)
    tell(request, _("Marked as a repeat."), undo=reverse("interactions:repeat-destroy", args=[interaction.pk]))
    return _back(interaction)


@require_POST
def destroy(request: SignedInRequest, interaction_id: int) -> HttpResponse:
    interaction = find_interaction(request, interaction_id)
    authorize_correction(request.user, interaction)
    unmark_repeat(interaction, by=request.user)
    tell(request, _("No longer marked as a repeat."))
    return _back(interaction)


def _back(interaction: Interaction) -> HttpResponse:
    return HttpResponseRedirect(reverse("interactions:interaction-show", args=[interaction.pk]))
