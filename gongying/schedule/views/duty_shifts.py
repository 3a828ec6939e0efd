from datetime import time
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.schedule.forms import ShiftForm
from gongying.schedule.models import DutyPost, DutyShift
from gongying.schedule.operations import move_duty, put_on_duty, take_off_duty
from gongying.schedule.rules import MANAGE_DUTY
from gongying.schedule.views.roster import roster_url

USUAL = {"starts": time(8), "ends": time(20)}


def _shift_or_404(request: SignedInRequest, shift_id: int) -> DutyShift:
    rows = DutyShift.objects.visible_to(request.user).select_related("post__project", "staff__user")
    shift: DutyShift = get_object_or_404(rows, pk=shift_id)
    authorize(request.user, MANAGE_DUTY, shift)
    return shift


def _home_of(shift: DutyShift) -> str:
    return roster_url(shift.post.project, timezone.localtime(shift.starts_at).date())


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, post_id: int) -> HttpResponse:
    """The day may come along in the address, as one clicks into the roster."""
    post = get_object_or_404(DutyPost.objects.visible_to(request.user).select_related("project"), pk=post_id)
    authorize(request.user, MANAGE_DUTY, post)
    day = request.GET.get("day") or timezone.localdate()
    form = ShiftForm(sent_with(request), initial={**USUAL, "day": day})
    if form.is_valid():
        shift = put_on_duty(post, by=request.user, **form.times())
        tell(request, _("Saved."), undo=reverse("schedule:duty-shift-destroy", args=[shift.pk]))
        return done(request, _home_of(shift))
    back = roster_url(post.project, timezone.localdate())
    return show_form(request, form, title=_("On duty: %(post)s") % {"post": post}, submit=_("Save"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, shift_id: int) -> HttpResponse:
    shift = _shift_or_404(request, shift_id)
    form = _form_of(shift, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(_shift_or_404(request, shift_id))):
            seen = take_version(form)
            moved = move_duty(shift, by=request.user, seen=seen, **form.times())
            tell(request, _("Saved."))
            return done(request, _home_of(moved))
    destroy = reverse("schedule:duty-shift-destroy", args=[shift.pk])
    title = _("On duty: %(post)s") % {"post": shift.post}
    return show_form(request, form, title=title, submit=_("Save"), back=_home_of(shift), delete_url=destroy)


@require_POST
def destroy(request: SignedInRequest, shift_id: int) -> HttpResponse:
    shift = _shift_or_404(request, shift_id)
    take_off_duty(shift, by=request.user)
    tell(request, _("%(name)s is taken out of the roster.") % {"name": shift.staff})
    return redirect(_home_of(shift))


def _form_of(shift: DutyShift, data: Any = None) -> ShiftForm:
    return carrying_version(ShiftForm(data, shift=shift), shift)
