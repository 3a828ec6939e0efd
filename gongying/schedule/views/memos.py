"""Notes for oneself: nobody else sees them, whatever her role."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import paginate
from gongying.common.word_search import containing, is_searchable
from gongying.schedule.models import Memo
from gongying.schedule.operations import change_memo, delete_memo, snooze_reminder, write_memo
from gongying.schedule.task_forms import MemoForm, SnoozeForm

ORDER = ("-is_pinned", "-changed_at", "-id")
LONGEST_WORDS = 100


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    rows: Any = Memo.objects.visible_to(request.user).select_related("reminder")
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    if is_searchable(words):
        rows = containing(rows, words)
    page = paginate(rows, order=ORDER, cursor=request.GET.get("cursor"))
    return render(request, "schedule/memo_index.html", {"page": page, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    form = MemoForm(sent_with(request))
    back = reverse("schedule:memo-index")
    if form.is_valid():
        write_memo(by=request.user, **form.cleaned_data)
        tell(request, _("Saved."))
        return done(request, back)
    return show_form(request, form, title=_("New memo"), submit=_("Save"), back=back, note=_("Only you see it."))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, memo_id: int) -> HttpResponse:
    memo = _find(request, memo_id)
    form = _form_of(memo, sent_with(request))
    back = reverse("schedule:memo-index")
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(_find(request, memo_id))):
            seen = take_version(form)
            change_memo(memo, by=request.user, seen=seen, **form.cleaned_data)
            tell(request, _("Saved."))
            return done(request, back)
    context = {
        "memo": memo,
        "reminder": getattr(memo, "reminder", None),
        "snoozes": SnoozeForm.base_fields["until"].choices,  # type: ignore[attr-defined]
        "template": "schedule/memo_form.html",
    }
    return show_form(request, form, title=_("Memo"), submit=_("Save"), back=back, **context)


@require_POST
def snooze(request: SignedInRequest, memo_id: int) -> HttpResponse:
    memo = _find(request, memo_id)
    reminder = getattr(memo, "reminder", None)
    form = SnoozeForm(request.POST)
    if reminder is None:
        raise PermissionDenied(_("There is no reminder of yours here."))
    if form.is_valid():
        snooze_reminder(reminder, until=form.moment(), by=request.user)
        tell(request, _("You are reminded again."))
        return redirect("schedule:memo-index")
    return HttpResponse(form.errors["until"][0], status=422, content_type="text/plain; charset=utf-8")


@require_POST
def destroy(request: SignedInRequest, memo_id: int) -> HttpResponse:
    delete_memo(_find(request, memo_id), by=request.user)
    tell(request, _("Deleted."))
    return redirect("schedule:memo-index")


def _find(request: SignedInRequest, memo_id: int) -> Memo:
    rows = Memo.objects.visible_to(request.user).select_related("reminder")
    found: Memo = get_object_or_404(rows, pk=memo_id)
    return found


def _form_of(memo: Memo, data: Any = None) -> MemoForm:
    return carrying_version(MemoForm(data, memo=memo), memo)
