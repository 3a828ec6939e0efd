"""The list of reasons why customers come: at most forty, each with who can make such contacts fewer."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.interactions.forms import ReasonForm, day_start
from gongying.interactions.models import MOST_REASONS, ContactReason, Interaction
from gongying.interactions.operations import add_reason, change_reason, retire_reason, take_up_reason
from gongying.interactions.rules import MANAGE_REASONS

COUNTED_DAYS = 30


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_REASONS)
    since = timezone.localdate() - timedelta(days=COUNTED_DAYS)
    reasons = list(ContactReason.objects.visible_to(request.user).select_related("department"))
    recent = Interaction.objects.visible_to(request.user).filter(occurred_at__gte=day_start(since))
    counts = dict(recent.order_by().exclude(reason_code=None).values_list("reason_code").annotate(number=Count("pk")))
    unnamed = recent.aggregate(number=Count("pk", filter=Q(reason_code=None)))["number"]
    context = {
        "rows": [(reason, counts.get(reason.pk, 0)) for reason in reasons if reason.is_in_use],
        "retired": [reason for reason in reasons if not reason.is_in_use],
        "most": MOST_REASONS,
        "since": since,
        "unnamed": unnamed,
    }
    return render(request, "interactions/reason_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_REASONS)
    form = ReasonForm(sent_with(request))
    if form.is_valid():
        add_reason(form.save(commit=False), by=request.user)
        tell(request, _("Saved."))
        return done(request, reverse("interactions:reason-index"))
    return _show(request, form, title=_("New reason"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, reason_id: int) -> HttpResponse:
    reason = _find(request, reason_id)
    form = _form_of(reason, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(_find(request, reason_id))):
            seen = take_version(form)
            change_reason(form.save(commit=False), by=request.user, seen=seen)
            tell(request, _("Saved."))
            return done(request, reverse("interactions:reason-index"))
    return _show(request, form, title=_find(request, reason_id).name)


@require_POST
def retire(request: SignedInRequest, reason_id: int) -> HttpResponse:
    reason = retire_reason(_find(request, reason_id), by=request.user)
    tell(request, _("No longer offered."), undo=reverse("interactions:reason-take-up", args=[reason.pk]))
    return redirect("interactions:reason-index")


@require_POST
def take_up(request: SignedInRequest, reason_id: int) -> HttpResponse:
    take_up_reason(_find(request, reason_id), by=request.user)
    tell(request, _("Offered again."))
    return redirect("interactions:reason-index")


def _find(request: SignedInRequest, reason_id: int) -> ContactReason:
    authorize(request.user, MANAGE_REASONS)
    return get_object_or_404(ContactReason.objects.visible_to(request.user), pk=reason_id)


def _form_of(reason: ContactReason, data: Any = None) -> ReasonForm:
    return carrying_version(ReasonForm(data, instance=reason), reason)


def _show(request: SignedInRequest, form: ReasonForm, *, title: str) -> HttpResponse:
    return show_form(request, form, title=title, submit=_("Save"), back=reverse("interactions:reason-index"))
