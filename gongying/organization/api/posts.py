from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    Seen,
    current_if_stale,
    line,
    matching,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.organization.forms import PostForm
from gongying.organization.models import Post
from gongying.organization.operations import delete_post, save_post
from gongying.organization.rules import MANAGE_STAFF, VIEW_STAFF

router = Router(tags=["organization"])

Name = Annotated[str, line(50), Field(examples=["Counter clerk"])]
Duty = Annotated[str, line(10_000), Field(examples=["Greets every customer and listens to the end."])]


class PostOut(Output):
    """A position with its three duties towards the customer."""

    id: int = Field(examples=[6])
    version: int = Field(examples=[1])
    name: str = Field(examples=["Counter clerk"])
    department_id: int = Field(examples=[2])
    role_id: int = Field(description="Of `/staff-roles`", examples=[1])
    communication_duty: str = Field(examples=["Greets every customer and listens to the end."])
    feedback_duty: str = Field(examples=["Writes down every need on the same day."])
    complaint_duty: str = Field(examples=["Takes a complaint as it is said."])


class PostIn(Input):
    name: Name
    department_id: Id
    role_id: Id
    communication_duty: Duty
    feedback_duty: Duty
    complaint_duty: Duty


class PostChange(Change):
    name: Name = optional()
    department_id: Id = optional()
    role_id: Id = optional()
    communication_duty: Duty = optional()
    feedback_duty: Duty = optional()
    complaint_duty: Duty = optional()


class PostQuery(Paging):
    department_id: PathId | None = None
    role_id: PathId | None = None


@router.get("/posts", response=Listed[PostOut])
def list_posts(request: SignedInRequest, query: Annotated[PostQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, VIEW_STAFF)
    return page(matching(Post.objects.all(), query, "department_id", "role_id"), query, order=("id",))


@router.post("/posts", response={201: PostOut})
def create_post(request: SignedInRequest, body: PostIn) -> Status[Post]:
    authorize(request.user, MANAGE_STAFF)
    form = checked(PostForm(form_data(PostForm, body)))
    return Status(201, save_post(form.save(commit=False), by=request.user))


@router.get("/posts/{int:post_id}", response=PostOut)
def show_post(request: SignedInRequest, post_id: PathId) -> Post:
    authorize(request.user, VIEW_STAFF)
    return row_or_404(Post.objects.all(), post_id)


@router.patch("/posts/{int:post_id}", response=PostOut)
def update_post(request: SignedInRequest, post_id: PathId, body: PostChange) -> Post:
    authorize(request.user, MANAGE_STAFF)
    post = row_or_404(Post.objects.all(), post_id)
    form = checked(PostForm(changed_data(post, PostForm, body), instance=post))
    with current_if_stale(post, PostOut):
        return save_post(form.save(commit=False), by=request.user, seen=body.version)


@router.delete("/posts/{int:post_id}", response={204: None})
def remove_post(request: SignedInRequest, post_id: PathId, version: Seen = None) -> Status[None]:
    """Only while nobody holds it."""
    authorize(request.user, MANAGE_STAFF)
    post = row_or_404(Post.objects.all(), post_id)
    with current_if_stale(post, PostOut):
        delete_post(post, by=request.user, seen=version)
    return Status(204, None)
