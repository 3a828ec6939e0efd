"""The bank of phrases: read by everybody who talks to customers, written by those who look after the standard."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.enums import Audience, Situation
from gongying.checklists.forms import LONGEST_TEXT, PhraseFilters, PhraseForm
from gongying.checklists.models import Phrase
from gongying.checklists.operations import save_phrase
from gongying.checklists.rules import INSPECT, MANAGE, TICK
from gongying.checklists.wording import objectionable
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may

MOST_HINTS = 6


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    _authorize(request)
    filters = PhraseFilters(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    phrases = Phrase.objects.visible_to(request.user).in_order().select_related("project")
    if not may(request.user, MANAGE):
        phrases = phrases.offered()
    phrases = phrases.filter(**{name: value for name, value in chosen.items() if value})
    return render(request, "checklists/phrase_list.html", {"phrases": phrases, "filters": filters})


@require_safe
def hints(request: SignedInRequest) -> HttpResponse:
    """What helps at this moment: a fragment that other pages load. `?situation=counter&audience=elder`"""
    _authorize(request)
    situation = request.GET.get("situation", "")
    audiences = [word for word in request.GET.getlist("audience") if word in Audience.values]
    if situation not in Situation.values:
        situation = Situation.COUNTER
    phrases = Phrase.objects.visible_to(request.user).fitting(situation, audiences)[:MOST_HINTS]
    context = {
        "phrases": phrases,
        "situation": situation,
        "audiences": audiences,
        "choices": [choice for choice in Audience if choice != Audience.ANYBODY],
    }
    return render(request, "checklists/_hints.html", context)


@require_POST
def check_wording(request: SignedInRequest) -> HttpResponse:
    """Which words of a text that is being written customers should not read."""
    texts = [text for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for text in values]
    found = objectionable("\n".join(texts)[:LONGEST_TEXT], user=request.user)
    return render(request, "checklists/_wording_hits.html", {"hits": found, "is_checked": bool("".join(texts).strip())})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE)
    form = PhraseForm(sent_with(request), user=request.user, instance=Phrase())
    if request.method == "POST" and form.is_valid():
        save_phrase(form.save(commit=False), by=request.user)
        tell(request, _("Saved."))
        return done(request, reverse("checklists:phrase-index"))
    back = reverse("checklists:phrase-index")
    return show_form(request, form, title=_("New phrase"), submit=_("Save"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, phrase_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    phrase = _to_change(request, phrase_id)
    form = carrying_version(PhraseForm(sent_with(request), user=request.user, instance=phrase), phrase)
    if request.method == "POST" and form.is_valid():
        with stale_told(form, stored=lambda: _stored(request, phrase_id)):
            seen = take_version(form)
            save_phrase(form.save(commit=False), by=request.user, seen=seen)
            tell(request, _("Saved."))
            return done(request, reverse("checklists:phrase-index"))
    back = reverse("checklists:phrase-index")
    return show_form(request, form, title=_("Phrase"), submit=_("Save"), back=back)


def _authorize(request: SignedInRequest) -> None:
    if not may(request.user, INSPECT):
        authorize(request.user, TICK)


def _to_change(request: SignedInRequest, phrase_id: int) -> Phrase:
    rows = Phrase.objects.visible_to(request.user).changeable_by(request.user)
    found: Phrase = get_object_or_404(rows, pk=phrase_id)
    return found


def _stored(request: SignedInRequest, phrase_id: int) -> PhraseForm:
    phrase = _to_change(request, phrase_id)
    return carrying_version(PhraseForm(user=request.user, instance=phrase), phrase)
