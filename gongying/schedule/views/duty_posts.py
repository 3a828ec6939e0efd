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
from gongying.estates.models import Project
from gongying.schedule.forms import DutyPostForm
from gongying.schedule.models import DutyPost
from gongying.schedule.operations import change_duty_post, create_duty_post, delete_duty_post
from gongying.schedule.rules import MANAGE_DUTY
from gongying.schedule.views.roster import roster_url


def _post_or_404(request: SignedInRequest, post_id: int) -> DutyPost:
    posts = DutyPost.objects.visible_to(request.user).select_related("project")
    post: DutyPost = get_object_or_404(posts, pk=post_id)
    authorize(request.user, MANAGE_DUTY, post)
    return post


def _home_of(project: Project) -> str:
    return roster_url(project, timezone.localdate())


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, project_id: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
    authorize(request.user, MANAGE_DUTY, project)
    form = DutyPostForm(sent_with(request), instance=DutyPost(project=project))
    if form.is_valid():
        create_duty_post(project, by=request.user, **form.cleaned_data)
        tell(request, _("Saved."))
        return done(request, _home_of(project))
    return show_form(request, form, title=_("New duty post"), submit=_("Save"), back=_home_of(project))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, post_id: int) -> HttpResponse:
    post = _post_or_404(request, post_id)
    form = _form_of(post, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(_post_or_404(request, post_id))):
            change_duty_post(form.instance, by=request.user, seen=take_version(form))
            tell(request, _("Saved."))
            return done(request, _home_of(post.project))
    destroy = reverse("schedule:duty-post-destroy", args=[post.pk])
    back = _home_of(post.project)
    return show_form(request, form, title=post.name, submit=_("Save"), back=back, delete_url=destroy)


@require_POST
def destroy(request: SignedInRequest, post_id: int) -> HttpResponse:
    post = _post_or_404(request, post_id)
    delete_duty_post(post, by=request.user)
    return redirect(_home_of(post.project))


def _form_of(post: DutyPost, data: Any = None) -> DutyPostForm:
    return carrying_version(DutyPostForm(data, instance=post), post)
