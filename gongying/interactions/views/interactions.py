from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.messages import tell
from gongying.common.paging import Count, Page, bounded_count, paginate
from gongying.common.permissions import authorize
from gongying.common.word_search import Found, find_containing
from gongying.files.models import Attachment
from gongying.interactions.forms import CorrectionForm, InteractionFilterForm
from gongying.interactions.models import Interaction
from gongying.interactions.operations import correct_interaction
from gongying.interactions.rules import authorize_correction, may_correct

ORDER = ("-occurred_at", "-id")
VIEW = "interactions.view_interactions"
MOST_CANDIDATES = 5
MOST_MESSAGES = 100
RELATED = ("unit", "project", "party", "entered_by")
SHOWN_WITH = (*RELATED, "first_responder", "reason_code__department", "thread")


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """Every touch in one's places, filtered."""
    authorize(request.user, VIEW)
    form = InteractionFilterForm(request.GET, user=request.user)
    page, count = _page(form, cursor=request.GET.get("cursor"))
    return render(request, "interactions/interaction_list.html", {"form": form, "page": page, "count": count})


@require_GET
def show(request: SignedInRequest, interaction_id: int) -> HttpResponse:
    return render_interaction(request, find_interaction(request, interaction_id))


@require_GET
def edit(request: SignedInRequest, interaction_id: int) -> HttpResponse:
    interaction = find_interaction(request, interaction_id)
    authorize_correction(request.user, interaction)
    return _edit(request, interaction, _correction_form(interaction))


@require_POST
def update(request: SignedInRequest, interaction_id: int) -> HttpResponse:
    interaction = find_interaction(request, interaction_id)
    authorize_correction(request.user, interaction)
    form = _correction_form(find_interaction(request, interaction_id), request.POST)
    if form.is_valid():
        reason, seen = form.cleaned_data["reason"], take_version(form)
        with stale_told(form, stored=lambda: _correction_form(find_interaction(request, interaction_id))):
            correct_interaction(interaction, by=request.user, reason=reason, seen=seen, **form.changes)
    if form.errors:
        return _edit(request, interaction, form)
    tell(request, _("Corrected. The journal keeps what it said before."))
    return HttpResponseRedirect(reverse("interactions:interaction-show", args=[interaction.pk]))


def _correction_form(interaction: Interaction, data: Any = None) -> CorrectionForm:
    return carrying_version(CorrectionForm(data, instance=interaction), interaction)


def _page(form: InteractionFilterForm, *, cursor: str | None) -> tuple[Page[Interaction], Count]:
    rows = form.rows().select_related(*RELATED)
    if form.words:
        found: Found[Interaction] = find_containing(rows, form.words, order=ORDER, cursor=cursor)
        return found.page, found.count
    return paginate(rows, order=ORDER, cursor=cursor), bounded_count(form.rows())


def find_interaction(request: SignedInRequest, interaction_id: int) -> Interaction:
    rows: Any = Interaction.objects.visible_to(request.user)
    found: Interaction = get_object_or_404(rows.select_related(*SHOWN_WITH), pk=interaction_id)
    return found


def render_interaction(
    request: SignedInRequest, interaction: Interaction, *, form: Any = None, status: int = 200
) -> HttpResponse:
    context = {
        "interaction": interaction,
        "first": _visible_first(request, interaction),
        "repeats": Interaction.objects.visible_to(request.user)
        .filter(repeat_of=interaction)
        .order_by("occurred_at")[:20],
        "candidates": _candidates(request, interaction),
        "promises": interaction.promises.select_related("owner", "keeping__by"),
        "participants": interaction.participants.all(),
        "messages": _messages(request, interaction),
        "is_resolved_at_first_contact": _is_resolved_first(request, interaction),
        "attachments": Attachment.objects.of(interaction),
        "may_correct": may_correct(request.user, interaction),
        "repeat_form": form,
    }
    return render(request, "interactions/interaction_show.html", context, status=status)


def _candidates(request: SignedInRequest, interaction: Interaction) -> list[Interaction]:
    if interaction.repeat_of_id:
        return []
    return list(Interaction.objects.visible_to(request.user).possible_first_of(interaction)[:MOST_CANDIDATES])


def _is_resolved_first(request: SignedInRequest, interaction: Interaction) -> bool:
    rows = Interaction.objects.visible_to(request.user).resolved_at_first_contact()
    return bool(rows.filter(pk=interaction.pk).exists())


def _messages(request: SignedInRequest, interaction: Interaction) -> list[Interaction]:
    """The conversation, where it is more than this one touch."""
    found = list(Interaction.objects.visible_to(request.user).of_thread(interaction)[:MOST_MESSAGES])
    return found if len(found) > 1 else []


def _visible_first(request: SignedInRequest, interaction: Interaction) -> Interaction | None:
    first: Interaction | None = (
        Interaction.objects.visible_to(request.user).filter(pk=interaction.repeat_of_id or 0).first()
    )
    return first


def _edit(request: SignedInRequest, interaction: Interaction, form: CorrectionForm) -> HttpResponse:
    context = {"interaction": interaction, "form": form}
    return render(request, "interactions/interaction_edit.html", context, status=status_of(form))
