"""What belongs to one matter: links, splits, and all of it from any of its requests."""

from typing import Annotated, Any

from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Id, Moment, Output, PathId, current_if_stale, line, named_row, row_or_404
from gongying.common.permissions import authorize
from gongying.servicedesk.api.categories import named_leaf
from gongying.servicedesk.api.request_steps import Long, Optionally, StepIn, add_step
from gongying.servicedesk.api.requests import RequestOut, one, visible
from gongying.servicedesk.enums import LinkKind, RequestKind
from gongying.servicedesk.models import RequestLink, ServiceRequest
from gongying.servicedesk.operations import link_requests, split_request, unlink_requests
from gongying.servicedesk.whole_matter import Matter, matter_of, similar_solutions

router = Router(tags=["matters"])


class RequestLinkOut(Output):
    id: int = Field(examples=[2])
    first_id: int = Field(description="The older request", examples=[7])
    second_id: int = Field(examples=[9])
    kind: LinkKind
    reason: str = Field(examples=["Both are about the pipe in the shaft."])
    by_id: int = Field(examples=[2])
    at: Moment
    undone_at: Moment | None = Field(examples=[None])


class SolutionOut(Output):
    service_request_id: int = Field(description="Where it is written", examples=[5])
    text: str = Field(examples=["New seal fitted."])
    at: Moment

    @staticmethod
    def resolve_service_request_id(row: Any) -> int:
        return int(row.service_request.pk)


class MatterOut(Output):
    """Ids of what belongs to the matter, the newest first; of the links, those of this request."""

    request_ids: list[int] = Field(description="Beside this one", examples=[[9]])
    interaction_ids: list[int] = Field(examples=[[512, 530]])
    outside_order_ids: list[int] = Field(examples=[[]])
    visited_work_order_ids: list[int] = Field(examples=[[14]])
    links: list[RequestLinkOut]
    solutions: list[SolutionOut]


class LinkIn(StepIn):
    to_id: Id
    reason: Optionally = ""


class UndoLinkIn(StepIn):
    reason: Annotated[str, line(10_000), Field(examples=["Two different pipes."])]


class SplitIn(StepIn):
    text: Long
    kind: RequestKind
    category_id: Id


@router.get("/requests/{int:request_id}/matter", response=MatterOut)
def show_matter(request: SignedInRequest, request_id: PathId) -> dict[str, Any]:
    service_request = one(request, request_id)
    matter: Matter = matter_of(service_request, request.user)
    return {
        "request_ids": [row.pk for row in matter.requests],
        "interaction_ids": [row.pk for row in matter.touches],
        "outside_order_ids": [row.pk for row in matter.orders],
        "visited_work_order_ids": [row.work_order_id for row in matter.visits],
        "links": matter.links,
        "solutions": similar_solutions(service_request, request.user),
    }


@router.post("/requests/{int:request_id}/links", response={201: RequestLinkOut})
def create_link(request: SignedInRequest, request_id: PathId, body: LinkIn) -> Status[RequestLink]:
    service_request = one(request, request_id)
    authorize(request.user, "servicedesk.note_request", service_request)
    to: ServiceRequest = named_row(visible(request), body.to_id, "to_id")
    with current_if_stale(service_request, RequestOut):
        made = link_requests(service_request, to=to, by=request.user, reason=body.reason, seen=body.version)
    return Status(201, made)


@router.post("/links/{int:link_id}/undoing", response=RequestLinkOut)
def undo_link(request: SignedInRequest, link_id: PathId, body: UndoLinkIn) -> RequestLink:
    rows = RequestLink.objects.visible_to(request.user).select_related("first__project", "second")
    link: RequestLink = row_or_404(rows, link_id)
    authorize(request.user, "servicedesk.note_request", link.first)
    return unlink_requests(link, by=request.user, reason=body.reason)


@router.post("/requests/{int:request_id}/split", response={201: RequestOut}, summary="Split off a second matter")
def split(request: SignedInRequest, request_id: PathId, body: SplitIn) -> Status[ServiceRequest]:
    """The new request. What happened so far and the files so far stand on both."""
    service_request = one(request, request_id)
    authorize(request.user, "servicedesk.accept_request", service_request)
    category = named_leaf(body.category_id)
    with current_if_stale(service_request, RequestOut):
        new = split_request(
            service_request, by=request.user, text=body.text, category=category, kind=body.kind, seen=body.version
        )
    return Status(201, one(request, new.pk))


add_step("split-undo", "undo_split", UndoLinkIn, "Undo the split")
