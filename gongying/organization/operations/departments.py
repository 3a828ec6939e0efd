from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.trees import refuse_circle
from gongying.events.operations import record_event
from gongying.organization.models import Department, Post


@transaction.atomic
def save_department(department: Department, *, by: User, seen: int | None = None) -> Department:
    """Write a new department, or one that was changed."""
    is_new = department.pk is None
    if not is_new:
        refuse_circle(department, department.parent, _("A department cannot belong to itself."))
        department.advance_version(seen=seen)
    department.save()
    verb = "department.created" if is_new else "department.changed"
    record_event(verb, by=by, subjects=[], department=department.pk, name=department.name)
    return department


@transaction.atomic
def delete_department(department: Department, *, by: User, seen: int | None = None) -> None:
    department.advance_version(seen=seen)
    record_event("department.deleted", by=by, subjects=[], department=department.pk, name=department.name)
    try:
        department.delete()
    except ProtectedError as error:
        raise Refused(_("This department is in use: people, posts or matters belong to it.")) from error


@transaction.atomic
def save_post(post: Post, *, by: User, seen: int | None = None) -> Post:
    """Write a new post with its three duties (R-006), or one that was changed."""
    is_new = post.pk is None
    if not is_new:
        post.advance_version(seen=seen)
    post.save()
    record_event("post.created" if is_new else "post.changed", by=by, subjects=[], post=post.pk, name=post.name)
    return post


@transaction.atomic
def delete_post(post: Post, *, by: User, seen: int | None = None) -> None:
    post.advance_version(seen=seen)
    record_event("post.deleted", by=by, subjects=[], post=post.pk, name=post.name)
    try:
        post.delete()
    except ProtectedError as error:
        raise Refused(_("Somebody holds this post.")) from error
