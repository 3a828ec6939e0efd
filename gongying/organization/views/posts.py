from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.permissions import authorize
from gongying.organization.forms import PostForm
from gongying.organization.models import Post, StaffMember
from gongying.organization.operations import delete_post, save_post
from gongying.organization.rules import MANAGE_STAFF, VIEW_STAFF
from gongying.organization.views.form_page import form_page


@require_safe
def show(request: SignedInRequest, post_id: int) -> HttpResponse:
    authorize(request.user, VIEW_STAFF)
    post = get_object_or_404(Post.objects.select_related("department", "role"), pk=post_id)
    people = StaffMember.objects.employed().filter(post=post).select_related("user")
    return render(request, "organization/post_detail.html", {"post": post, "people": people})


@require_safe
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    return _form(request, PostForm(initial={"department": request.GET.get("department")}))


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    form = PostForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    post = save_post(form.save(commit=False), by=request.user)
    return redirect("organization:post-show", post.pk)


@require_safe
def edit(request: SignedInRequest, post_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    return _form(request, _edit_form(post_id))


@require_POST
def update(request: SignedInRequest, post_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    form = _edit_form(post_id, request.POST)
    if form.is_valid():
        with stale_told(form, stored=lambda: _edit_form(post_id)):
            save_post(form.save(commit=False), by=request.user, seen=take_version(form))
    return _form(request, form) if form.errors else redirect("organization:post-show", post_id)


@require_POST
def destroy(request: SignedInRequest, post_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    delete_post(get_object_or_404(Post, pk=post_id), by=request.user)
    return redirect("organization:department-index")


def _edit_form(post_id: int, data: Any = None) -> PostForm:
    post = get_object_or_404(Post, pk=post_id)
    return carrying_version(PostForm(data, instance=post), post)


def _form(request: SignedInRequest, form: PostForm) -> HttpResponse:
    pk = form.instance.pk
    return form_page(
        request,
        form,
        title=form.initial["name"] if pk else _("New post"),
        submit=_("Save"),
        action=reverse("organization:post-update", args=[pk]) if pk else reverse("organization:post-create"),
        back=reverse("organization:post-show", args=[pk]) if pk else reverse("organization:department-index"),
        destroy=reverse("organization:post-destroy", args=[pk]) if pk else "",
    )
