from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.briefings.forms import AnswerForm, NoticeForm, ReportForm
from gongying.briefings.models import Briefing, BriefingQuerySet
from gongying.briefings.operations import (
    acknowledge,
    answer_report,
    remind_readers,
    report_upwards,
    send_notice,
    withdraw_briefing,
)
from gongying.briefings.rules import HEAR_REPORTS, SEND_NOTICES
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may

LISTS: dict[str, tuple[str | Promise, Callable[[BriefingQuerySet, Any], BriefingQuerySet]]] = {
    "unread": (gettext_lazy("to be read"), lambda rows, user: rows.unread_by(user)),
    "down": (gettext_lazy("notices"), lambda rows, _user: rows.filter(direction="down")),
    "up": (gettext_lazy("reports upwards"), lambda rows, _user: rows.filter(direction="up")),
    "mine": (gettext_lazy("sent by me"), lambda rows, user: rows.filter(by=user)),
}


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What was passed down and up, the newest first; at first what still waits to be read."""
    chosen = request.GET.get("list", "")
    chosen = chosen if chosen in LISTS else "unread"
    rows = LISTS[chosen][1](Briefing.objects.visible_to(request.user), request.user)
    shown = rows.with_reading().select_related("project", "by")
    context = {
        "page": paginate(shown, order=("-id",), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "tabs": [(key, label, key == chosen) for key, (label, _of) in LISTS.items()],
        "chosen": chosen,
        "may_send": may(request.user, SEND_NOTICES),
    }
    return render(request, "briefings/briefing_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_notice(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, SEND_NOTICES)
    form = NoticeForm(sent_with(request), user=request.user)
    if form.is_valid():
        authorize(request.user, SEND_NOTICES, form.cleaned_data["project"])
        sent = send_notice(by=request.user, **form.cleaned_data)
        number = sent.receipts.count()
        tell(request, ngettext("Sent to %(n)s person.", "Sent to %(n)s people.", number) % {"n": number})
        return done(request, reverse("briefings:briefing-show", args=[sent.pk]))
    return _form_page(request, form, title=_("New notice to staff"))


@require_http_methods(["GET", "HEAD", "POST"])
def new_report(request: SignedInRequest) -> HttpResponse:
    form = ReportForm(sent_with(request), user=request.user)
    if form.is_valid():
        sent = report_upwards(by=request.user, **form.cleaned_data)
        names = ", ".join(str(row.user) for row in sent.receipts.select_related("user"))
        tell(request, _("Reported to %(names)s; you see when it is read.") % {"names": names})
        return done(request, reverse("briefings:briefing-show", args=[sent.pk]))
    return _form_page(request, form, title=_("New report upwards"))


@require_safe
def show(request: SignedInRequest, briefing_id: int) -> HttpResponse:
    briefing = _find(request, briefing_id)
    return _show(request, briefing, carrying_version(AnswerForm(), briefing))


@require_POST
def read(request: SignedInRequest, briefing_id: int) -> HttpResponse:
    acknowledge(_find(request, briefing_id), by=request.user)
    return redirect("briefings:briefing-show", briefing_id)


@require_POST
def answer(request: SignedInRequest, briefing_id: int) -> HttpResponse:
    briefing = _find(request, briefing_id)
    authorize(request.user, HEAR_REPORTS, briefing)
    form = carrying_version(AnswerForm(request.POST), briefing)
    if form.is_valid():
        with stale_told(form, stored=lambda: carrying_version(AnswerForm(), _find(request, briefing_id))):
            seen = take_version(form)
            answer_report(briefing, by=request.user, seen=seen, **form.cleaned_data)
            tell(request, _("Answered; %(name)s is told.") % {"name": briefing.by})
            return redirect("briefings:briefing-show", briefing_id)
    return _show(request, briefing, form, status=status_of(form))


@require_POST
def withdraw(request: SignedInRequest, briefing_id: int) -> HttpResponse:
    withdraw_briefing(_find(request, briefing_id), by=request.user)
    tell(request, _("Withdrawn."))
    return redirect("briefings:briefing-show", briefing_id)


@require_POST
def remind(request: SignedInRequest, briefing_id: int) -> HttpResponse:
    briefing = _find(request, briefing_id)
    if briefing.by_id != request.user.pk:
        authorize(request.user, HEAR_REPORTS if briefing.is_upwards else SEND_NOTICES, briefing)
    number = remind_readers(briefing, by=request.user)
    tell(request, ngettext("%(n)s person is reminded.", "%(n)s people are reminded.", number) % {"n": number})
    return redirect("briefings:briefing-show", briefing_id)


def _find(request: SignedInRequest, briefing_id: int) -> Briefing:
    rows = Briefing.objects.visible_to(request.user).select_related("project", "by", "answered_by")
    return get_object_or_404(rows, pk=briefing_id)


def _form_page(request: SignedInRequest, form: ReportForm, *, title: str) -> HttpResponse:
    return show_form(request, form, title=title, submit=_("Send"), back=reverse("briefings:briefing-index"))


def _show(request: SignedInRequest, briefing: Briefing, form: AnswerForm, status: int = 200) -> HttpResponse:
    receipts = list(briefing.receipts.select_related("user").order_by("read_at", "pk"))
    mine = next((row for row in receipts if row.user_id == request.user.pk), None)
    is_sender = briefing.by_id == request.user.pk
    leads = may(request.user, HEAR_REPORTS if briefing.is_upwards else SEND_NOTICES, briefing)
    context = {
        "briefing": briefing,
        "sent_to": len(receipts),
        "missing": [row for row in receipts if row.read_at is None],
        "readers": [row for row in receipts if row.read_at is not None],
        "waits_for_me": mine is not None and mine.read_at is None and not briefing.is_withdrawn,
        "sees_readers": is_sender or leads,
        "is_sender": is_sender,
        "can_answer": briefing.is_upwards and leads and not briefing.answered_at and not briefing.is_withdrawn,
        "form": form,
    }
    return render(request, "briefings/briefing_detail.html", context, status=status)
