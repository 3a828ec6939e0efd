"""What customers wrote: boxes opened by two, slips, letters and mails with a number, answered by a day (R-111)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.estates.models import Project
from gongying.interactions.forms import BoxForm, LettersForm, OpeningForm, ReplyForm
from gongying.interactions.models import Letter, SuggestionBox
from gongying.interactions.operations import answer_letter, enter_letters, open_box, save_box, take_down_box
from gongying.interactions.rules import LOG, PLAN, VIEW

SLIPS_PAGE = "interactions/slips_form.html"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What is not answered yet, the most urgent first; the boxes beside it, red where nobody opened them in time."""
    authorize(request.user, VIEW)
    letters, chosen = Letter.objects.visible_to(request.user), request.GET.get("list", "")
    rows = {"late": letters.overdue(), "answered": letters.answered()}.get(chosen, letters.unanswered())
    shown = rows.select_related("interaction__unit", "interaction__project", "opening__box", "reply")
    order = ("-reply_due_on", "-id") if chosen == "answered" else ("reply_due_on", "id")
    boxes = SuggestionBox.objects.visible_to(request.user).in_use().with_due()
    context = {
        "page": paginate(shown, order=order, cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "chosen": chosen,
        "boxes": boxes.select_related("project", "keeper").order_by("due_on", "pk"),
        "today": timezone.localdate(),
        "can_log": may(request.user, LOG),
        "can_plan": may(request.user, PLAN),
    }
    return render(request, "interactions/letter_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, LOG)
    form = LettersForm(sent_with(request), project=_project(request), user=request.user)
    if form.is_valid():
        given = form.cleaned_data
        facts = {name: given[name] for name in ("channel", "reply_due_on")}
        entered = enter_letters(given["project"], slips=form.slips, by=request.user, **facts)
        return _entered(request, len(entered))
    back = reverse("interactions:letter-index")
    title = _("Enter letters and mails")
    return show_form(request, form, title=title, submit=_("Save"), back=back, template=SLIPS_PAGE)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, letter_id: int) -> HttpResponse:
    authorize(request.user, LOG)
    letter = get_object_or_404(Letter.objects.visible_to(request.user).select_related("interaction"), pk=letter_id)
    form = ReplyForm(sent_with(request))
    if form.is_valid():
        answer_letter(letter, by=request.user, **form.cleaned_data)
        tell(request, _("Answered."))
        return done(request, reverse("interactions:letter-index"))
    back, note = reverse("interactions:letter-index"), letter.interaction.text
    title = _("Answer %(number)s") % {"number": letter.number}
    return show_form(request, form, title=title, submit=_("Answer"), back=back, note=note)


@require_http_methods(["GET", "HEAD", "POST"])
def new_box(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, PLAN)
    form = BoxForm(sent_with(request), user=request.user)
    if form.is_valid():
        save_box(form.save(commit=False), by=request.user)
        return _saved(request)
    back = reverse("interactions:letter-index")
    return show_form(request, form, title=_("New suggestion box"), submit=_("Save"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_box(request: SignedInRequest, box_id: int) -> HttpResponse:
    box = _box(request, box_id)
    authorize(request.user, PLAN, box)
    form = _form_of(request, box, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, _box(request, box_id))):
            seen = take_version(form)
            save_box(form.save(commit=False), by=request.user, seen=seen)
            return _saved(request)
    back = reverse("interactions:letter-index")
    return show_form(request, form, title=_("Suggestion box"), submit=_("Save"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def open_it(request: SignedInRequest, box_id: int) -> HttpResponse:
    box = _box(request, box_id)
    authorize(request.user, LOG, box)
    form = OpeningForm(sent_with(request), project=box.project, user=request.user)
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("witness", "reply_due_on")}
        open_box(box, by=request.user, slips=form.slips, **facts)
        return _entered(request, len(form.slips))
    back = reverse("interactions:letter-index")
    title = _("Open %(name)s") % {"name": box.name}
    note = _("A row for each slip; none at all where the box is empty.")
    return show_form(request, form, title=title, submit=_("Save"), back=back, note=note, template=SLIPS_PAGE)


@require_POST
def take_down(request: SignedInRequest, box_id: int) -> HttpResponse:
    box = _box(request, box_id)
    authorize(request.user, PLAN, box)
    take_down_box(box, by=request.user)
    tell(request, _("The box is taken down."))
    return redirect("interactions:letter-index")


def _box(request: SignedInRequest, box_id: int) -> SuggestionBox:
    rows: Any = SuggestionBox.objects.visible_to(request.user).in_use().select_related("project", "keeper")
    found: SuggestionBox = get_object_or_404(rows, pk=box_id)
    return found


def _form_of(request: SignedInRequest, box: SuggestionBox, data: Any = None) -> BoxForm:
    return carrying_version(BoxForm(data, user=request.user, instance=box), box)


def _project(request: SignedInRequest) -> Project:
    rows = Project.objects.visible_to(request.user).order_by("code")
    asked = id_in(request.POST.get("project") or request.GET.get("project", ""))
    found = (rows.filter(pk=asked).first() if asked else None) or rows.first()
    if found is None:
        raise Http404
    return found


def _entered(request: SignedInRequest, number: int) -> HttpResponse:
    tell(request, ngettext("%(n)s slip is entered.", "%(n)s slips are entered.", number) % {"n": number})
    return done(request, reverse("interactions:letter-index"))


def _saved(request: SignedInRequest) -> HttpResponse:
    tell(request, _("Saved."))
    return done(request, reverse("interactions:letter-index"))
